import { nearest } from "../kernel/nearest.ts"
import type { Report } from "./document.ts"
import { OPERATOR_NAMES, readOperator, type Operator } from "./operators.ts"
import type { ConditionTest } from "./statement.ts"
import { hasVariable } from "./variables.ts"
import { readIpRange, readMoment, readNumeral } from "./condition-values.ts"

type Path = ReadonlyArray<string | number>

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
