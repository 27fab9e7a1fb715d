import { ServiceError } from "../core/exchange.ts"
import type { KmsKey } from "./key.ts"
import { KEY_SPECS } from "./key-spec.ts"

export const notFound = (message: string): ServiceError => new ServiceError("NotFoundException", message)
export const noSuchKey = (arn: string): ServiceError => notFound(`Key '${arn}' does not exist`)
export const invalidKeyId = (text: string): ServiceError => notFound(`Invalid keyId '${text}'`)
export const validation = (message: string): ServiceError => new ServiceError("ValidationException", message)
export const unsupported = (message: string): ServiceError => new ServiceError("UnsupportedOperationException", message)
export const invalidState = (message: string): ServiceError => new ServiceError("KMSInvalidStateException", message)
/** AWS says nothing more, so that nobody learns which part was wrong. */
export const invalidCiphertext = (): ServiceError => new ServiceError("InvalidCiphertextException", "")
export const incorrectKey = (): ServiceError =>
  new ServiceError(
    "IncorrectKeyException",
    "The key ID in the request does not identify a CMK that can perform this operation.",
  )

export const wrongUsage = (key: KmsKey, operation: string): ServiceError =>
  new ServiceError(
    "InvalidKeyUsageException",
    `${key.arn} key usage is ${KEY_SPECS[key.group.spec].usage} which is not valid for ${operation}.`,
  )
export const wrongAlgorithm = (algorithm: string, spec: string): ServiceError =>
  new ServiceError("InvalidKeyUsageException", `Algorithm ${algorithm} is incompatible with key spec ${spec}.`)
export const wrongOrigin = (key: KmsKey): ServiceError =>
  unsupported(`${key.arn} origin is ${key.group.origin} which is not valid for this operation.`)
export const notPrimary = (key: KmsKey): ServiceError => unsupported(`${key.arn} is not a multi-region primary key.`)
export const invalidArn = (text: string): ServiceError => new ServiceError("InvalidArnException", `Invalid ARN ${text}`)
export const incorrectMaterial = (message: string): ServiceError =>
  new ServiceError("IncorrectKeyMaterialException", message)
export const invalidGrantToken = (): ServiceError => new ServiceError("InvalidGrantTokenException", "")
export const notYet = (what: string): ServiceError =>
  new ServiceError("NotImplemented", `the sandbox has no ${what} yet`, 501)

export const constraint = (member: string, rule: string, value?: string): ServiceError =>
  validation(
    `1 validation error detected: Value ${value === undefined ? "" : `'${value}' `}at '${member}' failed to satisfy constraint: Member must ${rule}`,
  )

const WORDS: Readonly<Record<string, string>> = {
  PendingImport: "pending import",
  PendingDeletion: "pending deletion",
  PendingReplicaDeletion: "pending replica deletion",
  Creating: "creating",
  Updating: "updating",
  Unavailable: "unavailable",
}

/** The error for a key whose state forbids what was asked. */
export function stateError(key: KmsKey): ServiceError {
  if (key.state === "Disabled") return new ServiceError("DisabledException", `${key.arn} is disabled.`)
  return invalidState(`${key.arn} is ${WORDS[key.state] ?? key.state}.`)
}
