import { accountPrincipalArn, roleArn } from "../arn.ts"
import { isCrossAccountOperation } from "../catalog/index.ts"
import { accountsOfConditions, closingTests, isClosingKey, looseTest } from "./closing.ts"
import { ask, keysBut, MAY_ALL } from "./ask.ts"
import { policyRule, type Judged, type PolicyContext, type Result, type Rule } from "./rule.ts"
import { servicePrincipalProblem } from "./service-principals.ts"
import {
  accountOf,
  actionElement,
  actionsUnder,
  allows,
  at,
  awsPrincipals,
  covered,
  hasWildcard,
  isAccount,
  listed,
  meansEverybody,
  required,
} from "./statements.ts"

/** Rules on whom a key policy names. */

function* everybody(context: PolicyContext): Iterable<Result> {
  for (const each of allows(context)) {
    const { source } = each
    if (!meansEverybody(source) || closingTests(source).length > 0 || deniedToStrangers(context, each)) continue
    const why = looseTest(source)
    yield {
      message: `everybody in AWS is let in${why === undefined ? ": no condition closes the statement" : `: ${why}`}`,
      fix: `name the principals, or add "StringEquals": {"aws:PrincipalAccount": "${context.account ?? "ACCOUNT"}"} or aws:PrincipalOrgID with a fixed value`,
      path: at(source, source.principals === undefined ? "NotPrincipal" : "Principal"),
    }
  }
}

const FOREIGN = [
  "kms:Decrypt",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:ReEncryptFrom",
  "kms:CreateGrant",
  "kms:DescribeKey",
]
const STRANGER = "000000000001"
const STRANGE = {
  "aws:PrincipalOrgID": "o-0000000000",
  "aws:PrincipalOrgPaths": ["o-0000000000/r-0000/"],
  "aws:SourceVpc": "vpc-00000000",
  "aws:SourceVpce": "vpce-00000000",
  "aws:SourceIp": "192.0.2.254",
}

/** Whether Denies elsewhere in the policy keep out a stranger of whom everything else is open. */
function deniedToStrangers(context: PolicyContext, statement: Judged): boolean {
  const actions = covered(statement, FOREIGN)
  if (actions.length === 0 || context.document.statements.every(({ effect }) => effect === "Allow")) return false
  const unknown = keysBut(context, isClosingKey)
  const principal = roleArn(STRANGER, "stranger", context.partition)
  return actions.every(
    (action) =>
      ask(context, { principal, action, facts: STRANGE, unknown, identity: MAY_ALL, alone: true })?.verdict ===
      "explicit-deny",
  )
}

function* wildcardArns({ document }: PolicyContext): Iterable<Result> {
  for (const statement of document.statements) {
    for (const element of ["principals", "notPrincipals"] as const) {
      for (const { type, value } of statement[element] ?? []) {
        if (type !== "AWS" || value === "*" || !hasWildcard(value)) continue
        yield {
          message: `the wildcard in the principal ${value} matches nothing: KMS takes names and "*"`,
          fix: `"Principal": "*" with "ArnLike": {"aws:PrincipalArn": ${JSON.stringify(value)}} and aws:PrincipalAccount`,
          path: at(statement, element === "principals" ? "Principal" : "NotPrincipal", type),
        }
      }
    }
  }
}

function* deadPrincipals({ document, inventory }: PolicyContext): Iterable<Result> {
  const unsure = new Set<string>()
  const accounts = new Set(inventory?.inventory.principals.map(({ account }) => account))
  for (const statement of document.statements) {
    for (const value of awsPrincipals(statement)) {
      const path = at(statement, "Principal", "AWS")
      if (/^A(IDA|ROA)[A-Z0-9]{12,}$/.test(value)) {
        yield {
          message: `${value} is the id of a deleted ${value.startsWith("AIDA") ? "user" : "role"}: nobody can be it again`,
          fix: "take it out, or name the new ARN",
          path,
        }
        continue
      }
      const account = accountOf(value)
      if (account === undefined || isAccount(value) || hasWildcard(value) || value.includes(":role/aws-service-role/"))
        continue
      if (inventory === undefined || !accounts.has(account)) unsure.add(account)
      else if (inventory.principal(value) === undefined)
        yield {
          message: `${value} is not in the inventory (${inventory.inventory.source})`,
          fix: "take it out if it is gone, or add it to the inventory",
          path,
        }
    }
  }
  if (unsure.size > 0) yield { notRun: `no inventory says which roles and users account ${listed([...unsure])} has` }
}

