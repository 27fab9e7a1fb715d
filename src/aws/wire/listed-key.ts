const PERCENT = 37
const PLUS = 43
const BLANK = 32

/** A key has 1,024 bytes at most. */
const scratch = Buffer.allocUnsafeSlow(1024)

/**
 * A url-encoded key straight from the page's bytes, where what it says is ASCII: most escapes are of `:`, `=` and blanks,
 * and this costs a fifth of decoding text. Undefined = left to the strict decoder, which knows UTF-8 and refuses nonsense.
 */
export function asciiKey(bytes: Buffer, from: number, to: number): string | undefined {
  let length = 0
  for (let at = from; at < to && length < scratch.length; length++) {
    const byte = bytes[at] as number
    const escaped = byte === PERCENT
    if (escaped && at + 2 >= to) return undefined
    const plain = escaped ? value(bytes, at + 1) * 16 + value(bytes, at + 2) : byte === PLUS ? BLANK : byte
    if (plain < 0 || plain > 0x7f) return undefined
    scratch[length] = plain
    at += escaped ? 3 : 1
    if (at >= to) return scratch.toString("latin1", 0, length + 1)
  }
  return undefined
}

/** -1,000 where it is no digit, so that a pair with one is below zero. */
const value = (bytes: Buffer, at: number): number => HEX[bytes[at] as number] as number

const HEX = Int16Array.from({ length: 256 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16)
  return Number.isNaN(digit) ? -1000 : digit
})
