import { createHash } from "node:crypto"

/**
 * A block is some lines and their seal: the SHA-256 of the seal before and the lines. The chain goes on across segments, so
 * a line that was altered, taken out or put in anywhere breaks every seal behind it.
 */
export function sealOf(previous: string, lines: Uint8Array): string {
  return createHash("sha256").update(previous).update(lines).digest("hex")
}

export const sealLine = (seal: string): string => `{"block":"${seal}"}\n`

/** Of every seal line. */
export const SEAL_LINE_BYTES = Buffer.byteLength(sealLine("0".repeat(64)))

export const isSealLine = (line: string): boolean => /^\{"block":"[0-9a-f]{64}"\}\n$/.test(line)
