import { keyIdOf, tryParseArn } from "./arn.ts"
import { PolicyError } from "./policy-error.ts"
import type { Principal } from "./principal.ts"

/** Where a value comes from. Only what the request brings or AWS derives from it counts as a fact. */
type Origin = "given" | "derived"

export interface ContextValue {
  /** As the request spells it. */
  readonly name: string
  readonly values: readonly string[]
  readonly origin: Origin
}

/** Condition keys of one request. Absent and unknown are different things: an unknown key may have any value or none. */
export interface RequestContext {
  /** `key` in lower case. Undefined = absent, unless it is unknown. */
  get(key: string): ContextValue | undefined
  isUnknown(key: string): boolean
  /** Whether there may be keys of this beginning that nobody knows of. */
  mayHaveMore(prefix: string): boolean
  /** What the request itself brings, each name as it is spelt there. */
  given(): readonly ContextValue[]
}

export type FactValue = string | number | boolean | ReadonlyArray<string | number | boolean>
export type Facts = Readonly<Record<string, FactValue>>

/** No request of AWS carries more: 8 KB per header, 8,192 characters of encryption context. */
const MOST_PER_VALUE = 8_192
const MOST_OF_ALL = 65_536

/** @throws PolicyError for a value that is no text, number or boolean, nor a list of them */
function readFact(name: string, value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map((each) => readOne(name, each)) : [readOne(name, value)]
}

function readOne(name: string, value: unknown): string {
  if (typeof value === "string") {
    if (value.length <= MOST_PER_VALUE) return value
    throw new PolicyError(`the value of ${name} in the request has ${value.length} characters, more than AWS carries`)
  }
  if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return String(value)
  throw new PolicyError(
    `the value of ${name} in the request is ${value === null ? "null" : typeof value}: expected a string, number, boolean or a list of them`,
  )
}

/** What AWS derives from the request; `key` in lower case, undefined = nothing. */
export type Derive = (key: string, context: RequestContext) => string | readonly string[] | undefined

/** Derived keys with what they are made of: unknown like it. */
const SOURCE: ReadonlyMap<string, string> = new Map([
  ["aws:viaawsservice", "kms:viaservice"],
  ["kms:encryptioncontextkeys", "kms:encryptioncontext:"],
])

/** Tags and pairs of an encryption context may differ in case alone: conditions do not tell them apart. */
const HAS_FREE_PART = /^[^:]+:[^:/]*[:/]/

export class Context implements RequestContext {
  readonly #facts: ContextValue[] = []
  readonly #given = new Map<string, ContextValue>()
  readonly #derived = new Map<string, ContextValue | undefined>()
  readonly #unknown: ReadonlySet<string>
  readonly #unknownPrefixes: readonly string[]
  readonly #derive: Derive

  constructor(facts: Facts, unknown: readonly string[] = [], derive: Derive = () => undefined) {
    this.#derive = derive
    let size = 0
    for (const name of Object.keys(facts)) {
      const values = readFact(name, facts[name])
      size += name.length
      for (const value of values) size += value.length
      if (size > MOST_OF_ALL) throw new PolicyError("the context of the request is larger than AWS carries")
      this.#put(name, values)
    }
    const lower = unknown.map((name) => name.toLowerCase())
    this.#unknown = new Set(lower.filter((name) => !name.endsWith("*")))
    this.#unknownPrefixes = lower.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1))
  }

