import { formatArn, partitionOf, tryParseArn } from "../arn.ts"
import type { Decision } from "../decision.ts"
import type { Statement } from "../statement.ts"
import { ask, MAY_ALL, may, REFUSED } from "./ask.ts"
import { closingTests, looseTest } from "./closing.ts"
import { fromIssues } from "./issues.ts"
import { policyRule, type PolicyContext, type Result, type Rule } from "./rule.ts"
import {
  accountOf,
  allows,
  at,
  awsPrincipals,
  hasWildcard,
  isAccount,
  isEverybody,
  isPlain,
  listed,
  required,
} from "./statements.ts"

/** Rules on who may become a role. */

const BOUND = ["sts:externalid", "aws:principalorgid", "aws:principalorgpaths"]

function* outsiders(context: PolicyContext): Iterable<Result> {
  const { account } = context
  for (const { source } of allows(context)) {
    const others = awsPrincipals(source).filter(
      (value) => accountOf(value) !== undefined && accountOf(value) !== account,
    )
    if (others.length === 0) continue
    if (account === undefined) return yield { notRun: "the account of the role is not given (--account)" }
    if (required(source, BOUND).some(({ values }) => values.every(isPlainOrPath))) continue
    yield {
      message: `${listed(others)} of another account may assume the role without an external id and without belonging to the organisation`,
      fix: `add "StringEquals": {"aws:PrincipalOrgID": "${context.facts.organizationId ?? "o-…"}"} for your own accounts, {"sts:ExternalId": "…"} for a third party`,
      path: at(source, "Principal", "AWS"),
    }
  }
}

const isPlainOrPath = (value: string): boolean => isPlain(value) || /^o-[a-z0-9]+\//.test(value)

function* everybody(context: PolicyContext): Iterable<Result> {
  for (const { source } of allows(context)) {
    if (source.principals?.some(isEverybody) !== true) continue
    const closed = closingTests(source).length > 0
    const why = looseTest(source)
    yield {
      message: closed
        ? `"*" may assume the role, and only the condition keeps strangers out`
        : `everybody in AWS may assume the role${why === undefined ? "" : `: ${why}`}`,
      fix: "name the principals",
      path: at(source, "Principal"),
      ...(closed ? { severity: "warning" as const } : {}),
    }
  }
}

function* elements(context: PolicyContext): Iterable<Result> {
  yield* fromIssues(
    context,
    ({ code }) => code === "forbidden-resource",
    () => "leave Resource out",
  )
  for (const statement of context.document.statements) {
    if (statement.notPrincipals === undefined) continue
    yield {
      message: `NotPrincipal in a trust policy ${statement.effect === "Allow" ? "lets everybody else in" : "also hits those that it lists"}`,
      fix: "name the principals in Principal",
      path: at(statement, "NotPrincipal"),
    }
  }
}

/** Providers that are no resource of the account; they tell callers apart by the application. */
const KNOWN_PROVIDERS = [
  "accounts.google.com",
  "graph.facebook.com",
  "www.amazon.com",
  "cognito-identity.amazonaws.com",
]

function* oidc(context: PolicyContext): Iterable<Result> {
  for (const { source } of allows(context)) {
    for (const { type, value } of source.principals ?? []) {
      const provider = type === "Federated" ? providerOf(value) : undefined
      if (provider === undefined) continue
      const claims = claimsOf(provider, value)
      const lacks = claims.filter((names) => !names.some((name) => isFixed(source, provider, name)))
      if (lacks.length === 0) continue
      yield {
        message: `${lacks.map((names) => `${provider}:${names[0]}`).join(" and ")} ${lacks.length === 1 ? "is" : "are"} not bound to a value: whoever gets a token from the provider may assume the role`,
        fix: `"StringEquals": {${lacks.map((names) => `"${provider}:${names[0]}": "…"`).join(", ")}}`,
        path: at(source, "Condition"),
        // Who is bound to a subject is somebody; for another audience at worst.
        ...(lacks.every((names) => names[0] === "aud") && lacks.length < claims.length
          ? { severity: "warning" as const }
          : {}),
      }
    }
  }
}

