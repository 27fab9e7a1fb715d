import { tryParseArn } from "../arn.ts"
import type { Statement } from "../statement.ts"
import { limitsGrants } from "./key-statements.ts"
import { policyRule, type PolicyContext, type Result, type Rule } from "./rule.ts"
import {
  accountOf,
  actionElement,
  allows,
  at,
  covered,
  hasWildcard,
  isOneOf,
  judged,
  listed,
  required,
} from "./statements.ts"

/** Rules on IAM policies. */

const READING = ["kms:Decrypt", "kms:ReEncryptFrom"]

/** `*`, or every key of an account: a later key is among them too. */
const everyKey = ({ resources, notResources }: Statement): string | undefined =>
  resources?.find(coversEveryKey) ?? (notResources === undefined ? undefined : "NotResource")

function coversEveryKey(resource: string): boolean {
  if (/^\*+$/.test(resource)) return true
  if (!resource.startsWith("arn:")) return false
  const { service, resource: name } = tryParseArn(resource) ?? { service: "*", resource: "*" }
  return /^(kms|\*|k\*|km\*)$/.test(service) && /^(\*|key\/?\*|key\/mrk-\*|key\*)$/.test(name)
}

/** Keys of conditions that leave only some keys, or only some data. Security Hub reads none of them. */
const NARROWING = ["kms:resourcealiases", "aws:resourcetag/", "kms:viaservice", "kms:encryptioncontext:"]

function* readsEverything(context: PolicyContext): Iterable<Result> {
  for (const each of allows(context)) {
    const { source } = each
    const wide = everyKey(source)
    const actions = covered(each, READING)
    if (wide === undefined || actions.length === 0) continue
    const narrowed = required(source, NARROWING).map(({ key }) => key)
    yield {
      message: `${listed(actions)} on ${wide}: ${narrowed.length === 0 ? "every key that lets IAM policies decide, now or later" : `only ${listed(narrowed)} binds it, which Security Hub KMS.1 does not read`}`,
      fix: "name the keys by ARN (an alias ARN names no key)",
      path: at(source, source.resources === undefined ? "NotResource" : "Resource"),
      ...(narrowed.length === 0 ? {} : { severity: accountOf(wide) === undefined ? "warning" : "info" }),
    }
  }
}

const SOME_OF_ALL = ["kms:Decrypt", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:CreateGrant", "kms:CreateKey"]

function* everyAction(context: PolicyContext): Iterable<Result> {
  for (const each of allows(context)) {
    const { source } = each
    if (covered(each, SOME_OF_ALL).length < SOME_OF_ALL.length || !source.actions?.some(hasWildcard)) continue
    const action = source.actions.find(hasWildcard) ?? "kms:*"
    yield {
      message: `${action} allows everything on keys: their use, their policies and their deletion`,
      fix: "list the actions",
      path: at(source, "Action"),
    }
  }
}

function* escalation(context: PolicyContext): Iterable<Result> {
  for (const each of allows(context)) {
    const { source } = each
    const path = at(source, actionElement(source))
    const wide = everyKey(source) !== undefined
    if (covered(each, ["kms:PutKeyPolicy"]).length > 0 && (wide || source.conditions.length === 0))
      yield {
        message: `kms:PutKeyPolicy${wide ? " on every key" : ""} without ${wide ? "naming keys" : "a condition"}: its holder may give itself every right on ${wide ? "them" : "the key"}`,
        fix: "leave it to the break-glass role, on named keys and with a condition (MFA, an approved plan)",
        path,
        ...(wide ? {} : { severity: "warning" as const }),
      }
    if (covered(each, ["kms:CreateGrant"]).length > 0 && !limitsGrants(source))
      yield {
        message: "kms:CreateGrant without a limit: its holder may hand every right on the key to anybody",
        fix: `"Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}, or kms:GranteePrincipal and kms:GrantOperations`,
        path,
      }
    if (
      covered(each, ["iam:PassRole"]).length > 0 &&
      (source.resources?.some(passesAnyRole) ?? true) &&
      !source.conditions.some(({ key }) => isOneOf(key, ["iam:passedtoservice", "iam:associatedresourcearn"]))
    )
      yield {
        message:
          "iam:PassRole on every role: its holder may act with the rights of each of them, the recovery role too",
        fix: "name the roles, and add iam:PassedToService",
        path,
      }
  }
}

const passesAnyRole = (resource: string): boolean =>
  /^\*+$/.test(resource) || /^role\/?\*$|^\*$/.test(tryParseArn(resource)?.resource ?? "")

const ALIAS_ACTIONS = ["kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias"]
const KEY_ACTIONS = [
  "kms:Decrypt",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:DescribeKey",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
  "kms:CreateGrant",
  "kms:Sign",
  "kms:Verify",
  "kms:GetPublicKey",
  "kms:PutKeyPolicy",
  "kms:EnableKey",
  "kms:DisableKey",
  "kms:ScheduleKeyDeletion",
  "kms:GenerateMac",
  "kms:VerifyMac",
]

function* aliasAsKey(context: PolicyContext): Iterable<Result> {
  for (const each of judged(context)) {
    const { source } = each
    if (source.resources?.some(isAlias) !== true) continue
    const aliases = (source.resources ?? []).filter(isAlias)
    const actions = covered(each, KEY_ACTIONS)
    const namesKeys = source.resources.some((resource) => !isAlias(resource))
    const needsAlias = covered(each, ALIAS_ACTIONS).length > 0
    if (actions.length === 0 || (namesKeys && needsAlias)) continue
    yield {
      message: `${listed(aliases)} names the alias and never the key: ${listed(actions, 3)} ${source.effect === "Allow" ? "is not allowed" : "is not denied"} by it`,
      fix: `name the key by its key ARN, or use "Resource": "*" with "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/…"}`,
      path: at(source, "Resource"),
    }
  }
}

const isAlias = (resource: string): boolean => {
  const arn = tryParseArn(resource)
  return arn?.service === "kms" && arn.resource.startsWith("alias/")
}

export const IDENTITY_RULES: readonly Rule[] = [
  policyRule(
    {
      id: "DRI301",
      severity: "error",
      origin: ["SH KMS.1", "SH KMS.2", "Config iam-customer-policy-blocked-kms-actions"],
      title: "Decrypt or ReEncryptFrom on every key",
    },
    ["identity"],
    readsEverything,
  ),
  policyRule(
    { id: "DRI302", severity: "warning", origin: [], title: "every action on keys" },
    ["identity"],
    everyAction,
  ),
  policyRule(
    {
      id: "DRI303",
      severity: "error",
      origin: ["linters"],
      title: "escalation by PutKeyPolicy, CreateGrant or PassRole",
    },
    ["identity"],
    escalation,
  ),
  policyRule(
    { id: "DRI304", severity: "error", origin: ["A14"], title: "alias ARN as the resource of actions on keys" },
    ["identity", "boundary", "session", "scp"],
    aliasAsKey,
  ),
]
