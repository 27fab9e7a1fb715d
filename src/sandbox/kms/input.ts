import { ServiceError } from "../core/exchange.ts"
import type { EncryptionContext } from "../core/world.ts"
import { constraint, validation } from "./errors.ts"

export type Input = Readonly<Record<string, unknown>>

const serialization = (): ServiceError => new ServiceError("SerializationException", "")
const memberOf = (name: string): string => name.slice(0, 1).toLowerCase() + name.slice(1)

export function optionalText(input: Input, name: string): string | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== "string") throw serialization()
  return value
}

export function text(input: Input, name: string): string {
  const value = optionalText(input, name)
  if (value === undefined) throw missing(name)
  return value
}

const missing = (name: string): ServiceError =>
  validation(
    `1 validation error detected: Value null at '${memberOf(name)}' failed to satisfy constraint: Member must not be null`,
  )

export function flag(input: Input, name: string): boolean {
  const value = input[name]
  if (value === undefined || value === null) return false
  if (typeof value !== "boolean") throw serialization()
  return value
}

export function optionalInteger(input: Input, name: string, least: number, most: number): number | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== "number" || !Number.isInteger(value)) throw serialization()
  if (value < least) throw constraint(memberOf(name), `have value greater than or equal to ${least}`, String(value))
  if (value > most) throw constraint(memberOf(name), `have value less than or equal to ${most}`, String(value))
  return value
}

export function bytes(input: Input, name: string, most: number): Buffer {
  const value = Buffer.from(text(input, name), "base64")
  if (value.length > most) throw constraint(memberOf(name), `have length less than or equal to ${most}`)
  if (value.length === 0) throw constraint(memberOf(name), "have length greater than or equal to 1")
  return value
}

export function oneOf(input: Input, name: string, allowed: readonly string[], fallback: string): string {
  const value = optionalText(input, name)
  if (value === undefined) return fallback
  if (!allowed.includes(value)) {
    throw constraint(memberOf(name), `satisfy enum value set: [${allowed.join(", ")}]`, value)
  }
  return value
}

export function encryptionContext(input: Input, name = "EncryptionContext"): EncryptionContext {
  const value = input[name]
  if (value === undefined || value === null) return {}
  if (typeof value !== "object" || Array.isArray(value)) throw serialization()
  for (const each of Object.values(value)) if (typeof each !== "string") throw serialization()
  return value as EncryptionContext
}

export function list(input: Input, name: string): readonly unknown[] {
  const value = input[name]
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw serialization()
  return value
}
