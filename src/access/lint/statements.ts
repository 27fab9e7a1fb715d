import { tryParseArn } from "../arn.ts"
import { matchingActions } from "../catalog/index.ts"
import { readOperator } from "../operators.ts"
import type { ConditionTest, PrincipalEntry, Statement } from "../statement.ts"
import { hasVariable } from "../variables.ts"
import { derived, remembered } from "./memo.ts"
import type { Judged, Path, PolicyContext } from "./rule.ts"

/** What rules ask of statements. */

export const judged = derived(({ document, compiled }: PolicyContext): readonly Judged[] =>
  document.statements.flatMap((source) => {
    // The engine may hold a statement twice, as it may apply and as it may not.
    const one = compiled.statements.find((each) => each.source === source)
    return one === undefined ? [] : [{ source, compiled: one }]
  }),
)

/** Statements that allow. In a key policy one without Resource has no effect: DRK101 tells. */
export const allows = derived((context: PolicyContext): readonly Judged[] =>
  judged(context).filter(
    ({ source }) =>
      source.effect === "Allow" &&
      (context.kind !== "key" || source.resources !== undefined || source.notResources !== undefined),
  ),
)

export const denies = (context: PolicyContext): readonly Judged[] =>
  judged(context).filter(({ source }) => source.effect === "Deny")

export const at = ({ index }: Statement, ...rest: ReadonlyArray<string | number>): Path => ["Statement", index, ...rest]

export const actionElement = ({ actions }: Statement): string => (actions === undefined ? "NotAction" : "Action")

export const covered = ({ compiled }: Judged, actions: readonly string[]): readonly string[] =>
  actions.filter((action) => compiled.covers(action.toLowerCase()) === true)

/** `123456789012` of an account id or an ARN; undefined for `*`, a service, a unique id. */
export const accountOf = remembered((principal: string): string | undefined => {
  if (/^\d{12}$/.test(principal)) return principal
  const account = tryParseArn(principal)?.account
  return account !== undefined && /^\d{12}$/.test(account) ? account : undefined
})

export const operatorOf = remembered(readOperator)

/** Names the account, not somebody in it. */
export const isAccount = (principal: string): boolean =>
  /^\d{12}$|:root$/.test(principal) && accountOf(principal) !== undefined

export const awsPrincipals = ({ principals }: Statement): readonly string[] =>
  (principals ?? []).filter(({ type }) => type === "AWS").map(({ value }) => value)

/** Roles, users and sessions by name. */
export const namedPrincipals = (statement: Statement): readonly string[] =>
  awsPrincipals(statement).filter((value) => accountOf(value) !== undefined && !isAccount(value))

export const isEverybody = ({ type, value }: PrincipalEntry): boolean =>
  value === "*" && (type === "AWS" || type === "Federated")

/** An Allow with NotPrincipal means everybody else. */
export const meansEverybody = ({ principals, notPrincipals }: Statement): boolean =>
  principals?.some(isEverybody) ?? notPrincipals !== undefined

export const hasWildcard = (text: string): boolean => /[*?]/.test(text.replaceAll(/\$\{[^}]*\}/g, ""))

/** Whether a test holds only when the key is there with one of its values. */
export function mustBe(test: ConditionTest, statement: Statement): boolean {
  const operator = operatorOf(test.operator)
  if (operator === undefined || operator.negated || operator.comparison === "null") return false
  const lenient = operator.ifExists || operator.quantifier === "ForAllValues"
  return !lenient || mustExist(test.key, statement)
}

/** `Null: { key: "false" }` in the same statement. */
export const mustExist = (key: string, { conditions }: Statement): boolean =>
  conditions.some(
    (test) =>
      test.operator.toLowerCase() === "null" &&
      test.key.toLowerCase() === key.toLowerCase() &&
      test.values.length > 0 &&
      test.values.every((value) => value.toLowerCase() === "false"),
  )

/** Tests that hold only with such a key and one of their values. `keys` in lower case; one ending in `:` or `/` is a prefix. */
export const required = (statement: Statement, keys: readonly string[]): readonly ConditionTest[] =>
  statement.conditions.filter((test) => isOneOf(test.key, keys) && mustBe(test, statement))

export function isOneOf(key: string, keys: readonly string[]): boolean {
  const lower = key.toLowerCase()
  return keys.some((wanted) => (/[:/]$/.test(wanted) ? lower.startsWith(wanted) : lower === wanted))
}

/** No wildcard, no variable: what is written is what is meant. */
export const isPlain = (value: string): boolean => !hasWildcard(value) && !hasVariable(value)

/** `a, b and c`; long lists are cut. */
export function listed(names: readonly string[], most = 5): string {
  const shown = names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : names
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`
}

/** `observability-loki-role` of its ARN; anything else as it is. */
export function shortName(principal: string): string {
  const resource = tryParseArn(principal)?.resource ?? ""
  return /^(role|user)\//.test(resource) ? resource.slice(resource.lastIndexOf("/") + 1) : principal
}

/** Actions under a pattern, as the catalogue knows them. */
export const actionsUnder = remembered((pattern: string): readonly string[] => matchingActions(pattern), 1024)