function* services({ document }: PolicyContext): Iterable<Result> {
  for (const statement of document.statements) {
    for (const { type, value } of [...(statement.principals ?? []), ...(statement.notPrincipals ?? [])]) {
      const problem = type === "Service" ? servicePrincipalProblem(value) : undefined
      if (problem === undefined) continue
      yield {
        message: `${JSON.stringify(value)} is no service principal that is known`,
        fix:
          problem.suggestion === undefined
            ? "look it up in the service's guide"
            : `did you mean ${problem.suggestion}?`,
        path: at(statement, statement.principals === undefined ? "NotPrincipal" : "Principal", "Service"),
      }
    }
  }
}

/** Of the account: `…:root` or the bare id. */
export const delegates = ({ account }: PolicyContext, { source }: Judged): boolean =>
  account !== undefined && awsPrincipals(source).some((value) => isAccount(value) && accountOf(value) === account)

function* noDelegation(context: PolicyContext): Iterable<Result> {
  const { account, partition } = context
  const named = allows(context).flatMap(({ source }) => awsPrincipals(source).filter(isAccount))
  if (account === undefined && named.length > 0) yield { notRun: "the account of the key is not given (--account)" }
  else if (account === undefined || !allows(context).some((each) => delegates(context, each)))
    yield {
      message: `no statement delegates to the account${account === undefined ? "" : ` ${account}`}: no IAM policy there has any effect on this key, and when the named principals are gone only AWS Support is left`,
      fix: `allow ${account === undefined ? "the account's root principal" : accountPrincipalArn(account, partition)} at least to read the key (kms:DescribeKey, kms:GetKeyPolicy, kms:List*)`,
      path: ["Statement"],
    }
}

interface Outside {
  readonly statement: Judged
  readonly principals: readonly string[]
}

/** Allows that reach beyond the key's account, with whom they name there; `*` = whoever meets the conditions. */
function outsiders(context: PolicyContext): readonly Outside[] {
  return allows(context).flatMap((statement) => {
    const { source } = statement
    const conditions = accountsOfConditions(source)
    if (conditions !== undefined && conditions.length > 0 && conditions.every((each) => each === context.account))
      return []
    const principals = awsPrincipals(source).filter((value) => {
      const account = accountOf(value)
      return account !== undefined && account !== context.account
    })
    const open = meansEverybody(source) && closingTests(source).length > 0
    const found = open ? ["*", ...(conditions ?? []).filter((each) => each !== context.account)] : principals
    return found.length === 0 ? [] : [{ statement, principals: found }]
  })
}

const ORG_KEYS = ["aws:principalorgid", "aws:principalorgpaths"]
const NO_ACCOUNT = { notRun: "the account of the key is not given (--account)" }

/** Without the key's account nobody can tell who is outside. */
const cannotTell = (context: PolicyContext): boolean =>
  context.account === undefined &&
  allows(context).some(({ source }) => awsPrincipals(source).some((each) => accountOf(each)))

function* undeclared(context: PolicyContext): Iterable<Result> {
  if (cannotTell(context)) return yield NO_ACCOUNT
  const { declaredAccounts, organizationId } = context.facts
  let unsure = false
  for (const { statement, principals } of outsiders(context)) {
    const { source } = statement
    const path = at(source, "Principal")
    const organizations = required(source, ["aws:principalorgid"]).flatMap(({ values }) => values)
    const strange = organizations.filter((id) => organizationId !== undefined && id !== organizationId)
    if (strange.length > 0)
      yield {
        message: `the organisation ${listed(strange)} is not ours (${organizationId})`,
        fix: `"aws:PrincipalOrgID": "${organizationId}"`,
        path,
      }
    if (organizations.length > 0 && organizationId !== undefined) continue
    const named = principals.filter((each) => each !== "*")
    const others = named.filter((each) => declaredAccounts?.includes(accountOf(each) ?? each) === false)
    if (declaredAccounts === undefined || (named.length === 0 && organizations.length > 0)) unsure = true
    else if (others.length > 0)
      yield {
        message: `${listed(others)} ${others.length === 1 ? "is" : "are"} of an account that is not declared`,
        fix: "take it out, or declare the account",
        path,
      }
  }
  if (unsure)
    yield {
      notRun: "the accounts and the organisation that may be named are not given (--declared-account, --organization)",
    }
}

