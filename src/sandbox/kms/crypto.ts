import { ServiceError } from "../core/exchange.ts"
import { openBlob, sealingKey } from "./envelope.ts"
import { validation } from "./errors.ts"
import { bytes, encryptionContext, flag, oneOf, optionalInteger, optionalText, text } from "./input.ts"
import { authorizeAccount, type Handler, type KmsCall } from "./kms-call.ts"

const ALGORITHMS = ["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"]
const SYMMETRIC = "SYMMETRIC_DEFAULT"
const MOST_CIPHERTEXT = 6144

/** Everything was checked; nothing is done. */
function stopIfDryRun(call: KmsCall): void {
  if (!flag(call.input, "DryRun")) return
  throw new ServiceError("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")
}

function checkAlgorithm(call: KmsCall, name: string, keyArn: string): void {
  if (oneOf(call.input, name, ALGORITHMS, SYMMETRIC) === SYMMETRIC) return
  throw new ServiceError(
    "InvalidKeyUsageException",
    `Algorithm ${String(call.input[name])} is incompatible with key spec ${SYMMETRIC}. (${keyArn})`,
  )
}

export const encrypt: Handler = (call) => {
  const plaintext = bytes(call.input, "Plaintext", 4096)
  const context = encryptionContext(call.input)
  const sealing = sealingKey(call.store, call, text(call.input, "KeyId"), "Encrypt", context)
  checkAlgorithm(call, "EncryptionAlgorithm", sealing.key.arn)
  stopIfDryRun(call)
  return {
    CiphertextBlob: sealing.seal(plaintext).toString("base64"),
    KeyId: sealing.key.arn,
    EncryptionAlgorithm: SYMMETRIC,
  }
}

export const decrypt: Handler = (call) => {
  const blob = bytes(call.input, "CiphertextBlob", MOST_CIPHERTEXT)
  const context = encryptionContext(call.input)
  const opened = openBlob(call.store, call, blob, optionalText(call.input, "KeyId"), "Decrypt", context)
  checkAlgorithm(call, "EncryptionAlgorithm", opened.key.arn)
  stopIfDryRun(call)
  return {
    Plaintext: opened.plaintext.toString("base64"),
    KeyId: opened.key.arn,
    EncryptionAlgorithm: SYMMETRIC,
    KeyMaterialId: opened.material.id,
  }
}

/** Either key may belong to another account; each asks its own permission. */
export const reEncrypt: Handler = (call) => {
  const { input, store } = call
  const blob = bytes(input, "CiphertextBlob", MOST_CIPHERTEXT)
  const destination = text(input, "DestinationKeyId")
  const opened = openBlob(
    store,
    call,
    blob,
    optionalText(input, "SourceKeyId"),
    "ReEncryptFrom",
    encryptionContext(input, "SourceEncryptionContext"),
  )
  const sealing = sealingKey(
    store,
    call,
    destination,
    "ReEncryptTo",
    encryptionContext(input, "DestinationEncryptionContext"),
  )
  checkAlgorithm(call, "SourceEncryptionAlgorithm", opened.key.arn)
  checkAlgorithm(call, "DestinationEncryptionAlgorithm", sealing.key.arn)
  stopIfDryRun(call)
  return {
    CiphertextBlob: sealing.seal(opened.plaintext).toString("base64"),
    SourceKeyId: opened.key.arn,
    KeyId: sealing.key.arn,
    SourceEncryptionAlgorithm: SYMMETRIC,
    DestinationEncryptionAlgorithm: SYMMETRIC,
    SourceKeyMaterialId: opened.material.id,
    DestinationKeyMaterialId: sealing.materialId,
  }
}

function dataKeyLength(call: KmsCall): number {
  const spec = oneOf(call.input, "KeySpec", ["AES_256", "AES_128"], "")
  const length = optionalInteger(call.input, "NumberOfBytes", 1, 1024)
  if ((spec === "") === (length === undefined)) throw validation("Please specify either number of bytes or key spec.")
  return length ?? (spec === "AES_256" ? 32 : 16)
}

function makeDataKey(call: KmsCall, action: string): { plaintext: Buffer; answer: object } {
  const length = dataKeyLength(call)
  const sealing = sealingKey(call.store, call, text(call.input, "KeyId"), action, encryptionContext(call.input))
  stopIfDryRun(call)
  const plaintext = Buffer.from(call.store.world.random(length))
  return {
    plaintext,
    answer: {
      CiphertextBlob: sealing.seal(plaintext).toString("base64"),
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
  const length = optionalInteger(call.input, "NumberOfBytes", 1, 1024)
  if (length === undefined) throw validation("NumberOfBytes is required.")
  authorizeAccount(call, "GenerateRandom")
  return { Plaintext: Buffer.from(call.store.world.random(length)).toString("base64") }
}
