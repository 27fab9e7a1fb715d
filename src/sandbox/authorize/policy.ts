import type { Caller } from "../core/exchange.ts"
import { accountPrincipalArn, partitionOf } from "../../access/arn.ts"

/** A statement as far as this storey reads it. Absent `resources` = the element is missing. */
export interface Statement {
  readonly allow: boolean
  readonly principals: readonly string[]
  readonly actions: readonly string[]
  readonly resources: readonly string[] | undefined
  readonly conditions: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined
  /** NotPrincipal, NotAction, NotResource: not read in this storey; such an Allow grants nothing. */
  readonly inverted: boolean
}

export type Policy = readonly Statement[]

const parsed = new Map<string, Policy | undefined>()
const MOST_PARSED = 2048

/** Undefined = no policy document. Results are kept: policies are read on every call. */
export function parsePolicy(text: string): Policy | undefined {
  if (parsed.has(text)) return parsed.get(text)
  const policy = parse(text)
  if (parsed.size >= MOST_PARSED) parsed.clear()
  parsed.set(text, policy)
  return policy
}

function parse(text: string): Policy | undefined {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof document !== "object" || document === null || !("Statement" in document)) return undefined
  const statements = listOf(document.Statement).map(readStatement)
  return statements.some((each) => each === undefined) ? undefined : (statements as Statement[])
}

function readStatement(value: unknown): Statement | undefined {
  if (typeof value !== "object" || value === null) return undefined
  const each = value as Record<string, unknown>
  if (each["Effect"] !== "Allow" && each["Effect"] !== "Deny") return undefined
  return {
    allow: each["Effect"] === "Allow",
    principals: principalsOf(each["Principal"]),
    actions: texts(each["Action"]),
    resources: each["Resource"] === undefined ? undefined : texts(each["Resource"]),
    conditions: each["Condition"] as Statement["conditions"],
    inverted: "NotPrincipal" in each || "NotAction" in each || "NotResource" in each,
  }
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])
const texts = (value: unknown): string[] => listOf(value).map(String)

function principalsOf(value: unknown): string[] {
  if (typeof value === "string") return [value]
  if (typeof value !== "object" || value === null) return []
  return texts((value as Record<string, unknown>)["AWS"])
}

/** All names by which a policy may mean this caller. */
export function namesOf(caller: Caller, region: string): readonly string[] {
  const root = accountPrincipalArn(caller.account, partitionOf(region))
  const names = ["*", root, caller.account, caller.arn]
  if (caller.session !== undefined) names.push(caller.session.roleArn)
  return names
}

export const namesCaller = (statement: Statement, names: readonly string[]): boolean =>
  statement.principals.some((principal) => names.includes(principal))

export const matchesAny = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => pattern === "*" || wildcardMatch(pattern, text))

export const matchesAction = (statement: Statement, action: string): boolean =>
  statement.actions.some((pattern) => pattern === "*" || wildcardMatch(pattern.toLowerCase(), action.toLowerCase()))

/** `*` and `?`, without regular expressions: linear, whatever the pattern. */
export function wildcardMatch(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let mark = 0
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === "*") {
      star = p++
      mark = t
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p++
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++mark
    } else {
      return false
    }
  }
  while (pattern[p] === "*") p++
  return p === pattern.length
}

/** Would the policy let this caller do `action`? For the lock-out check of PutKeyPolicy. */
export function wouldAllow(policy: Policy, caller: Caller, action: string): boolean {
  const names = namesOf(caller, "")
  const concerns = (each: Statement): boolean =>
    !each.inverted && namesCaller(each, names) && matchesAction(each, action)
  return (
    policy.some((each) => each.allow && concerns(each)) &&
    !policy.some((each) => !each.allow && each.conditions === undefined && concerns(each))
  )
}
