/**
 * Bech32 (BIP 173) over bytes, without its limit of 90 characters: the text form of age recipients and identities. An
 * identity is a secret, so the text is never a string here. Source: age-encryption.org/v1, C2SP age.md.
 */
const ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const
const CHECKSUM = 6
const ONE = 0x31

export interface Bech32 {
  /** In lower case, without the separator: `age`, `age-secret-key-`. */
  readonly prefix: string
  /** The caller zeroes it when it is a secret. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Undefined for whatever is no valid Bech32, wrong checksum and mixed case included. */
export function decodeBech32(text: Uint8Array): Bech32 | undefined {
  const separator = text.lastIndexOf(ONE)
  if (separator < 1 || text.length - separator - 1 < CHECKSUM || isMixed(text)) return undefined
  const values = new Uint8Array(text.length - separator - 1)
  try {
    for (let at = 0; at < values.length; at++) {
      const value = ALPHABET.indexOf(String.fromCharCode(lower(text[separator + 1 + at] ?? 0)))
      if (value === -1) return undefined
      values[at] = value
    }
    const prefix = Buffer.from(text.subarray(0, separator)).toString("latin1").toLowerCase()
    if (!/^[\x21-\x7e]+$/.test(prefix) || checksumOf(prefix, values) !== 1) return undefined
    const bytes = regrouped(values.subarray(0, -CHECKSUM))
    return bytes === undefined ? undefined : { prefix, bytes }
  } finally {
    values.fill(0)
  }
}

const lower = (code: number): number => (code >= 0x41 && code <= 0x5a ? code + 0x20 : code)

function isMixed(text: Uint8Array): boolean {
  const has = (from: number, to: number): boolean => text.some((code) => code >= from && code <= to)
  return has(0x41, 0x5a) && has(0x61, 0x7a)
}

/** 1 for a text whose checksum is right. */
function checksumOf(prefix: string, values: Uint8Array): number {
  let sum = 1
  const add = (value: number): void => {
    const top = sum >>> 25
    sum = ((sum & 0x1ffffff) << 5) ^ value
    for (const [bit, generator] of GENERATOR.entries()) if ((top >>> bit) & 1) sum ^= generator
  }
  for (const char of prefix) add(char.charCodeAt(0) >>> 5)
  add(0)
  for (const char of prefix) add(char.charCodeAt(0) & 31)
  for (const value of values) add(value)
  return sum >>> 0
}

/** From groups of five bits to bytes; what is left over must be zero and shorter than a group. */
function regrouped(values: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(Math.floor((values.length * 5) / 8))
  let [held, bits, at] = [0, 0, 0]
  for (const value of values) {
    held = ((held << 5) | value) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = (held >>> bits) & 0xff
  }
  return bits >= 5 || (held & ((1 << bits) - 1)) !== 0 ? undefined : bytes
}
