import { ServiceError } from "../core/exchange.ts"

/** What a request asks for, from a JSON body or from a form: numbers and flags may be text. */
export type Input = Readonly<Record<string, unknown>>

const serialization = (): ServiceError => new ServiceError("SerializationException", "")

const validation = (message: string): ServiceError => new ServiceError("ValidationException", message)

const constraint = (name: string, rule: string, value?: string): ServiceError =>
  validation(
    `1 validation error detected: Value ${value === undefined ? "null" : `'${value}'`} at '${memberOf(name)}' failed to satisfy constraint: Member must ${rule}`,
  )

const memberOf = (name: string): string => name.slice(0, 1).toLowerCase() + name.slice(1)

export function optionalText(input: Input, name: string): string | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== "string") throw serialization()
  return value
}

export function text(input: Input, name: string): string {
  const value = optionalText(input, name)
  if (value === undefined) throw constraint(name, "not be null")
  return value
}

export function optionalNumber(input: Input, name: string): number | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  const read = typeof value === "string" && value.trim() !== "" ? Number(value) : value
  if (typeof read !== "number" || !Number.isFinite(read)) throw serialization()
  return read
}

export function number(input: Input, name: string): number {
  const value = optionalNumber(input, name)
  if (value === undefined) throw constraint(name, "not be null")
  return value
}

export function flag(input: Input, name: string): boolean | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  if (value === "true" || value === true) return true
  if (value === "false" || value === false) return false
  throw serialization()
}

/** Empty when it is missing; a form writes an empty list as empty text. */
export function list(input: Input, name: string): readonly unknown[] {
  const value = input[name]
  if (value === undefined || value === null || value === "") return []
  if (!Array.isArray(value)) throw serialization()
  return value
}

export function texts(input: Input, name: string): readonly string[] {
  return list(input, name).map((each) => {
    if (typeof each !== "string") throw serialization()
    return each
  })
}

export function structures(input: Input, name: string): readonly Input[] {
  return list(input, name).map(structureOf)
}

export function structure(input: Input, name: string): Input | undefined {
  const value = input[name]
  return value === undefined || value === null ? undefined : structureOf(value)
}

function structureOf(value: unknown): Input {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw serialization()
  return value as Input
}

/** Epoch milliseconds of a moment that is written as epoch seconds or as an ISO stamp. */
export function moment(input: Input, name: string): number | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  const seconds = Number(value)
  const at = typeof value === "string" && Number.isNaN(seconds) ? Date.parse(value) : seconds * 1000
  if (!Number.isFinite(at)) throw serialization()
  return at
}

export function oneOf<T extends string>(input: Input, name: string, allowed: readonly T[]): T | undefined {
  const value = optionalText(input, name)
  const found = allowed.find((each) => each === value)
  if (value !== undefined && found === undefined)
    throw constraint(name, `satisfy enum value set: [${allowed.join(", ")}]`, value)
  return found
}

/** `[{Key, Value}]` in order; a key that comes twice keeps its last value. */
export function tagsIn(input: Input, name = "Tags"): Map<string, string> {
  return new Map(structures(input, name).map((tag): [string, string] => [text(tag, "Key"), text(tag, "Value")]))
}

export const tagList = (tags: ReadonlyMap<string, string>): Array<{ Key: string; Value: string }> =>
  [...tags].map(([Key, Value]) => ({ Key, Value }))
