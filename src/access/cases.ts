import { DrError, messageOf } from "../kernel/errors.ts"
import { compilePolicy, type CompiledPolicy } from "./compile.ts"
import type { Verdict } from "./decision.ts"
import { evaluate } from "./evaluate.ts"
import type { Facts } from "./context.ts"
import { PolicyError } from "./policy-error.ts"
import type { AccessRequest, Level, PolicyStack } from "./request.ts"
import type { PolicyKind } from "./statement.ts"

/** The words of a case table for a verdict; ERROR = refused before evaluation. */
export type CaseVerdict = "Allowed" | "ImplicitlyDenied" | "ExplicitlyDenied" | "Depends" | "ERROR"

export interface CaseResult {
  readonly id: string
  readonly verdict: CaseVerdict
  /** Why it was refused; only with ERROR. */
  readonly error?: string
}

const WORDS: Readonly<Record<Verdict, CaseVerdict>> = {
  allowed: "Allowed",
  "implicit-deny": "ImplicitlyDenied",
  "explicit-deny": "ExplicitlyDenied",
  depends: "Depends",
}

/**
 * Evaluates a table of cases: `{ id, request: { principal, action, resource, resourceAccount, context }, identityPolicies,
 * permissionsBoundaries, sessionPolicy, resourcePolicy, scps, rcps }`. The world is closed: a key that is neither given
 * nor derived is absent. A case that cannot be read is an ERROR of its own and stops no other.
 * @throws PolicyError when the table is no list of objects with an id
 */
export function runCases(table: unknown): CaseResult[] {
  if (!Array.isArray(table)) throw new PolicyError("a case table is a JSON array")
  return table.map((each: unknown, index) => {
    const id = idOf(each, index)
    try {
      const { request, stack } = readCase(each as Readonly<Record<string, unknown>>)
      return { id, verdict: WORDS[evaluate(request, stack).verdict] }
    } catch (error) {
      return { id, verdict: "ERROR", error: reasonOf(error) }
    }
  })
}

/** The rows stand for themselves: what nobody foresaw in one of them is told there, as what it is, and stops no other. */
function reasonOf(error: unknown): string {
  return error instanceof DrError ? error.message : `a fault of dr itself: ${messageOf(error)}`
}

/**
 * The table in a text. @throws PolicyError when it is no JSON array, or an entry is no object with an id
 */
export function readCases(json: string, name: string): readonly object[] {
  let table: unknown
  try {
    table = JSON.parse(json)
  } catch (error) {
    throw new PolicyError(`${name} is no JSON: ${messageOf(error)}`, ["a case table is a JSON array"])
  }
  if (!Array.isArray(table)) throw new PolicyError(`${name} is no JSON array`)
  for (const [index, each] of table.entries()) idOf(each, index)
  return table as readonly object[]
}

function idOf(value: unknown, index: number): string {
  if (!isRecord(value)) throw new PolicyError(`entry ${index} of the case table is no object`)
  const id = value["id"]
  if (typeof id === "string" && id !== "") return id
  throw new PolicyError(`entry ${index} of the case table has no id`)
}

const CASE_FIELDS: ReadonlySet<string> = new Set([
  "id",
  "title",
  "expected",
  "status",
  "request",
  "identityPolicies",
  "permissionsBoundaries",
  "sessionPolicy",
  "resourcePolicy",
  "scps",
  "rcps",
])
const REQUEST_FIELDS: ReadonlySet<string> = new Set(["principal", "action", "resource", "resourceAccount", "context"])

