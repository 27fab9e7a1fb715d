import { actionStatus, conditionKeyStatus, supportsKey, type KeyFacts } from "../catalog/index.ts"
import type { Comparison, Operator } from "../operators.ts"
import type { ConditionTest, PolicyIssue, Statement } from "../statement.ts"
import { EVERY_KIND, fromIssues, meant } from "./issues.ts"
import { derived, remembered } from "./memo.ts"
import { policyRule, type Path, type PolicyContext, type Result, type Rule } from "./rule.ts"
import { actionsUnder, at, hasWildcard, mustExist, operatorOf } from "./statements.ts"

interface Tested {
  readonly statement: Statement
  readonly test: ConditionTest
  /** Undefined = no operator of IAM. */
  readonly operator: Operator | undefined
  readonly path: Path
}

const tested = derived(({ document }: PolicyContext): readonly Tested[] =>
  document.statements.flatMap((statement) =>
    statement.conditions.map((test) => ({
      statement,
      test,
      operator: operatorOf(test.operator),
      path: at(statement, "Condition", test.operator, test.key),
    })),
  ),
)

const statusOf = remembered(conditionKeyStatus)
const isNull = (operator: string): boolean => /^(?:For(?:All|Any)Values:)?null(?:ifexists)?$/i.test(operator)
const writtenOperator = ({ path }: PolicyIssue): string => String(path[3] ?? "")

function* keys(context: PolicyContext): Iterable<Result> {
  yield* fromIssues(
    context,
    ({ code }) => code === "unknown-key",
    (issue) => meant(issue, "use a condition key of the service authorization reference"),
  )
  for (const { statement, test, path } of tested(context)) {
    if (statusOf(test.key).kind !== "known" || !isUnsupported(statement, test.key)) continue
    yield {
      message: `no action of the statement knows the condition key ${test.key}: ${statement.effect === "Allow" ? "it allows nothing" : "it never has a value"}`,
      fix: "put the condition into a statement with the actions that it is for",
      path,
    }
  }
}

/** Whether it is sure that no request of the statement can carry the key. */
const isUnsupported = ({ actions }: Statement, key: string): boolean =>
  actions !== undefined &&
  actions.length > 0 &&
  actions.every((action) => unsupported(`${action} ${key}`.toLowerCase()))

const unsupported = remembered((pair) => {
  const blank = pair.indexOf(" ")
  return cannotCarry(pair.slice(0, blank), pair.slice(blank + 1))
})

function cannotCarry(pattern: string, key: string): boolean {
  if (pattern === "*" || actionStatus(pattern).kind !== "known") return false
  const names = actionsUnder(pattern)
  return names.length > 0 && names.every((name) => !supportsKey(name, key))
}

/** What the values of a key may be compared with besides their own type. Source: IAM user guide, condition operators. */
const COMPARISONS: Readonly<Record<KeyFacts["type"], readonly Comparison[]>> = {
  String: ["string", "string-ignore-case", "string-like"],
  Arn: ["arn", "string", "string-ignore-case", "string-like"],
  Bool: ["bool"],
  Numeric: ["numeric"],
  Date: ["date"],
  IPAddress: ["ip"],
  Binary: ["binary"],
}

const OPERATOR_FOR: Readonly<Record<KeyFacts["type"], string>> = {
  String: "StringEquals or StringLike",
  Arn: "ArnLike or ArnEquals",
  Bool: "Bool",
  Numeric: "a Numeric operator",
  Date: "a Date operator",
  IPAddress: "IpAddress or NotIpAddress",
  Binary: "BinaryEquals",
}

function* types(context: PolicyContext): Iterable<Result> {
  yield* fromIssues(
    context,
    (issue) => issue.code === "bad-value" && issue.severity === "statement" && !isNull(writtenOperator(issue)),
    () => "write a value that the operator can compare, or use the operator of the value's type",
  ).map((result) => ({ ...result, severity: "error" as const }))
  for (const { test, operator, path } of tested(context)) {
    if (operator === undefined || operator.comparison === "null") continue
    const status = statusOf(test.key)
    if (status.kind !== "known" || fits(status, operator.comparison)) continue
    yield {
      message: `${test.operator} compares ${NOUN[operator.comparison]}, and ${test.key} is of type ${status.type}`,
      fix: `use ${OPERATOR_FOR[status.type]}`,
      path,
    }
  }
}

