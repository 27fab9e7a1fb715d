import { PolicyError } from "./policy-error.ts"

/** Where a value comes from. Only what the request brings or AWS derives from it counts as a fact. */
type Origin = "given" | "derived"

export interface ContextValue {
  readonly name: string
  readonly values: readonly string[]
  readonly origin: Origin
}

/** Condition keys of one request. Absent and unknown are different things: an unknown key may have any value or none. */
export interface RequestContext {
  /** `key` in lower case. Undefined = absent, unless it is unknown. */
  get(key: string): ContextValue | undefined
  isUnknown(key: string): boolean
  all(): Iterable<ContextValue>
}

export type FactValue = string | number | boolean | ReadonlyArray<string | number | boolean>
export type Facts = Readonly<Record<string, FactValue>>

/** @throws PolicyError for a value that is no text, number or boolean, nor a list of them */
export function readFact(name: string, value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.map((each) => {
    if (typeof each === "string") return each
    if (typeof each === "boolean" || (typeof each === "number" && Number.isFinite(each))) return String(each)
    throw new PolicyError(
      `the value of ${name} in the request is ${each === null ? "null" : typeof each}: expected a string, number, boolean or a list of them`,
    )
  })
}

export class Context implements RequestContext {
  readonly #values = new Map<string, ContextValue>()
  readonly #unknown: ReadonlySet<string>
  readonly #unknownPrefixes: readonly string[]

  /** `unknown`: names of keys, or prefixes that end in `*`, whose values nobody could tell. */
  constructor(facts: Facts, unknown: readonly string[] = []) {
    for (const name in facts) this.#put(name, readFact(name, facts[name]), "given")
    const lower = unknown.map((name) => name.toLowerCase())
    this.#unknown = new Set(lower.filter((name) => !name.endsWith("*")))
    this.#unknownPrefixes = lower.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1))
  }

  get(key: string): ContextValue | undefined {
    return this.#values.get(key)
  }

  isUnknown(key: string): boolean {
    if (this.#values.has(key)) return false
    return this.#unknown.has(key) || this.#unknownPrefixes.some((prefix) => key.startsWith(prefix))
  }

  all(): Iterable<ContextValue> {
    return this.#values.values()
  }

  /** A given value wins over a derived one, a derived one over an unknown. */
  derive(name: string, value: string | readonly string[] | undefined): void {
    if (value === undefined || this.#values.has(name.toLowerCase())) return
    this.#put(name, typeof value === "string" ? [value] : value, "derived")
  }

  #put(name: string, values: readonly string[], origin: Origin): void {
    this.#values.set(name.toLowerCase(), { name, values, origin })
  }
}
