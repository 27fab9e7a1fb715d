import { createHash, timingSafeEqual } from "node:crypto"

/**
 * Secrets are bytes in memory of their own, never strings: a string cannot be zeroed, and pooled memory is shared. What
 * libraries copy inside themselves is out of reach; it lives for milliseconds.
 */
export type SecretBytes = Uint8Array<ArrayBuffer>

/** A copy in memory of its own. The caller wipes it, and what it was copied from. */
export function secretFrom(bytes: Uint8Array): SecretBytes {
  const own = new Uint8Array(bytes.length)
  own.set(bytes)
  return own
}

export function wipe(...secrets: ReadonlyArray<Uint8Array | undefined>): void {
  for (const secret of secrets) secret?.fill(0)
}

export const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest()

/** Whether the SHA-256 of `bytes` is `hex`, in constant time. */
export function hasDigest(bytes: Uint8Array, hex: string): boolean {
  const expected = Buffer.from(hex, "hex")
  return expected.length === 32 && timingSafeEqual(sha256(bytes), expected)
}

const DIGITS = "0123456789abcdef"

/** Lower-case hex as bytes, so that it can be wiped. */
export function hexBytes(bytes: Uint8Array): SecretBytes {
  const text = new Uint8Array(bytes.length * 2)
  for (const [at, byte] of bytes.entries()) {
    text[2 * at] = DIGITS.charCodeAt(byte >>> 4)
    text[2 * at + 1] = DIGITS.charCodeAt(byte & 15)
  }
  return text
}

/** Undefined for whatever is not lower-case hex of whole bytes. */
export function fromHexBytes(text: Uint8Array): SecretBytes | undefined {
  if (text.length % 2 !== 0) return undefined
  const bytes = new Uint8Array(text.length / 2)
  for (let at = 0; at < text.length; at++) {
    const digit = DIGITS.indexOf(String.fromCharCode(text[at] ?? 0))
    if (digit === -1) {
      wipe(bytes)
      return undefined
    }
    bytes[at >>> 1] = ((bytes[at >>> 1] ?? 0) << 4) | digit
  }
  return bytes
}
