import { ServiceError } from "../core/exchange.ts"
import type { EncryptionContext } from "../core/world.ts"
import { optionalText, text, type Input } from "../protocol/input.ts"
import { constraint } from "./errors.ts"

export type { Input }
export { optionalText, text }

const serialization = (): ServiceError => new ServiceError("SerializationException", "")
const memberName = (name: string): string => name.slice(0, 1).toLowerCase() + name.slice(1)

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
  if (value < least) throw constraint(memberName(name), `have value greater than or equal to ${least}`, String(value))
  if (value > most) throw constraint(memberName(name), `have value less than or equal to ${most}`, String(value))
  return value
}

export function bytes(input: Input, name: string, most: number): Buffer {
  const value = Buffer.from(text(input, name), "base64")
  if (value.length > most) throw constraint(memberName(name), `have length less than or equal to ${most}`)
  if (value.length === 0) throw constraint(memberName(name), "have length greater than or equal to 1")
  return value
}

export function oneOf(input: Input, name: string, allowed: readonly string[], fallback: string): string {
  const value = optionalText(input, name)
  if (value === undefined) return fallback
  if (!allowed.includes(value)) {
    throw constraint(memberName(name), `satisfy enum value set: [${allowed.join(", ")}]`, value)
  }
  return value
}

export function encryptionContext(input: Input, name = "EncryptionContext"): EncryptionContext {
  return optionalPairs(input, name) ?? {}
}

export function optionalPairs(input: Input, name: string): EncryptionContext | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== "object" || Array.isArray(value)) throw serialization()
  for (const each of Object.values(value)) if (typeof each !== "string") throw serialization()
  return value as EncryptionContext
}

/** A structure within the request. */
export function optionalInput(input: Input, name: string): Input | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== "object" || Array.isArray(value)) throw serialization()
  return value as Input
}

/** A timestamp is seconds, perhaps with a fraction; the answer is epoch milliseconds. */
export function optionalTime(input: Input, name: string): number | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== "number" || !Number.isFinite(value)) throw serialization()
  return Math.round(value * 1000)
}

export function list(input: Input, name: string): readonly unknown[] {
  const value = input[name]
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw serialization()
  return value
}

export function texts(input: Input, name: string): readonly string[] {
  return list(input, name).map((each) => {
    if (typeof each !== "string") throw serialization()
    return each
  })
}