/** @throws PolicyError naming the field that cannot be read */
export function readCase(value: Readonly<Record<string, unknown>>): { request: AccessRequest; stack: PolicyStack } {
  const request = value["request"]
  if (!isRecord(request)) throw new PolicyError("request: expected an object")
  knowsAllThatDecides(value, CASE_FIELDS, "")
  knowsAllThatDecides(request, REQUEST_FIELDS, "request.")
  const action = text(request, "action")
  const resourcePolicy = value["resourcePolicy"]
  const boundaries = value["permissionsBoundaries"]
  const session = value["sessionPolicy"]
  const resource = text(request, "resource")
  return {
    request: {
      principal: text(request, "principal"),
      action,
      resource,
      resourceAccount: text(request, "resourceAccount"),
      facts: facts(request["context"]),
    },
    stack: {
      identity: named(value["identityPolicies"], "identityPolicies", "identity"),
      scps: levels(value["scps"], "scps", "scp"),
      rcps: levels(value["rcps"], "rcps", "rcp"),
      ...(isMissing(boundaries) || (Array.isArray(boundaries) && boundaries.length === 0)
        ? {}
        : { boundary: named(boundaries, "permissionsBoundaries", "boundary") }),
      ...(isMissing(session) ? {} : { session: [document(session, "sessionPolicy", "session")] }),
      ...(isMissing(resourcePolicy)
        ? {}
        : { resource: document(resourcePolicy, "resourcePolicy", resourceKind(action, resource)) }),
    },
  }
}

/** Names of things that AWS would ask. */
const DECIDES = /polic|grant|boundar|scp|rcp|endpoint/i

/** A remark decides nothing; a policy or grant that nobody reads could have turned the verdict. */
function knowsAllThatDecides(record: Readonly<Record<string, unknown>>, known: ReadonlySet<string>, at: string): void {
  for (const name of Object.keys(record)) {
    const value = record[name]
    if (known.has(name) || typeof value !== "object" || value === null || !DECIDES.test(name)) continue
    throw new PolicyError(`${at}${name}: unknown field, which might decide`)
  }
}

/** A policy on a role is a trust policy, one on a key a key policy, and everything else is read as a bucket policy. */
function resourceKind(action: string, resource: string): PolicyKind {
  if (/^sts:/i.test(action)) return "trust"
  return /^kms:/i.test(action) || resource.includes(":kms:") ? "key" : "bucket"
}

const isMissing = (value: unknown): value is null | undefined => value === null || value === undefined

function text(record: Readonly<Record<string, unknown>>, field: string): string {
  const value = record[field]
  if (typeof value === "string" && value !== "") return value
  throw new PolicyError(`request.${field}: expected a string`)
}

function facts(value: unknown): Facts {
  if (isMissing(value)) return {}
  // Single values are judged where they are read; a list or a text is no context at all.
  if (isRecord(value)) return value as Facts
  throw new PolicyError("request.context: expected an object")
}

function named(value: unknown, field: string, kind: PolicyKind): CompiledPolicy[] {
  if (isMissing(value)) return []
  if (!Array.isArray(value)) throw new PolicyError(`${field}: expected a list of {name, policy}`)
  return value.map((each: unknown, index) => {
    if (!isRecord(each)) throw new PolicyError(`${field}.${index}: expected {name, policy}`)
    const name = typeof each["name"] === "string" ? each["name"] : `${field}.${index}`
    return document(each["policy"], name, kind)
  })
}

function levels(value: unknown, field: string, kind: PolicyKind): Level[] {
  if (isMissing(value)) return []
  if (!Array.isArray(value)) throw new PolicyError(`${field}: expected a list of levels`)
  return value.map((each: unknown, index) => {
    if (!isRecord(each)) throw new PolicyError(`${field}.${index}: expected {orgIdentifier, policies}`)
    const target = typeof each["orgIdentifier"] === "string" ? each["orgIdentifier"] : `${field}.${index}`
    return { target, policies: named(each["policies"], `${field}.${index}.policies`, kind) }
  })
}

function document(value: unknown, name: string, kind: PolicyKind): CompiledPolicy {
  if (typeof value === "string" || isRecord(value)) return compilePolicy(value, kind, { name })
  throw new PolicyError(`${name}: expected a policy document`)
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
