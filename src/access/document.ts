import { actionStatus, conditionKeyStatus } from "./catalog/index.ts"
import { nearest } from "../kernel/nearest.ts"
import { readConditions } from "./read-conditions.ts"
import { duplicateKeys } from "./json-keys.ts"
import { readPrincipals } from "./read-principals.ts"
import {
  HAS_PRINCIPAL,
  type IssueCode,
  type PolicyDocument,
  type PolicyIssue,
  type PolicyKind,
  type Statement,
} from "./statement.ts"
import { unrenderedIn } from "./variables.ts"

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
  const root = typeof source === "string" ? fromText(source, report) : source
  return { document: readDocument(root, kind, report), issues }
}

function fromText(text: string, report: Report): unknown {
  try {
    const value: unknown = JSON.parse(text)
    for (const { path, key } of duplicateKeys(text))
      report("duplicate-key", "refuse", [...path, key], `the name ${JSON.stringify(key)} stands twice`)
    return value
  } catch (error) {
    report("not-json", "refuse", [], `not JSON: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

function readDocument(root: unknown, kind: PolicyKind, report: Report): PolicyDocument {
  const empty: PolicyDocument = { kind, version: "2008-10-17", statements: [] }
  if (root === undefined) return empty
  if (!isObject(root)) {
    report("bad-shape", "refuse", [], "a policy is a JSON object with Version and Statement")
    return empty
  }
  findUnrendered(root, [], report)
  unknownElements(root, DOCUMENT_ELEMENTS, [], report)
  const version = readVersion(root["Version"], report)
  const given = root["Statement"]
  if (given === undefined) report("no-statement", "refuse", ["Statement"], "the policy has no Statement")
  const list: readonly unknown[] = Array.isArray(given) ? given : given === undefined ? [] : [given]
  if (Array.isArray(given) && given.length === 0) report("no-statement", "warn", ["Statement"], "the policy is empty")
  const statements = list.flatMap((each, index) => readStatement(each, index, kind, report) ?? [])
  return { kind, version, statements, ...(typeof root["Id"] === "string" ? { id: root["Id"] } : {}) }
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
  else report("bad-version", "refuse", ["Version"], `unknown Version ${JSON.stringify(value)}`, "2012-10-17")
  return "2008-10-17"
}

function readStatement(value: unknown, index: number, kind: PolicyKind, report: Report): Statement | undefined {
  const at: Path = ["Statement", index]
  if (!isObject(value)) {
    report("bad-shape", "refuse", at, "a statement is a JSON object")
    return undefined
  }
  unknownElements(value, STATEMENT_ELEMENTS, at, report)
  const effect = value["Effect"]
  if (effect !== "Allow" && effect !== "Deny") {
    report(
      "bad-effect",
      "refuse",
      [...at, "Effect"],
      `Effect must be Allow or Deny, received ${JSON.stringify(effect)}`,
    )
    return undefined
  }
  const sid = value["Sid"]
  if (sid !== undefined && typeof sid !== "string")
    report("bad-shape", "refuse", [...at, "Sid"], "Sid must be a string")
  const texts = (name: string): readonly string[] | undefined => readTexts(value[name], [...at, name], report)
  const statement: Statement = {
    index,
    effect,
    ...(typeof sid === "string" ? { sid } : {}),
    ...present("principals", readPrincipals(value["Principal"], [...at, "Principal"], report)),
    ...present("notPrincipals", readPrincipals(value["NotPrincipal"], [...at, "NotPrincipal"], report)),
    ...present("actions", texts("Action")),
    ...present("notActions", texts("NotAction")),
    ...present("resources", texts("Resource")),
    ...present("notResources", texts("NotResource")),
    conditions: readConditions(value["Condition"], [...at, "Condition"], report),
  }
  checkElements(statement, kind, at, report)
  checkActions(statement, at, report)
  checkKeys(statement, at, report)
  return statement
}

/** What each kind of policy must and must not have; what AWS answers with MalformedPolicyDocument. */
function checkElements(statement: Statement, kind: PolicyKind, at: Path, report: Report): void {
  const { principals, notPrincipals, actions, notActions, resources, notResources } = statement
  const hasPrincipal = principals !== undefined || notPrincipals !== undefined
  if (principals !== undefined && notPrincipals !== undefined)
    report("bad-shape", "refuse", [...at, "NotPrincipal"], "Principal and NotPrincipal in one statement")
  if (HAS_PRINCIPAL.has(kind) && !hasPrincipal)
    report("missing-principal", "refuse", [...at, "Principal"], `a statement of a ${NAMES[kind]} needs a Principal`)
  if (!HAS_PRINCIPAL.has(kind) && hasPrincipal)
    report("forbidden-principal", "refuse", [...at, "Principal"], `a ${NAMES[kind]} has no Principal`)
  if (actions !== undefined && notActions !== undefined)
    report("bad-shape", "refuse", [...at, "NotAction"], "Action and NotAction in one statement")
  if ((actions ?? notActions) === undefined || (actions ?? notActions)?.length === 0)
    report("missing-action", "refuse", [...at, "Action"], "the statement has no Action")
  if (resources !== undefined && notResources !== undefined)
    report("bad-shape", "refuse", [...at, "NotResource"], "Resource and NotResource in one statement")
  const hasResource = resources !== undefined || notResources !== undefined
  if (kind === "trust" && hasResource)
    report(
      "forbidden-resource",
      "refuse",
      [...at, "Resource"],
      "a trust policy has no Resource: it belongs to its role",
    )
  if (kind === "key" && !hasResource)
    report(
      "missing-resource",
      "warn",
      [...at, "Resource"],
      "a key-policy statement without Resource has no effect",
      `"Resource": "*"`,
    )
  else if (kind !== "key" && kind !== "trust" && !hasResource)
    report("missing-resource", "refuse", [...at, "Resource"], `a statement of a ${NAMES[kind]} needs a Resource`)
}

const NAMES: Readonly<Record<PolicyKind, string>> = {
  key: "key policy",
  identity: "identity-based policy",
  trust: "role trust policy",
  bucket: "bucket policy",
  scp: "service control policy",
  rcp: "resource control policy",
  boundary: "permissions boundary",
  session: "session policy",
  endpoint: "VPC endpoint policy",
}

function checkActions(statement: Statement, at: Path, report: Report): void {
  const name = statement.actions === undefined ? "NotAction" : "Action"
  for (const action of statement.actions ?? statement.notActions ?? []) {
    if (action === "*") continue
    if (!/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(action) && !/^[A-Za-z0-9*?-]+:[*]+$/.test(action)) {
      report("bad-action", "statement", [...at, name], `${JSON.stringify(action)} is no action: expected service:Name`)
      continue
    }
    const status = actionStatus(action)
    if (status.kind === "operation-not-action")
      report(
        "unknown-action",
        "statement",
        [...at, name],
        `${action} is an API operation, not an IAM action`,
        status.use,
      )
    if ((status.kind === "unknown-action" || status.kind === "unknown-service") && !/[*?]/.test(action))
      report("unknown-action", "statement", [...at, name], `unknown action ${action}`, status.suggestion)
  }
}

function checkKeys(statement: Statement, at: Path, report: Report): void {
  for (const { operator, key } of statement.conditions) {
    const status = conditionKeyStatus(key)
    if (status.kind === "unknown")
      report(
        "unknown-key",
        "statement",
        [...at, "Condition", operator, key],
        `unknown condition key ${key}`,
        status.suggestion,
      )
  }
}

function unknownElements(value: object, known: readonly string[], at: Path, report: Report): void {
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue
    report("unknown-element", "refuse", [...at, name], `unknown element ${JSON.stringify(name)}`, nearest(name, known))
  }
}

/** Walks every text of the document, names of keys too. */
function findUnrendered(value: unknown, path: Path, report: Report): void {
  if (typeof value === "string") {
    const found = unrenderedIn(value)
    if (found !== undefined)
      report("unrendered", "refuse", path, `${found} was never rendered: it is no variable of IAM`)
  } else if (Array.isArray(value)) {
    for (const [at, each] of value.entries()) findUnrendered(each, [...path, at], report)
  } else if (isObject(value)) {
    for (const [name, each] of Object.entries(value)) {
      const found = unrenderedIn(name)
      if (found !== undefined) report("unrendered", "refuse", [...path, name], `${found} was never rendered`)
      findUnrendered(each, [...path, name], report)
    }
  }
}

function readTexts(value: unknown, path: Path, report: Report): readonly string[] | undefined {
  if (value === undefined) return undefined
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (list.every((each): each is string => typeof each === "string")) return list
  report("bad-shape", "refuse", path, "expected a string or a list of strings")
  return undefined
}

const present = <K extends string, T>(name: K, value: T | undefined): { [P in K]?: T } =>
  (value === undefined ? {} : { [name]: value }) as { [P in K]?: T }

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
