import { createHmac, hash } from "node:crypto"

/** SHA-256 of nothing: the hash of every request without a body. */
export const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text, "latin1").digest()

/** The key of one day, Region and service, made of the secret by four HMACs [AWS SigV4, "derive a signing key"]. */
export function signingKey(secret: string, date: string, region: string, service: string): Buffer {
  return hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), "aws4_request")
}

const BLOCK_BYTES = 64
const DIGEST_BYTES = 32
/** Where texts become bytes: nothing is kept there, and nothing awaited while it is used. */
const scratch = Buffer.allocUnsafeSlow(8192)

/** Of text whose chars are bytes (latin1), in lower-case hex. */
export function sha256Hex(text: string): string {
  if (text.length > scratch.length) return sha256OfBytes(Buffer.from(text, "latin1"))
  return sha256OfBytes(scratch.subarray(0, scratch.write(text, "latin1")))
}

export const sha256OfBytes = (bytes: Buffer): string => hash("sha256", bytes, "hex")

/**
 * HMAC-SHA-256 with one key for many texts [RFC 2104]: the key is padded once, and two one-shot hashes cost half of what
 * Node's Hmac object does.
 */
export class Hmac {
  readonly #inner: Buffer
  readonly #outer: Buffer

  /** Of no more than a block, or it would have to be hashed first: keys of signatures have 32 bytes. */
  constructor(key: Buffer) {
    this.#inner = padded(key, 0x36)
    this.#outer = Buffer.concat([padded(key, 0x5c), Buffer.alloc(DIGEST_BYTES)])
  }

  /** Of latin1 text shorter than the scratch, which a string to sign always is; lower-case hex. */
  hex(text: string): string {
    this.#inner.copy(scratch)
    const length = scratch.write(text, BLOCK_BYTES, "latin1")
    const inner = hash("sha256", scratch.subarray(0, BLOCK_BYTES + length), "binary")
    this.#outer.write(inner, BLOCK_BYTES, "latin1")
    return hash("sha256", this.#outer, "hex")
  }
}

function padded(key: Buffer, pad: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES, pad)
  for (let at = 0; at < key.length; at++) block[at] = (key[at] as number) ^ pad
  return block
}
