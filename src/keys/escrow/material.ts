import { constants, createCipheriv, createPublicKey, publicEncrypt } from "node:crypto"
import { refused } from "./refused.ts"
import { hasDigest, wipe } from "./secret-bytes.ts"

/** Symmetric keys of KMS are AES-256. */
export const MATERIAL_SIZE = 32

/** Key check value: the first three bytes of the zero block under the key, in hex. It tells 24 bits of 256. */
export function checkValueOf(material: Uint8Array): string {
  const cipher = createCipheriv("aes-256-ecb", material, null).setAutoPadding(false)
  return cipher.update(Buffer.alloc(16)).subarray(0, 3).toString("hex")
}

/**
 * As KMS takes 256-bit material: RSAES_OAEP_SHA_256, SHA-256 in the mask as well. `publicKey`: DER, of this one token. The
 * result is no secret.
 */
export const wrapFor = (publicKey: Uint8Array, material: Uint8Array): Uint8Array =>
  publicEncrypt(
    {
      key: createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "spki" }),
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: "sha256",
    },
    material,
  )

/** Whether it is what was sealed. Wipes what is not. @throws DrError E_ESCROW_MATERIAL */
export function mustBe(material: Uint8Array, sealed: { readonly sha256: string; readonly kcv: string }): void {
  const right =
    material.length === MATERIAL_SIZE && hasDigest(material, sealed.sha256) && checkValueOf(material) === sealed.kcv
  if (right) return
  wipe(material)
  throw refused("E_ESCROW_MATERIAL", "what the set holds is not the material that it says: it was altered")
}
