import { keyIdOf, tryParseArn } from "../arn.ts"
import { worksInKeyPolicy } from "../catalog/index.ts"
import { resourceGlob } from "../glob.ts"
import { fromIssues } from "./issues.ts"
import { policyRule, type PolicyContext, type Result, type Rule } from "./rule.ts"
import { actionElement, allows, at, covered, isOneOf, meansEverybody, required } from "./statements.ts"

/** Rules on what single statements of a key policy say. */

function* resources({ document, keyArn, keyIsKnown }: PolicyContext): Iterable<Result> {
  let unsure = false
  for (const statement of document.statements) {
    for (const resource of statement.resources ?? statement.notResources ?? []) {
      if (resource === "*" || (keyIsKnown && resourceGlob(resource)(keyArn))) continue
      const couldBe = keyIdOf(resource) !== undefined || resource.includes("${") || /^arn:.*[*?]/.test(resource)
      if (!keyIsKnown && couldBe) {
        unsure = true
        continue
      }
      const isAlias = tryParseArn(resource)?.resource.startsWith("alias/") === true
      yield {
        message: isAlias
          ? `${resource} names an alias: in a key policy that is never the key`
          : `${resource} is not this key${keyIsKnown ? ` (${keyArn})` : ""}: the statement has no effect on it`,
        fix: `"Resource": "*" (in a key policy it means this key)`,
        path: at(statement, statement.resources === undefined ? "NotResource" : "Resource"),
      }
    }
  }
  if (unsure) yield { notRun: "the ARN of the key is not given (--key), so nobody can tell whether Resource names it" }
}

function* iamOnlyKeys({ document }: PolicyContext): Iterable<Result> {
  for (const statement of document.statements) {
    for (const { operator, key } of statement.conditions) {
      if (worksInKeyPolicy(key)) continue
      yield {
        message: `KMS sets ${key} only when it asks IAM policies: in a key policy it never has a value`,
        fix: "move the condition into an IAM policy, or use kms:RequestAlias or aws:PrincipalTag/…",
        path: at(statement, "Condition", operator, key),
      }
    }
  }
}

function* denyNotPrincipal({ document }: PolicyContext): Iterable<Result> {
  for (const statement of document.statements) {
    if (statement.effect !== "Deny" || statement.notPrincipals === undefined) continue
    yield {
      message: "a Deny with NotPrincipal also hits the roles that it lists, unless their account is listed with them",
      fix: `"Principal": "*" with "ArnNotLike": {"aws:PrincipalArn": […]}`,
      path: at(statement, "NotPrincipal"),
    }
  }
}

function* allowBut({ document }: PolicyContext): Iterable<Result> {
  for (const statement of document.statements) {
    if (statement.effect !== "Allow") continue
    if (statement.notActions !== undefined)
      yield {
        message: "an Allow with NotAction also allows every action that KMS adds later",
        fix: "list the actions",
        path: at(statement, "NotAction"),
      }
    if (statement.notPrincipals !== undefined)
      yield {
        message: "an Allow with NotPrincipal allows everybody else, strangers too",
        fix: "list the principals",
        path: at(statement, "NotPrincipal"),
      }
  }
}

const GRANT_LIMITS = [
  "kms:grantisforawsresource",
  "kms:grantconstrainttype",
  "kms:granteeprincipal",
  "kms:grantoperations",
]

/** Whether a statement's conditions limit which grants it lets somebody make. */
export const limitsGrants = (statement: PolicyContext["document"]["statements"][number]): boolean =>
  statement.conditions.some(
    (test) =>
      isOneOf(test.key, GRANT_LIMITS) &&
      (test.key.toLowerCase() !== "kms:grantisforawsresource" ||
        (test.values.every((value) => value.toLowerCase() === "true") &&
          required(statement, ["kms:grantisforawsresource"]).includes(test))),
  )

/** Names accounts and nobody in them: IAM policies there decide. */
export const onlyDelegates = (
  context: PolicyContext,
  { principals }: PolicyContext["document"]["statements"][number],
): boolean =>
  principals !== undefined &&
  principals.length > 0 &&
  principals.every(({ value }) => /^\d{12}$/.test(value) || tryParseArn(value)?.resource === "root") &&
  context.kind === "key"

function* openGrants(context: PolicyContext): Iterable<Result> {
  for (const each of allows(context)) {
    const { source } = each
    if (covered(each, ["kms:CreateGrant"]).length === 0 || onlyDelegates(context, source) || limitsGrants(source))
      continue
    yield {
      message: "kms:CreateGrant without a limit: who may make grants may hand on every right to anybody",
      fix: `"Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}, or kms:GranteePrincipal, kms:GrantOperations, kms:GrantConstraintType`,
      path: at(source, actionElement(source)),
    }
  }
}

const DATA = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]

