import { ServiceError } from "../core/exchange.ts"
import type { KmsKey } from "./key.ts"

export const notFound = (message: string): ServiceError => new ServiceError("NotFoundException", message)
export const noSuchKey = (arn: string): ServiceError => notFound(`Key '${arn}' does not exist`)
export const invalidKeyId = (text: string): ServiceError => notFound(`Invalid keyId '${text}'`)
export const validation = (message: string): ServiceError => new ServiceError("ValidationException", message)
export const unsupported = (message: string): ServiceError => new ServiceError("UnsupportedOperationException", message)
const invalidState = (message: string): ServiceError => new ServiceError("KMSInvalidStateException", message)
/** AWS says nothing more, so that nobody learns which part was wrong. */
export const invalidCiphertext = (): ServiceError => new ServiceError("InvalidCiphertextException", "")
export const incorrectKey = (): ServiceError =>
  new ServiceError(
    "IncorrectKeyException",
    "The key ID in the request does not identify a CMK that can perform this operation.",
  )

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
