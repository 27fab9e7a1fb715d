import { ignoresCiphertext, refuseRecipient, stopIfDryRun } from "./dry-run.ts"
import { authorizeUse, findKey, mustEncipher, openBlob, sealingKey, SYMMETRIC, type Use } from "./envelope.ts"
import { validation } from "./errors.ts"
import { bytes, encryptionContext, oneOf, optionalInteger, optionalText, text, type Input } from "./input.ts"
import { authorizeAccount, type Handler, type KmsCall } from "./kms-call.ts"
import { recordUse } from "./usage.ts"

const ALGORITHMS = ["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"]
export const MOST_CIPHERTEXT = 6144

export const encryptionAlgorithm = (input: Input, name = "EncryptionAlgorithm"): string =>
  oneOf(input, name, ALGORITHMS, SYMMETRIC)

const useOf = ({ input }: KmsCall, action: string): Use => ({
  action,
  context: encryptionContext(input),
  algorithm: encryptionAlgorithm(input),
})

export const encrypt: Handler = (call) => {
  const plaintext = bytes(call.input, "Plaintext", 4096)
  const sealing = sealingKey(call.store, call, text(call.input, "KeyId"), useOf(call, "Encrypt"))
  stopIfDryRun(call)
  const sealed = sealing.seal(plaintext)
  recordUse(call.store, sealing.key, "Encrypt", call)
  return { CiphertextBlob: sealed.toString("base64"), KeyId: sealing.key.arn, EncryptionAlgorithm: SYMMETRIC }
}

export const decrypt: Handler = (call) => {
  refuseRecipient(call)
  const use = useOf(call, "Decrypt")
  if (ignoresCiphertext(call, "KeyId")) return tryKey(call, text(call.input, "KeyId"), use)
  const blob = bytes(call.input, "CiphertextBlob", MOST_CIPHERTEXT)
  const opened = openBlob(call.store, call, blob, optionalText(call.input, "KeyId"), use)
  stopIfDryRun(call)
  recordUse(call.store, opened.key, "Decrypt", call)
  return {
    Plaintext: opened.plaintext.toString("base64"),
    KeyId: opened.key.arn,
    EncryptionAlgorithm: SYMMETRIC,
    KeyMaterialId: opened.materialId,
  }
}

/** A dry run without a ciphertext; ends in an exception either way. */
function tryKey(call: KmsCall, ref: string, use: Use): undefined {
  const found = findKey(call.store, call, ref)
  authorizeUse(call.store, call, found, use)
  mustEncipher(found, use)
  stopIfDryRun(call)
  return undefined
}

function dataKeyLength(call: KmsCall): number {
  const spec = oneOf(call.input, "KeySpec", ["AES_256", "AES_128"], "")
  const length = optionalInteger(call.input, "NumberOfBytes", 1, 1024)
  if ((spec === "") === (length === undefined)) throw validation("Please specify either number of bytes or key spec.")
  return length ?? (spec === "AES_256" ? 32 : 16)
}

function makeDataKey(call: KmsCall, action: string): { plaintext: Buffer; answer: object } {
  refuseRecipient(call)
  const length = dataKeyLength(call)
  const { store, input } = call
  const sealing = sealingKey(store, call, text(input, "KeyId"), { action, context: encryptionContext(input) })
  stopIfDryRun(call)
  const plaintext = Buffer.from(store.world.random(length))
  const sealed = sealing.seal(plaintext)
  recordUse(store, sealing.key, action, call)
  return {
    plaintext,
    answer: {
      CiphertextBlob: sealed.toString("base64"),
      KeyId: sealing.key.arn,
      KeyMaterialId: sealing.materialId,
    },
  }
}

export const generateDataKey: Handler = (call) => {
  const { plaintext, answer } = makeDataKey(call, "GenerateDataKey")
  return { ...answer, Plaintext: plaintext.toString("base64") }
}

export const generateDataKeyWithoutPlaintext: Handler = (call) =>
  makeDataKey(call, "GenerateDataKeyWithoutPlaintext").answer

export const generateRandom: Handler = (call) => {
  refuseRecipient(call)
  const length = optionalInteger(call.input, "NumberOfBytes", 1, 1024)
  if (length === undefined) throw validation("NumberOfBytes is required.")
  authorizeAccount(call, "GenerateRandom")
  return { Plaintext: Buffer.from(call.store.world.random(length)).toString("base64") }
}