const NOUN: Readonly<Record<Comparison, string>> = {
  string: "text",
  "string-ignore-case": "text",
  "string-like": "text",
  numeric: "numbers",
  date: "dates",
  bool: "booleans",
  binary: "bytes",
  ip: "IP addresses",
  arn: "ARNs",
  null: "nothing",
}

function fits({ name, type }: KeyFacts, comparison: Comparison): boolean {
  if (COMPARISONS[type].includes(comparison)) return true
  // A value of the caller's own making may be an ARN (CloudWatch Logs documents it so), and EpochTime is a number.
  if (comparison === "arn") return name.endsWith("*")
  return name === "aws:EpochTime" && comparison === "numeric"
}

function* wildcards(context: PolicyContext): Iterable<Result> {
  for (const { test, operator, path } of tested(context)) {
    if (operator?.comparison !== "string" && operator?.comparison !== "string-ignore-case") continue
    const value = test.values.find(hasWildcard)
    if (value === undefined) continue
    yield {
      message: `${test.operator} takes the ${value.includes("*") ? "star" : "question mark"} in ${JSON.stringify(value)} literally`,
      fix: `use ${like(test.operator)}, or a value without wildcards`,
      path,
    }
  }
}

const like = (operator: string): string => operator.replace(/(String)(Not)?Equals(?:IgnoreCase)?/i, "$1$2Like")

function* nulls(context: PolicyContext): Iterable<Result> {
  yield* fromIssues(
    context,
    (issue) =>
      (issue.code === "bad-value" && issue.severity === "statement" && isNull(writtenOperator(issue))) ||
      (issue.code === "unknown-operator" && isNull(writtenOperator(issue))),
    ({ code }) => (code === "bad-value" ? `write "true" (absent) or "false" (there)` : "write Null"),
  )
}

function* forAllValues(context: PolicyContext): Iterable<Result> {
  for (const { statement, test, operator, path } of tested(context)) {
    if (statement.effect !== "Allow" || operator?.quantifier !== "ForAllValues" || mustExist(test.key, statement))
      continue
    yield {
      message: `${test.operator} also holds when ${test.key} is not in the request at all`,
      fix: `add "Null": {${JSON.stringify(test.key)}: "false"}, or use ForAnyValue`,
      path,
    }
  }
}

function* ifExists(context: PolicyContext): Iterable<Result> {
  for (const { statement, test, operator, path } of tested(context)) {
    if (statement.effect !== "Allow" || operator?.ifExists !== true || mustExist(test.key, statement)) continue
    yield {
      message: `${test.operator} allows every request that has no ${test.key}`,
      fix: `use ${test.operator.replace(/IfExists$/i, "")}`,
      path,
    }
  }
}

export const CONDITION_RULES: readonly Rule[] = [
  policyRule(
    { id: "DRP005", severity: "error", origin: ["linters"], title: "unknown condition operator" },
    EVERY_KIND,
    (context) =>
      fromIssues(
        context,
        (issue) => issue.code === "unknown-operator" && !isNull(writtenOperator(issue)),
        (issue) => meant(issue, "use a condition operator of IAM"),
      ),
  ),
  policyRule(
    {
      id: "DRP006",
      severity: "error",
      origin: ["AA", "linters"],
      title: "condition key unknown, or of no action of the statement",
    },
    EVERY_KIND,
    keys,
  ),
  policyRule(
    { id: "DRP007", severity: "warning", origin: ["AA", "linters"], title: "operator and key are of different types" },
    EVERY_KIND,
    types,
  ),
  policyRule(
    { id: "DRP008", severity: "warning", origin: ["AA"], title: "wildcard in a value without Like" },
    EVERY_KIND,
    wildcards,
  ),
  policyRule(
    {
      id: "DRP009",
      severity: "error",
      origin: ["AA", "linters"],
      title: "Null with a value that is not boolean, or with IfExists",
    },
    EVERY_KIND,
    nulls,
  ),
  policyRule(
    { id: "DRP010", severity: "warning", origin: ["AA"], title: "ForAllValues in an Allow without Null" },
    EVERY_KIND,
    forAllValues,
  ),
  policyRule({ id: "DRP011", severity: "warning", origin: [], title: "IfExists in an Allow" }, EVERY_KIND, ifExists),
]
