import { nearest } from "../../kernel/nearest.ts"
import type { ActionFacts } from "./facts.ts"
import { CROSS_ACCOUNT_ACTIONS, GRANTABLE, OPERATIONS, WITH_DRY_RUN } from "./overlay.ts"
import { DETAILED_SERVICES, SERVICE_PREFIXES, detailsOf, words } from "./services.ts"

export type ActionStatus =
  /** One action for a name; all that a pattern with `*` or `?` covers, among the services that the catalogue details. */
  | { readonly kind: "known"; readonly actions: readonly ActionFacts[] }
  /** A service that exists, whose actions the catalogue does not list: nothing can be said of the name. */
  | { readonly kind: "other-service"; readonly service: string }
  /** An API operation that IAM checks under other names; `use` may name two. */
  | { readonly kind: "operation-not-action"; readonly use: string }
  | { readonly kind: "unknown-service"; readonly suggestion?: string }
  /** Also a pattern that covers no action. */
  | { readonly kind: "unknown-action"; readonly suggestion?: string }

/** By `service:Action` in any case; undefined for a pattern and for services without details. */
export function findAction(name: string): ActionFacts | undefined {
  const [service, action] = split(name)
  return detailsOf(service)?.actions.get(action)
}

/** What a policy's `Action` entry is. Takes names and patterns, in any case. */
export function actionStatus(name: string): ActionStatus {
  if (name === "*" || name === "*:*") return { kind: "known", actions: matching("*") }
  const [service, action] = split(name)
  if (!name.includes(":") || !SERVICE_PREFIXES.has(service)) return { kind: "unknown-service", ...guessService(name) }
  const details = detailsOf(service)
  if (details === undefined) return { kind: "other-service", service }
  const use = USE_INSTEAD.get(`${service}:${action}`)
  if (use !== undefined) return { kind: "operation-not-action", use }
  const exact = details.actions.get(action)
  const actions = exact === undefined && /[*?]/.test(action) ? matching(name) : exact === undefined ? [] : [exact]
  if (actions.length > 0) return { kind: "known", actions }
  const meant = nearest(
    action,
    [...details.actions.values()].map((facts) => facts.action),
  )
  return { kind: "unknown-action", ...(meant === undefined ? {} : { suggestion: `${service}:${meant}` }) }
}

/** Names of all actions that a pattern covers, among the services that the catalogue details. */
export function matchingActions(pattern: string): string[] {
  return matching(pattern === "*:*" ? "*" : pattern).map((facts) => facts.name)
}

/**
 * Whether an action works at all on a resource of another account. Only KMS has actions that never do; `kms:ReEncrypt`
 * counts by its two actions. An action of another service is told true: its policies decide.
 */
export function isCrossAccountOperation(action: string): boolean {
  const [service, name] = split(action)
  return service !== "kms" || CROSS_ACCOUNT.has(name)
}

/** What a grant can allow, as KMS spells it: `ReEncryptFrom`. */
export const GRANT_OPERATIONS: ReadonlySet<string> = new Set(words(GRANTABLE))

/** Operations that take `DryRun`. They are no actions: `ReEncrypt` is one of them. */
export const DRY_RUN_OPERATIONS: ReadonlySet<string> = new Set(words(WITH_DRY_RUN))

const CROSS_ACCOUNT: ReadonlySet<string> = new Set(words(CROSS_ACCOUNT_ACTIONS.toLowerCase()))

/** By lower-cased operation. */
const USE_INSTEAD: ReadonlyMap<string, string> = new Map(
  OPERATIONS.trim()
    .split("\n")
    .map((line) => [line.slice(0, line.indexOf(" ")).toLowerCase(), line.slice(line.indexOf(" ") + 1)]),
)

function matching(pattern: string): ActionFacts[] {
  const [service, wanted] = pattern === "*" ? ["*", "*"] : split(pattern)
  const services = service === "*" ? DETAILED_SERVICES : [service]
  return services.flatMap((one) =>
    [...(detailsOf(one)?.actions ?? [])].filter(([name]) => covers(wanted, name)).map(([, facts]) => facts),
  )
}

/** Of the services that have such an action the nearest name; else the nearest name of all services; else the one that has it. */
function guessService(name: string): { suggestion?: string } {
  const [service, action] = split(name)
  const owners = DETAILED_SERVICES.filter((one) => detailsOf(one)?.actions.has(action) === true)
  const only = owners.length === 1 ? owners[0] : undefined
  const meant = service === "" ? only : (nearest(service, owners) ?? nearest(service, [...SERVICE_PREFIXES]) ?? only)
  if (meant === undefined) return {}
  const typed = name.slice(name.indexOf(":") + 1)
  return { suggestion: detailsOf(meant)?.actions.get(action)?.name ?? `${meant}:${typed}` }
}

/** Lower-cased service and action; the whole text is the action when it has no colon. */
function split(name: string): [string, string] {
  const lower = name.toLowerCase()
  const colon = lower.indexOf(":")
  return colon < 0 ? ["", lower] : [lower.slice(0, colon), lower.slice(colon + 1)]
}

/** Whether `*` and `?` of a lower-cased pattern cover a lower-cased name. Linear in practice: it goes back to the last star only. */
export function covers(pattern: string, name: string): boolean {
  let at = 0
  let star = -1
  let resume = 0
  let from = 0
  while (from < name.length) {
    const wanted = pattern[at]
    if (wanted === "*") {
      star = at++
      resume = from
    } else if (wanted === "?" || wanted === name[from]) {
      at++
      from++
    } else if (star >= 0) {
      at = star + 1
      from = ++resume
    } else return false
  }
  while (pattern[at] === "*") at++
  return at === pattern.length
}
