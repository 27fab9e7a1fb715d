import { nearest } from "../../kernel/nearest.ts"
import { SERVICE_NAMES, type ServiceName } from "../core/exchange.ts"

/** What goes wrong. `delay` and `drip` are real milliseconds: they are there to be felt. */
export type FaultKind =
  | "deny"
  | "throttle"
  | "error"
  | "delay"
  | "drip"
  | "cut-before-commit"
  | "cut-after-commit"
  | "error-in-200"
  | "black-hole"
  | "corrupt-body"
  | "expired-token"
  | "skew-date"
  | "redirect"

export const FAULT_KINDS: readonly FaultKind[] = [
  "deny",
  "throttle",
  "error",
  "delay",
  "drip",
  "cut-before-commit",
  "cut-after-commit",
  "error-in-200",
  "black-hole",
  "corrupt-body",
  "expired-token",
  "skew-date",
  "redirect",
]

/** The real one, and answers that only resemble it: no client notices the latter by their last bytes. */
const ERROR_IN_200_VARIANTS = ["error", "trailing-newline", "html", "wrong-root", "empty"] as const
export type ErrorIn200 = (typeof ERROR_IN_200_VARIANTS)[number]

export interface FaultRule {
  readonly id: string
  readonly kind: FaultKind
  /** All that is given must fit; what is left out fits everything. */
  readonly service?: string
  readonly operation?: string
  readonly region?: string
  readonly account?: string
  /** A part of the path, copy source, key id or body. */
  readonly match?: string
  /** 0–1, drawn from the seed. Left out = always. */
  readonly probability?: number
  /** How many calls it strikes; left out = until it is cleared. */
  readonly count?: number
  /** How many fitting calls it lets pass first. */
  readonly after?: number
  readonly ms?: number
  readonly status?: number
  readonly code?: string
  readonly message?: string
  readonly variant?: ErrorIn200
}

export type NewFault = Omit<FaultRule, "id"> & { readonly id?: string }

const TEXTS = ["id", "service", "operation", "region", "account", "match", "code", "message"]
const NUMBERS = ["probability", "count", "after", "ms", "status"]

/** The operations of each service that the sandbox has. */
export type Operations = ReadonlyMap<string, readonly string[]>

/** Why the rule would never strike: a rehearsal with it would prove nothing. Undefined = it can. */
export function neverStrikes({ service = "", operation = "" }: NewFault, operations: Operations): string | undefined {
  const named = service === "" ? [...operations.values()].flat() : (operations.get(service) ?? [])
  if (operation === "" || named.includes(operation)) return undefined
  const meant = nearest(operation, named)
  const what = `the sandbox has no ${service === "" ? "operation" : `${service} operation`} ${JSON.stringify(operation)}`
  return `${what}: ${meant === undefined ? "nothing would ever be struck" : `did you mean ${meant}?`}`
}

/** @returns the rule, or in words what is wrong with it */
export function readFault(value: unknown): NewFault | string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "a fault is a JSON object"
  const rule = value as Record<string, unknown>
  if (!FAULT_KINDS.includes(rule["kind"] as FaultKind)) return `kind must be one of ${FAULT_KINDS.join(", ")}`
  for (const name of Object.keys(rule)) {
    const known = name === "kind" || name === "variant" || TEXTS.includes(name) || NUMBERS.includes(name)
    if (!known) return `unknown field ${JSON.stringify(name)}`
    if (TEXTS.includes(name) && typeof rule[name] !== "string") return `${name} must be text`
    if (NUMBERS.includes(name) && !(typeof rule[name] === "number" && rule[name] >= 0))
      return `${name} must be a number ≥ 0`
  }
  const service = rule["service"] as string | undefined
  if (service !== undefined && service !== "" && !SERVICE_NAMES.includes(service as ServiceName))
    return `service must be one of ${SERVICE_NAMES.join(", ")}: nothing else is ever struck`
  const variant = rule["variant"]
  if (variant !== undefined && !ERROR_IN_200_VARIANTS.includes(variant as ErrorIn200)) {
    return `variant must be one of ${ERROR_IN_200_VARIANTS.join(", ")}`
  }
  return rule as unknown as NewFault
}
