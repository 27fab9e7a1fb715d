import { ServiceError } from "../core/exchange.ts"

export const refused = (code: string, message: string): ServiceError => new ServiceError(`${code}Exception`, message)

export const constraintViolation = (reason: string, message: string): ServiceError =>
  new ServiceError("ConstraintViolationException", message, 400, { Reason: reason })

export const invalidInput = (reason: string, message: string): ServiceError =>
  new ServiceError("InvalidInputException", message, 400, { Reason: reason })

export const noSuchTarget = (): ServiceError => refused("TargetNotFound", "You specified a target that doesn't exist.")
export const noSuchParent = (): ServiceError => refused("ParentNotFound", "You specified parent that doesn't exist.")
export const noSuchUnit = (): ServiceError =>
  refused("OrganizationalUnitNotFound", "You specified an organizational unit that doesn't exist.")
export const noSuchAccount = (): ServiceError =>
  refused("AccountNotFound", "You specified an account that doesn't exist.")
export const noSuchPolicy = (): ServiceError => refused("PolicyNotFound", "You specified a policy that doesn't exist.")