function* mixedGrants(context: PolicyContext): Iterable<Result> {
  for (const each of allows(context)) {
    const { source } = each
    const data = covered(each, DATA)
    if (data.length === 0 || covered(each, ["kms:CreateGrant"]).length === 0 || onlyDelegates(context, source)) continue
    yield {
      message: `kms:CreateGrant stands in one statement with ${data[0]}: a condition that limits grants would cut off the use of the key too`,
      fix: "put kms:CreateGrant, kms:ListGrants and kms:RevokeGrant into a statement of their own, with kms:GrantIsForAWSResource",
      path: at(source, actionElement(source)),
    }
  }
}

const SOURCES = ["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"]

function* services(context: PolicyContext): Iterable<Result> {
  for (const { source } of allows(context)) {
    const names = (source.principals ?? []).filter(({ type }) => type === "Service").map(({ value }) => value)
    if (names.length === 0) continue
    const bound =
      required(source, SOURCES).length > 0 ||
      required(source, ["kms:encryptioncontext:"]).some(({ values }) =>
        values.every((value) => /^\d{12}$/.test(tryParseArn(value)?.account ?? "")),
      )
    if (bound) continue
    yield {
      message: `${names.join(", ")} may use the key on behalf of any customer of AWS (confused deputy)`,
      fix: `"Condition": {"StringEquals": {"aws:SourceAccount": "${context.account ?? "ACCOUNT"}"}}, or aws:SourceArn`,
      path: at(source, "Principal", "Service"),
    }
  }
}

const ATTESTED = "kms:recipientattestation:"

function* attestation(context: PolicyContext): Iterable<Result> {
  const all = allows(context)
  for (const each of all) {
    const { source } = each
    const tests = source.conditions.filter(({ key }) => isOneOf(key, [ATTESTED]))
    if (tests.length === 0) continue
    const path = at(source, "Condition", tests[0]?.operator ?? "", tests[0]?.key ?? "")
    if (required(source, [ATTESTED]).length === 0 || tests.some(({ values }) => values.includes("*"))) {
      yield {
        message: "the attestation of the enclave is tested so that every caller passes",
        fix: `"StringEqualsIgnoreCase": {"kms:RecipientAttestation:ImageSha384": "…"} without IfExists`,
        path,
      }
      continue
    }
    const actions = covered(each, [
      "kms:Decrypt",
      "kms:GenerateDataKey",
      "kms:GenerateDataKeyPair",
      "kms:GenerateRandom",
    ])
    const other = all.find(
      (candidate) =>
        required(candidate.source, [ATTESTED]).length === 0 &&
        covered(candidate, actions).length > 0 &&
        sharesPrincipal(source, candidate.source),
    )
    if (other !== undefined)
      yield {
        message: `statement ${other.source.index} allows the same without attestation: the enclave can be bypassed`,
        fix: "give that statement the same kms:RecipientAttestation condition, or take the actions out of it",
        path: at(other.source, actionElement(other.source)),
      }
  }
}

function sharesPrincipal(a: PolicyContext["document"]["statements"][number], b: typeof a): boolean {
  const names = new Set((a.principals ?? []).map(({ value }) => value))
  return meansEverybody(b) || (b.principals ?? []).some(({ value }) => names.has(value))
}

export const KEY_STATEMENT_RULES: readonly Rule[] = [
  policyRule(
    {
      id: "DRK101",
      severity: "error",
      origin: ["KMS docs", "A21"],
      title: "statement of a key policy without Resource",
    },
    ["key"],
    (context) =>
      fromIssues(
        context,
        ({ code }) => code === "missing-resource",
        () => `"Resource": "*"`,
      ),
  ),
  policyRule(
    { id: "DRK102", severity: "warning", origin: [], title: "Resource is neither * nor this key" },
    ["key"],
    resources,
  ),
  policyRule(
    {
      id: "DRK111",
      severity: "error",
      origin: ["CT.KMS.PR.3", "CT.KMS.PV.1"],
      title: "CreateGrant without a limit on the grants",
    },
    ["key"],
    openGrants,
  ),
  policyRule(
    { id: "DRK112", severity: "warning", origin: [], title: "CreateGrant in one statement with the use of the key" },
    ["key"],
    mixedGrants,
  ),
  policyRule(
    {
      id: "DRK116",
      severity: "warning",
      origin: ["AA"],
      title: "AWS service without aws:SourceAccount or aws:SourceArn",
    },
    ["key"],
    services,
  ),
  policyRule(
    {
      id: "DRK118",
      severity: "error",
      origin: ["KMS docs", "C8a"],
      title: "condition key that only IAM policies know",
    },
    ["key"],
    iamOnlyKeys,
  ),
  policyRule(
    { id: "DRK119", severity: "error", origin: ["IAM docs", "E6"], title: "Deny with NotPrincipal" },
    ["key"],
    denyNotPrincipal,
  ),
  policyRule(
    { id: "DRK123", severity: "info", origin: ["linters"], title: "Allow with NotAction or NotPrincipal" },
    ["key"],
    allowBut,
  ),
  policyRule(
    { id: "DRK124", severity: "warning", origin: ["Prowler"], title: "enclave attestation can be bypassed" },
    ["key"],
    attestation,
  ),
]
