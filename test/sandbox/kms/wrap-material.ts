import { constants, createPublicKey, publicEncrypt } from "node:crypto"

/** As the material's owner would wrap it for the public key of GetParametersForImport. Base64 in and out. */
export function wrapMaterial(publicKey: string, material: Buffer, oaepHash: "sha1" | "sha256" = "sha256"): string {
  const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), type: "spki", format: "der" })
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, material).toString("base64")
}
