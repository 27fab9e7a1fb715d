import { ServiceError } from "../core/exchange.ts"

export const noSuchEntity = (message: string): ServiceError => new ServiceError("NoSuchEntity", message, 404)
export const conflict = (message: string): ServiceError => new ServiceError("DeleteConflict", message, 409)
export const exists = (message: string): ServiceError => new ServiceError("EntityAlreadyExists", message, 409)
export const limitExceeded = (message: string): ServiceError => new ServiceError("LimitExceeded", message, 409)
export const malformed = (message: string): ServiceError => new ServiceError("MalformedPolicyDocument", message)
export const invalidInput = (message: string): ServiceError => new ServiceError("InvalidInput", message)
export const validation = (message: string): ServiceError => new ServiceError("ValidationError", message)

export const constraint = (member: string, rule: string, value?: string): ServiceError =>
  validation(
    `1 validation error detected: Value ${value === undefined ? "null" : `'${value}'`} at '${member}' failed to satisfy constraint: Member must ${rule}`,
  )
