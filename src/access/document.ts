import { nearest } from "../kernel/nearest.ts"
import { checkActions, checkElements, checkKeys } from "./check-statement.ts"
import { findDuplicates, fromText, isReadable } from "./policy-text.ts"
import { readConditions, readPrincipals } from "./read-elements.ts"
import type { IssueCode, PolicyDocument, PolicyIssue, PolicyKind, Statement } from "./statement.ts"

export interface ParsedPolicy {
  readonly document: PolicyDocument
  readonly issues: readonly PolicyIssue[]
}

type Path = ReadonlyArray<string | number>
export type Report = (
  code: IssueCode,
  severity: PolicyIssue["severity"],
  path: Path,
  message: string,
  suggestion?: string,
) => void

const DOCUMENT_ELEMENTS = ["Version", "Id", "Statement"] as const
const STATEMENT_ELEMENTS = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
] as const

/** More mistakes than anybody reads; a guess at what was meant may take 2 ms each. */
const MOST_ISSUES = 60
const MOST_UNKNOWN = 20

/**
 * Reads a policy and tells everything that is wrong with its text; never throws. What cannot be read is left out of the
 * document, so judge `issues` first: an issue that says `refuse` means that nothing may be evaluated.
 */
export function parsePolicy(source: string | object, kind: PolicyKind): ParsedPolicy {
  const issues: PolicyIssue[] = []
  const report: Report = (code, severity, path, message, suggestion) => {
    const statement = path[0] === "Statement" && typeof path[1] === "number" ? { statement: path[1] } : {}
    issues.push({ code, severity, message, path, ...statement, ...(suggestion === undefined ? {} : { suggestion }) })
  }
  const isFull = (): boolean => {
    if (issues.length < MOST_ISSUES) return false
    if (issues.length === MOST_ISSUES) report("bad-shape", "refuse", [], `more than ${MOST_ISSUES} mistakes`)
    return true
  }
  const empty: PolicyDocument = { kind, version: "2008-10-17", statements: [] }
  const root = typeof source === "string" ? fromText(source, report) : source
  if (issues.length > 0 || !isReadable(root, report)) return { document: empty, issues }
  if (typeof source === "string") findDuplicates(source, report)
  if (isObject(root)) return { document: readDocument(root, kind, report, isFull), issues }
  report("bad-shape", "refuse", [], "a policy is a JSON object with Version and Statement")
  return { document: empty, issues }
}

function readDocument(
  root: Readonly<Record<string, unknown>>,
  kind: PolicyKind,
  report: Report,
  isFull: () => boolean,
): PolicyDocument {
  unknownElements(root, DOCUMENT_ELEMENTS, [], report)
  const version = readVersion(own(root, "Version"), report)
  const given = own(root, "Statement")
  if (given === undefined) report("no-statement", "refuse", ["Statement"], "the policy has no Statement")
  const list: readonly unknown[] = Array.isArray(given) ? given : given === undefined ? [] : [given]
  if (Array.isArray(given) && given.length === 0) report("no-statement", "warn", ["Statement"], "the policy is empty")
  const statements = list.flatMap((each, index) =>
    isFull() ? [] : (readStatement(each, index, kind, report, isFull) ?? []),
  )
  const id = own(root, "Id")
  return { kind, version, statements, ...(typeof id === "string" ? { id } : {}) }
}

function readVersion(value: unknown, report: Report): PolicyDocument["version"] {
  if (value === "2012-10-17" || value === "2008-10-17") return value
  if (value === undefined)
    report(
      "missing-version",
      "warn",
      ["Version"],
      "no Version: AWS reads it as 2008-10-17, where policy variables are plain text",
    )
  else report("bad-version", "refuse", ["Version"], `unknown Version ${quoted(value)}`, "2012-10-17")
  return "2008-10-17"
}

function readStatement(
  value: unknown,
  index: number,
  kind: PolicyKind,
  report: Report,
  isFull: () => boolean,
): Statement | undefined {
  const at: Path = ["Statement", index]
  if (!isObject(value)) {
    report("bad-shape", "refuse", at, "a statement is a JSON object")
    return undefined
  }
  unknownElements(value, STATEMENT_ELEMENTS, at, report)
  const effect = own(value, "Effect")
  if (effect !== "Allow" && effect !== "Deny") {
    const message = `Effect must be Allow or Deny, received ${quoted(effect)}`
    report("bad-effect", "refuse", [...at, "Effect"], message)
    return undefined
  }
  const sid = own(value, "Sid")
  if (sid !== undefined && typeof sid !== "string")
    report("bad-shape", "refuse", [...at, "Sid"], "Sid must be a string")
  const texts = (name: string): readonly string[] | undefined => readTexts(own(value, name), [...at, name], report)
  const principals = (name: string) => readPrincipals(own(value, name), kind, [...at, name], report)
  const statement: Statement = {
    index,
    effect,
    ...(typeof sid === "string" ? { sid } : {}),
    ...present("principals", principals("Principal")),
    ...present("notPrincipals", principals("NotPrincipal")),
    ...present("actions", texts("Action")),
    ...present("notActions", texts("NotAction")),
    ...present("resources", texts("Resource")),
    ...present("notResources", texts("NotResource")),
    conditions: readConditions(own(value, "Condition"), [...at, "Condition"], report),
  }
  checkElements(statement, kind, at, report)
  checkActions(statement, at, report, isFull)
  checkKeys(statement, at, report, isFull)
  return statement
}

function unknownElements(value: object, known: readonly string[], at: Path, report: Report): void {
  for (const name of Object.keys(value)
    .filter((each) => !known.includes(each))
    .slice(0, MOST_UNKNOWN)) {
    const shown = name.slice(0, 64)
    report(
      "unknown-element",
      "refuse",
      [...at, name],
      `unknown element ${JSON.stringify(shown)}`,
      nearest(shown, known),
    )
  }
}

function readTexts(value: unknown, path: Path, report: Report): readonly string[] | undefined {
  if (value === undefined) return undefined
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (list.every((each): each is string => typeof each === "string")) return list
  report("bad-shape", "refuse", path, "expected a string or a list of strings")
  return undefined
}

/** What the document itself says, never what its prototype does. */
const own = (value: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(value, name) ? value[name] : undefined

const quoted = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 256)

const present = <K extends string, T>(name: K, value: T | undefined): { [P in K]?: T } =>
  (value === undefined ? {} : { [name]: value }) as { [P in K]?: T }

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