  /** A given value wins over a derived one, a derived one over an unknown. */
  get(key: string): ContextValue | undefined {
    const given = this.#given.get(key)
    if (given !== undefined) return given
    if (this.#derived.has(key)) return this.#derived.get(key)
    const value = this.#derive(key, this)
    const derived: ContextValue | undefined =
      value === undefined
        ? undefined
        : { name: key, values: typeof value === "string" ? [value] : value, origin: "derived" }
    this.#derived.set(key, derived)
    return derived
  }

  isUnknown(key: string): boolean {
    if (this.#unknown.size === 0 && this.#unknownPrefixes.length === 0) return false
    if (this.#given.has(key)) return false
    const source = SOURCE.get(key)
    if (source !== undefined && (this.isUnknown(source) || (source.endsWith(":") && this.mayHaveMore(source))))
      return true
    if (!this.#unknown.has(key) && !this.#unknownPrefixes.some((prefix) => key.startsWith(prefix))) return false
    return this.get(key) === undefined
  }

  mayHaveMore(prefix: string): boolean {
    if (this.#unknownPrefixes.some((each) => each.startsWith(prefix) || prefix.startsWith(each))) return true
    return [...this.#unknown].some((key) => key.startsWith(prefix) && !this.#given.has(key))
  }

  given(): readonly ContextValue[] {
    return this.#facts
  }

  #put(name: string, values: readonly string[]): void {
    const key = name.toLowerCase()
    const fact: ContextValue = { name, values, origin: "given" }
    this.#facts.push(fact)
    const known = this.#given.get(key)
    if (known === undefined) this.#given.set(key, fact)
    else if (HAS_FREE_PART.test(key)) this.#given.set(key, { ...known, values: [...known.values, ...values] })
    else if (known.values.join("\n") !== values.join("\n"))
      throw new PolicyError(`the request gives ${known.name} twice, as ${name} too, with other values`)
  }
}

const CONTEXT_PREFIX = "kms:encryptioncontext:"

const TYPE: Readonly<Record<Principal["kind"], string>> = {
  root: "Account",
  user: "User",
  role: "AssumedRole",
  session: "AssumedRole",
  "federated-user": "FederatedUser",
  service: "AWSService",
  federated: "WebIdentityUser",
  anonymous: "Anonymous",
}

export interface RequestFacts {
  readonly principal: Principal
  /** `service:Name` */
  readonly action: string
  readonly resource: string
  readonly resourceAccount: string
  readonly facts: Facts
  /** Keys (or prefixes ending in `*`) of which nobody can tell whether and with what value they are in the request. */
  readonly unknown?: readonly string[]
  /** Epoch milliseconds; undefined = the time of the request is no fact. */
  readonly now?: number
}

/**
 * What the request says, and what AWS always derives from it. A key that is in neither is absent from the request.
 * @throws PolicyError for a value that is no text, number, boolean or list of them
 */
export function contextOf(request: RequestFacts): Context {
  return new Context(request.facts, request.unknown, deriveFrom(request))
}

/** Asked for the keys that conditions name, so that a request pays for no other. */
const deriveFrom =
  (request: RequestFacts): Derive =>
  (key, context) =>
    key.startsWith("aws:")
      ? global(key, request, context)
      : key.startsWith("kms:")
        ? ofKms(key, request, context)
        : undefined

function global(key: string, request: RequestFacts, context: RequestContext): string | undefined {
  const { principal, resource, now } = request
  switch (key) {
    case "aws:principalarn":
      return principal.account === undefined ? undefined : principal.arn
    case "aws:principalaccount":
      return principal.account
    case "aws:principaltype":
      return TYPE[principal.kind]
    case "aws:principalisawsservice":
      return String(principal.kind === "service")
    case "aws:principalservicename":
      return principal.kind === "service" ? principal.arn : undefined
    case "aws:username":
      return principal.kind === "user" ? principal.arn.slice(principal.arn.lastIndexOf("/") + 1) : undefined
    case "aws:userid":
      return principal.kind === "root" ? principal.account : undefined
    case "aws:resourceaccount":
      return request.resourceAccount
    case "aws:viaawsservice":
      return String((context.get("kms:viaservice")?.values.length ?? 0) > 0)
    case "aws:requestedregion":
      return tryParseArn(resource)?.region || undefined
    case "aws:currenttime":
      return now === undefined ? undefined : new Date(now).toISOString()
    case "aws:epochtime":
      return now === undefined ? undefined : String(Math.floor(now / 1000))
    default:
      return undefined
  }
}

function ofKms(key: string, request: RequestFacts, context: RequestContext): string | readonly string[] | undefined {
  if (!/^kms:/i.test(request.action)) return undefined
  switch (key) {
    case "kms:calleraccount":
      return request.principal.account
    case "kms:multiregion": {
      const id = keyIdOf(request.resource)
      return id === undefined ? undefined : String(id.startsWith("mrk-"))
    }
    case "kms:encryptioncontextkeys":
      return contextKeys(context)
    default:
      return undefined
  }
}

/** In their own case, which the conditions on them bind. */
function contextKeys(context: RequestContext): readonly string[] | undefined {
  const names = context
    .given()
    .map(({ name }) => name)
    .filter((name) => name.toLowerCase().startsWith(CONTEXT_PREFIX))
  return names.length === 0 ? undefined : names.map((name) => name.slice(CONTEXT_PREFIX.length))
}
