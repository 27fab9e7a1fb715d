import { createHash } from "node:crypto"
import { crc32 } from "node:zlib"

export const CHECKSUM_ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number]
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE"

/** `value` is base64, with `-N` behind it when COMPOSITE. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm
  readonly type: ChecksumType
  readonly value: string
}

const LENGTHS: Readonly<Record<ChecksumAlgorithm, number>> = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 }

export const checksumHeader = (algorithm: ChecksumAlgorithm): string => `x-amz-checksum-${algorithm.toLowerCase()}`
/** `ChecksumCRC32`: the element of that checksum in XML. */
export const checksumElement = (algorithm: ChecksumAlgorithm): string => `Checksum${algorithm}`

export function isWellFormedChecksum(algorithm: ChecksumAlgorithm, value: string): boolean {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(value) && Buffer.from(value, "base64").length === LENGTHS[algorithm]
}

/** Base64 of the checksum of all bytes. */
export function checksumOf(algorithm: ChecksumAlgorithm, data: Buffer): string {
  switch (algorithm) {
    case "CRC32":
      return fourBytes(crc32(data))
    case "CRC32C":
      return fourBytes(crc32c(data))
    case "CRC64NVME":
      return crc64nvme(data).toString("base64")
    case "SHA1":
      return createHash("sha1").update(data).digest("base64")
    case "SHA256":
      return createHash("sha256").update(data).digest("base64")
  }
}

/** The checksum of the parts' checksums, `-N` behind it. */
export function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): string {
  const joined = Buffer.concat(parts.map((part) => Buffer.from(part, "base64")))
  return `${checksumOf(algorithm, joined)}-${parts.length}`
}

function fourBytes(value: number): string {
  const out = Buffer.alloc(4)
  out.writeUInt32BE(value >>> 0)
  return out.toString("base64")
}

const CRC32C_TABLE = buildTable32(0x82f63b78)

function buildTable32(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1
    return value
  })
}

function crc32c(data: Buffer): number {
  let crc = 0xffffffff
  for (const byte of data) crc = (crc >>> 8) ^ (CRC32C_TABLE[(crc ^ byte) & 0xff] ?? 0)
  return (crc ^ 0xffffffff) >>> 0
}

/** Two halves of 32 bits: BigInt would be a hundred times slower. */
const [CRC64_HIGH, CRC64_LOW] = buildTable64(0x9a6c9329, 0xac4bc9b5)

function buildTable64(polyHigh: number, polyLow: number): readonly [Uint32Array, Uint32Array] {
  const highs = new Uint32Array(256)
  const lows = new Uint32Array(256)
  for (let index = 0; index < 256; index++) {
    let high = 0
    let low = index
    for (let bit = 0; bit < 8; bit++) {
      const carry = low & 1
      low = (low >>> 1) | (high << 31)
      high >>>= 1
      if (carry) {
        high ^= polyHigh
        low ^= polyLow
      }
    }
    highs[index] = high >>> 0
    lows[index] = low >>> 0
  }
  return [highs, lows]
}

function crc64nvme(data: Buffer): Buffer {
  let high = 0xffffffff
  let low = 0xffffffff
  for (const byte of data) {
    const index = (low ^ byte) & 0xff
    low = ((low >>> 8) | (high << 24)) ^ (CRC64_LOW[index] ?? 0)
    high = (high >>> 8) ^ (CRC64_HIGH[index] ?? 0)
  }
  const out = Buffer.alloc(8)
  out.writeUInt32BE(~high >>> 0, 0)
  out.writeUInt32BE(~low >>> 0, 4)
  return out
}
