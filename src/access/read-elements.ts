import { nearest } from "../kernel/nearest.ts"
import { tryParseArn } from "./arn.ts"
import type { Report } from "./document.ts"
import { OPERATOR_NAMES, readIpRange, readMoment, readNumeral, readOperator, type Operator } from "./operators.ts"
import type { ConditionTest, PolicyKind, PrincipalEntry } from "./statement.ts"
import { hasVariable } from "./variables.ts"

type Path = ReadonlyArray<string | number>

const TYPES = ["AWS", "Service", "Federated", "CanonicalUser"] as const

/** `"*"` or `{ "AWS": […], "Service": […] }`; undefined = the element is not there. */
export function readPrincipals(
  value: unknown,
  kind: PolicyKind,
  path: Path,
  report: Report,
): readonly PrincipalEntry[] | undefined {
  if (value === undefined) return undefined
  if (value === "*") return [{ type: "AWS", value: "*" }]
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    report("bad-principal", "refuse", path, `expected "*" or an object such as {"AWS": "…"}`)
    return []
  }
  const entries: PrincipalEntry[] = []
  for (const [name, given] of Object.entries(value)) {
    const type = TYPES.find((each) => each === name)
    if (type === undefined) {
      report("bad-principal", "refuse", [...path, name], `unknown kind of principal ${JSON.stringify(name)}`)
      continue
    }
    for (const each of (Array.isArray(given) ? given : [given]) as unknown[]) {
      if (typeof each !== "string") report("bad-principal", "refuse", [...path, name], "a principal is a string")
      else entries.push({ type, value: each })
    }
  }
  if (entries.length === 0) report("bad-principal", "refuse", path, "the element names nobody")
  for (const { type, value: each } of entries)
    if (!isAnyProvider(type, each, kind)) judge(type, each, [...path, type], report)
  return entries
}

/** Source: AWS's data perimeter examples, endpoint policy for STS. A trust policy must name its provider. */
const isAnyProvider = (type: PrincipalEntry["type"], text: string, kind: PolicyKind): boolean =>
  kind === "endpoint" && type === "Federated" && text === "*"

/** AWS refuses to store a principal that it cannot read; one with a wildcard inside means nobody. */
function judge(type: PrincipalEntry["type"], text: string, path: Path, report: Report): void {
  const quoted = JSON.stringify(text.slice(0, 256))
  if (type === "AWS" && text !== "*") {
    if (/[*?]/.test(text))
      report("bad-principal", "warn", path, `${quoted} means nobody: a wildcard stands for no part of a name`)
    else if (!isAwsPrincipal(text))
      report("bad-principal", "refuse", path, `${quoted} names no account, role, user or session`)
  }
  if ((type === "Service" || type === "Federated") && (text === "" || /[*?\s]/.test(text)))
    report(
      "bad-principal",
      "refuse",
      path,
      `${quoted} names no ${type === "Service" ? "service" : "identity provider"}`,
    )
}

const ARN_OF = {
  iam: /^(root$|role\/.|user\/.)/,
  sts: /^(assumed-role\/.|federated-user\/.)/,
}

function isAwsPrincipal(text: string): boolean {
  if (/^\d{12}$/.test(text) || /^A(IDA|ROA)[A-Z0-9]{12,}$/.test(text)) return true
  const arn = tryParseArn(text)
  if (arn === undefined || (arn.service !== "iam" && arn.service !== "sts")) return false
  // CloudFront's access identities are users of an account of their own.
  return (/^\d{12}$/.test(arn.account) || arn.account === "cloudfront") && ARN_OF[arn.service].test(arn.resource)
}

/** Each guess at what was meant costs time, and nobody reads more. */
const MOST_GUESSES = 20

/** `{ "StringEquals": { "aws:PrincipalOrgID": "o-…" } }` as a flat list of tests. Numbers and booleans become text. */
export function readConditions(value: unknown, path: Path, report: Report): readonly ConditionTest[] {
  if (value === undefined) return []
  if (!isRecord(value)) {
    report("bad-shape", "refuse", path, "Condition is an object of operators")
    return []
  }
  let guesses = MOST_GUESSES
  return Object.entries(value).flatMap(([operator, block]) => {
    if (!isRecord(block)) {
      report("bad-shape", "refuse", [...path, operator], "an operator holds an object of condition keys")
      return []
    }
    const known = readOperator(operator)
    if (known === undefined)
      report(
        "unknown-operator",
        "statement",
        [...path, operator],
        messageFor(operator),
        guesses-- > 0 ? meant(operator) : undefined,
      )
    return Object.entries(block).map(([key, given]) => {
      const values = readValues(given, [...path, operator, key], report)
      if (known !== undefined) checkValues(known, values, [...path, operator, key], report)
      return { operator, key, values }
    })
  })
}

const messageFor = (operator: string): string =>
  /^null(ifexists)$/i.test(operator) ? "Null takes no IfExists" : `unknown condition operator ${operator}`

function meant(operator: string): string | undefined {
  const [quantifier, rest] = operator.includes(":") ? operator.split(":", 2) : [undefined, operator]
  const ifExists = /ifexists$/i.test(rest ?? "") ? "IfExists" : ""
  const base = nearest((rest ?? "").replace(/ifexists$/i, ""), OPERATOR_NAMES)
  if (base === undefined) return undefined
  return `${quantifier === undefined ? "" : `${quantifier}:`}${base}${base === "Null" ? "" : ifExists}`
}

function readValues(given: unknown, path: Path, report: Report): readonly string[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  return list.flatMap((each) => {
    if (typeof each === "string") return [each]
    if (typeof each === "number" || typeof each === "boolean") return [String(each)]
    report("bad-value", "refuse", path, "a condition value is a string, number or boolean, or a list of them")
    return []
  })
}

/** Source: IAM user guide, where you can use policy variables. */
const TAKES_VARIABLES: ReadonlySet<Operator["comparison"]> = new Set([
  "string",
  "string-ignore-case",
  "string-like",
  "arn",
  "bool",
])

/** A value that its operator can never compare: AWS refuses it, or it would silently match nothing. */
function checkValues(operator: Operator, values: readonly string[], path: Path, report: Report): void {
  for (const value of values) {
    if (hasVariable(value) ? TAKES_VARIABLES.has(operator.comparison) : isValueOf(operator, value)) continue
    report("bad-value", "statement", path, `${JSON.stringify(value.slice(0, 256))} is no ${operator.comparison} value`)
  }
}

function isValueOf({ comparison }: Operator, value: string): boolean {
  switch (comparison) {
    case "null":
    case "bool":
      return /^(true|false)$/i.test(value)
    case "numeric":
      return readNumeral(value) !== undefined
    case "date":
      return readMoment(value) !== undefined
    case "ip":
      return readIpRange(value) !== undefined
    default:
      return true
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
