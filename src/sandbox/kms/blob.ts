import { createCipheriv, createDecipheriv } from "node:crypto"
import { crc32 } from "node:zlib"
import type { RandomBytes } from "../../kernel/random.ts"
import type { EncryptionContext } from "../core/world.ts"

/**
 * `0x01 | version | key id (16) | material id (32) | crc32 of the former (4) | iv (12) | tag (16) | ciphertext`.
 * The version's high bit says that the id is an `mrk-` one. The checksum tells a damaged header from an unknown key.
 */
const FORMAT = 0x01
const VERSION = 0x01
const MULTI_REGION = 0x80
const CHECKED = 50
const HEADER = CHECKED + 4
const IV = 12
const TAG = 16

export interface BlobHeader {
  readonly keyId: string
  readonly materialId: string
}

export function seal(
  { keyId, materialId }: BlobHeader,
  secret: Buffer,
  plaintext: Buffer,
  context: EncryptionContext,
  random: RandomBytes,
): Buffer {
  const header = Buffer.alloc(HEADER)
  header[0] = FORMAT
  header[1] = VERSION | (keyId.startsWith("mrk-") ? MULTI_REGION : 0)
  header.write(keyId.replace("mrk-", "").replaceAll("-", ""), 2, "hex")
  header.write(materialId, 18, "hex")
  header.writeUInt32BE(crc32(header.subarray(0, CHECKED)), CHECKED)
  const iv = random(IV)
  const cipher = createCipheriv("aes-256-gcm", secret, iv)
  cipher.setAAD(header)
  cipher.setAAD(canonicalContext(context))
  const sealed = cipher.update(plaintext)
  cipher.final()
  return Buffer.concat([header, iv, cipher.getAuthTag(), sealed])
}

/** Undefined = no ciphertext of this KMS, or a damaged one. */
export function readHeader(blob: Buffer): BlobHeader | undefined {
  if (blob.length < HEADER + IV + TAG || blob[0] !== FORMAT) return undefined
  if (blob.readUInt32BE(CHECKED) !== crc32(blob.subarray(0, CHECKED))) return undefined
  const hex = blob.toString("hex", 2, 18)
  const multiRegion = ((blob[1] ?? 0) & MULTI_REGION) !== 0
  return { keyId: multiRegion ? `mrk-${hex}` : uuidOf(hex), materialId: blob.toString("hex", 18, CHECKED) }
}

/** Undefined = wrong context, or a flipped bit. */
export function open(blob: Buffer, secret: Buffer, context: EncryptionContext): Buffer | undefined {
  const body = HEADER + IV + TAG
  const decipher = createDecipheriv("aes-256-gcm", secret, blob.subarray(HEADER, HEADER + IV))
  decipher.setAAD(blob.subarray(0, HEADER))
  decipher.setAAD(canonicalContext(context))
  decipher.setAuthTag(blob.subarray(HEADER + IV, body))
  const plaintext = decipher.update(blob.subarray(body))
  try {
    decipher.final()
    return plaintext
  } catch {
    return undefined
  }
}

export const uuidOf = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`

/** Order of the pairs does not count in KMS, case and spelling do. */
function canonicalContext(context: EncryptionContext): Buffer {
  const names = Object.keys(context).sort()
  return Buffer.from(JSON.stringify(names.map((name) => [name, context[name]])))
}
