import { encryptionAlgorithm, MOST_CIPHERTEXT } from "./crypto.ts"
import { ignoresCiphertext, stopIfDryRun } from "./dry-run.ts"
import {
  authorizeUse,
  findKey,
  findKeyOfBlob,
  mustEncipher,
  openWith,
  sealingWith,
  SYMMETRIC,
  type Found,
  type Use,
} from "./envelope.ts"
import { bytes, encryptionContext, optionalText, text } from "./input.ts"
import type { Handler, KmsCall } from "./kms-call.ts"
import { recordUse } from "./usage.ts"

/**
 * Either key may belong to another account; each asks its own permission. Both are found before either is asked for,
 * because the question tells whether they are the same.
 */
export const reEncrypt: Handler = (call) => {
  const { input, store } = call
  const blob = ignoresCiphertext(call, "SourceKeyId") ? undefined : bytes(input, "CiphertextBlob", MOST_CIPHERTEXT)
  const from = useOf(call, "ReEncryptFrom", "Source")
  const to = useOf(call, "ReEncryptTo", "Destination")
  const source = findSource(call, blob)
  const destination = findKey(store, call, text(input, "DestinationKeyId"))
  const more = { "kms:ReEncryptOnSameKey": String(source.key === destination.key) }
  authorizeUse(store, call, source, { ...from, more })
  authorizeUse(store, call, destination, { ...to, more })
  mustEncipher(source, from)
  mustEncipher(destination, to)
  if (blob === undefined) {
    stopIfDryRun(call)
    return undefined
  }
  const sealing = sealingWith(store, destination, to.context)
  const opened = openWith(source, blob, from.context)
  stopIfDryRun(call)
  const sealed = sealing.seal(opened.plaintext)
  recordUse(store, source.key, "ReEncrypt", call)
  recordUse(store, destination.key, "ReEncrypt", call)
  return {
    CiphertextBlob: sealed.toString("base64"),
    SourceKeyId: source.key.arn,
    KeyId: destination.key.arn,
    SourceEncryptionAlgorithm: SYMMETRIC,
    DestinationEncryptionAlgorithm: SYMMETRIC,
    SourceKeyMaterialId: opened.materialId,
    DestinationKeyMaterialId: sealing.materialId,
  }
}

function findSource(call: KmsCall, blob: Buffer | undefined): Found {
  const ref = optionalText(call.input, "SourceKeyId")
  return blob === undefined
    ? findKey(call.store, call, text(call.input, "SourceKeyId"))
    : findKeyOfBlob(call.store, call, blob, ref, "ReEncryptFrom")
}

const useOf = ({ input }: KmsCall, action: string, side: "Source" | "Destination"): Use => ({
  action,
  operation: "ReEncrypt",
  context: encryptionContext(input, `${side}EncryptionContext`),
  algorithm: encryptionAlgorithm(input, `${side}EncryptionAlgorithm`),
})