function* withoutEffect(context: PolicyContext): Iterable<Result> {
  if (cannotTell(context)) return yield NO_ACCOUNT
  for (const { statement, principals } of outsiders(context)) {
    const { source } = statement
    const named = principals.filter((each) => each !== "*")
    const idle = (source.actions ?? []).filter((action) => !worksAcross(action))
    if (named.length === 0 || idle.length === 0) continue
    yield {
      message: `${listed(idle)} never works${idle.some((each) => each.endsWith("*")) ? " as a whole" : ""} for principals of another account, whatever the policies say: ${listed(named)}`,
      fix: "let a role in the key's own account do it, or list the actions that work across accounts",
      path: at(source, actionElement(source)),
    }
  }
}

/** `kms:*` holds both kinds; a narrower pattern counts when it covers one that works. */
function worksAcross(action: string): boolean {
  if (/^(\*|kms:\*)$/i.test(action)) return false
  if (!/[*?]/.test(action)) return !action.toLowerCase().startsWith("kms:") || isCrossAccountOperation(action)
  const names = actionsUnder(action)
  return names.length === 0 || names.some(isCrossAccountOperation)
}

function* withoutOrganization(context: PolicyContext): Iterable<Result> {
  if (cannotTell(context)) return yield NO_ACCOUNT
  for (const { statement, principals } of outsiders(context)) {
    const { source } = statement
    if (required(source, ORG_KEYS).length > 0) continue
    yield {
      message: `${principals.every((each) => each === "*") ? "whoever meets the conditions" : listed(principals.filter((each) => each !== "*"))} may use the key from outside, also after the account has left the organisation`,
      fix: `add "StringEquals": {"aws:PrincipalOrgID": "${context.facts.organizationId ?? "o-…"}"}`,
      path: at(source, "Principal"),
    }
  }
}

export const KEY_PRINCIPAL_RULES: readonly Rule[] = [
  policyRule(
    {
      id: "DRK103",
      severity: "error",
      origin: [
        "SH KMS.5",
        "Config kms-key-policy-no-public-access",
        "Prowler",
        "cfn_nag F76",
        "KICS",
        "Checkov CKV_AWS_33",
      ],
      title: "everybody, without a condition that closes it",
    },
    ["key"],
    everybody,
  ),
  policyRule(
    { id: "DRK104", severity: "error", origin: ["A22"], title: "wildcard inside a principal ARN" },
    ["key"],
    wildcardArns,
  ),
  policyRule(
    { id: "DRK105", severity: "warning", origin: [], title: "principal that does not exist" },
    ["key"],
    deadPrincipals,
  ),
  policyRule(
    { id: "DRK106", severity: "warning", origin: ["linters"], title: "unknown service principal" },
    ["key"],
    services,
  ),
  policyRule(
    { id: "DRK108", severity: "warning", origin: ["KICS", "aws-samples"], title: "no delegation to the account" },
    ["key"],
    noDelegation,
  ),
  policyRule(
    { id: "DRK113", severity: "error", origin: [], title: "principal outside the declared accounts and organisation" },
    ["key"],
    undeclared,
  ),
  policyRule(
    { id: "DRK114", severity: "warning", origin: ["B6"], title: "action without effect across accounts" },
    ["key"],
    withoutEffect,
  ),
  policyRule(
    {
      id: "DRK115",
      severity: "warning",
      origin: ["CT.KMS.PV.7"],
      title: "allowed from outside without aws:PrincipalOrgID",
    },
    ["key"],
    withoutOrganization,
  ),
]
