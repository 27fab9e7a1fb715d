import { z } from "zod"
import { refused } from "./refused.ts"
import { fromHexBytes, hexBytes, wipe, type SecretBytes } from "./secret-bytes.ts"
import { EscrowSet } from "./set.ts"

/** What a share file holds once its custodian's identity has opened it. */
export interface OpenedShare {
  readonly set: EscrowSet
  /** From 1. */
  readonly index: number
  readonly custodian: string
  /** The caller wipes it. */
  readonly share: SecretBytes
}

const Head = z.strictObject({ index: z.int().min(1).max(255), custodian: z.string(), set: EscrowSet })

/** The redactor knows it, and scanners for secrets may learn it. */
const MARK = Buffer.from("DR-ESCROW-SHARE-1:")
const NEWLINE = 0x0a

/**
 * Two lines: what everybody may know, as JSON; and the share in hex, which never becomes a string. The caller wipes it.
 */
export function shareText({ share, ...head }: OpenedShare): SecretBytes {
  const hex = hexBytes(share)
  const first = Buffer.from(`${JSON.stringify(head)}\n`)
  try {
    const text = new Uint8Array(first.length + MARK.length + hex.length + 1)
    text.set(first)
    text.set(MARK, first.length)
    text.set(hex, first.length + MARK.length)
    text[text.length - 1] = NEWLINE
    return text
  } finally {
    wipe(hex)
  }
}

/** `from`: the file, for messages. @throws DrError E_ESCROW_SHARE */
export function readShareText(text: Uint8Array, from: string): OpenedShare {
  const lineEnd = text.indexOf(NEWLINE)
  const rest = lineEnd === -1 ? text.subarray(0, 0) : text.subarray(lineEnd + 1)
  const marked = MARK.every((byte, at) => rest[at] === byte)
  const last = rest.at(-1) === NEWLINE ? rest.length - 1 : rest.length
  const share = marked ? fromHexBytes(rest.subarray(MARK.length, last)) : undefined
  const head = headOf(text.subarray(0, Math.max(0, lineEnd)))
  if (share === undefined || head === undefined || share.length === 0) {
    wipe(share)
    throw refused("E_ESCROW_SHARE", `${from} opens, and holds no share of an escrow`)
  }
  return { ...head, share }
}

function headOf(line: Uint8Array): Omit<OpenedShare, "share"> | undefined {
  try {
    return Head.safeParse(JSON.parse(Buffer.from(line).toString("utf8"))).data
  } catch {
    return undefined
  }
}