function providerOf(value: string): string | undefined {
  if (KNOWN_PROVIDERS.includes(value)) return value
  const resource = tryParseArn(value)?.resource ?? ""
  return resource.startsWith("oidc-provider/") ? resource.slice("oidc-provider/".length) : undefined
}

const claimsOf = (provider: string, value: string): ReadonlyArray<readonly string[]> =>
  value.startsWith("arn:") || provider === "accounts.google.com" ? [["aud", "azp"], ["sub"]] : [["aud", "app_id"]]

/** A value of which at least the beginning is fixed: `repo:org/name:*`, not `*`. */
function isFixed(statement: Statement, provider: string, claim: string): boolean {
  const tests = required(statement, [`${provider}:${claim}`.toLowerCase()])
  return tests.some(({ values }) => values.length > 0 && values.every((value) => !/^(?:repo:)?[*?]/.test(value)))
}

/** Longest life of a session that was opened with MFA, in seconds: as old as MFA can get. Source: GetSessionToken. */
const OLDEST_MFA = 129_600

function* breakGlass(context: PolicyContext): Iterable<Result> {
  const { breakGlassRoles, roleArn } = context.facts
  if (breakGlassRoles === undefined) return yield { notRun: "no break-glass role is given (--break-glass)" }
  if (roleArn === undefined) return yield { notRun: "nobody says to which role this trust policy belongs" }
  if (!breakGlassRoles.includes(roleArn)) return
  if (context.compiled.refused.length > 0) return yield { notRun: REFUSED }
  const path = ["Statement"]
  const humans = [...new Set(allows(context).flatMap(({ source }) => awsPrincipals(source).flatMap(personOf)))]
  const could = (principal: string, facts: Record<string, boolean | number | string>): boolean =>
    may(assume(context, principal, facts))
  const without = humans.find(
    (principal) => could(principal, { "aws:MultiFactorAuthPresent": false }) || could(principal, {}),
  )
  const aged = humans.find((principal) =>
    could(principal, { "aws:MultiFactorAuthPresent": true, "aws:MultiFactorAuthAge": OLDEST_MFA }),
  )
  if (without !== undefined)
    yield {
      message: `${without} may assume the break-glass role without MFA`,
      fix: `"Bool": {"aws:MultiFactorAuthPresent": "true"} and "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}`,
      path,
    }
  else if (aged !== undefined)
    yield {
      message: `${aged} may assume the break-glass role with an MFA of any age`,
      fix: `"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}`,
      path,
    }
}

/** Everything else about the request is right. */
function assume(
  context: PolicyContext,
  principal: string,
  facts: Record<string, boolean | number | string>,
): Decision | undefined {
  const mfa = /^aws:multifactorauth/i
  const keys = context.document.statements.flatMap(({ conditions }) => conditions.map(({ key }) => key.toLowerCase()))
  const unknown = [...new Set(keys)].filter((key) => !mfa.test(key))
  return ask(context, { principal, action: "sts:AssumeRole", facts, unknown, identity: MAY_ALL, alone: true })
}

/** Somebody whom the principal means; services and sessions are no people. */
function personOf(value: string): string[] {
  if (value === "*") return []
  const account = accountOf(value)
  if (account === undefined || hasWildcard(value)) return []
  if (!isAccount(value)) return [value]
  const partition = tryParseArn(value)?.partition ?? partitionOf("")
  return [formatArn({ partition, service: "iam", region: "", account, resource: "user/any-person" })]
}

export const TRUST_RULES: readonly Rule[] = [
  policyRule(
    { id: "DRT401", severity: "error", origin: [], title: "external account without ExternalId or organisation" },
    ["trust"],
    outsiders,
  ),
  policyRule(
    { id: "DRT402", severity: "error", origin: [], title: "everybody may assume the role" },
    ["trust"],
    everybody,
  ),
  policyRule(
    { id: "DRT403", severity: "error", origin: ["AA"], title: "Resource or NotPrincipal" },
    ["trust"],
    elements,
  ),
  policyRule({ id: "DRT404", severity: "error", origin: ["AA"], title: "OIDC without sub or aud" }, ["trust"], oidc),
  policyRule(
    { id: "DRT405", severity: "error", origin: [], title: "break-glass for people without MFA and its age" },
    ["trust"],
    breakGlass,
  ),
]
