import { createHmac, hash } from "node:crypto"

/** SHA-256 of nothing: the hash of every request without a body. */
export const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text, "latin1").digest()

/** The key of one day, Region and service, made of the secret by four HMACs [AWS SigV4, "derive a signing key"]. */
export function signingKey(secret: string, date: string, region: string, service: string): Buffer {
  return hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), "aws4_request")
}

/** Of text whose chars are bytes (latin1), in lower-case hex. */
export const sha256Hex = (text: string): string => hash("sha256", Buffer.from(text, "latin1"), "hex")

export const sha256OfBytes = (bytes: Buffer): string => hash("sha256", bytes, "hex")

export const signatureOf = (key: Buffer, stringToSign: string): string =>
  createHmac("sha256", key).update(stringToSign, "latin1").digest("hex")
