import { tryParseArn } from "../arn.ts"
import type { Facts } from "../context.ts"
import type { Decision } from "../decision.ts"
import { ALL_UNKNOWN, anyAdministrator, ask, keysBut, MAY_ALL, may, REFUSED, rootOf, type Question } from "./ask.ts"
import { accountsOfConditions } from "./closing.ts"
import { delegates } from "./key-principals.ts"
import { onlyDelegates } from "./key-statements.ts"
import { policyRule, type PolicyContext, type Result, type Rule } from "./rule.ts"
import {
  accountOf,
  actionElement,
  allows,
  at,
  covered,
  hasWildcard,
  listed,
  meansEverybody,
  namedPrincipals,
  required,
  shortName,
} from "./statements.ts"

/** Rules on who controls and who uses a key. What they find they have asked the engine. */

const NO_ACCOUNT = { notRun: "the account of the key is not given (--account)" }
const MOST_ASKED = 60

/** Whoever could keep the key in hand: the root user, somebody with all IAM rights, and those that the policy names. */
function keepers(context: PolicyContext): readonly string[] {
  const { account, document, facts, inventory } = context
  const named = document.statements.flatMap((statement) => [
    ...namedPrincipals(statement),
    ...statement.conditions
      .filter(({ key }) => key.toLowerCase() === "aws:principalarn")
      .flatMap(({ values }) => values.map((value) => value.replaceAll("*", "x").replaceAll("?", "x"))),
  ])
  const known = (inventory?.inventory.principals ?? []).map(({ arn }) => arn)
  const all = [rootOf(context), anyAdministrator(context), ...named, ...(facts.breakGlassRoles ?? []), ...known]
  const own = all.filter(
    (arn) => accountOf(arn) === account && /^(root$|(role|user)\/)/.test(tryParseArn(arn)?.resource ?? ""),
  )
  return [...new Set(own)].slice(0, MOST_ASKED)
}

function* lockOut(context: PolicyContext): Iterable<Result> {
  const { account, inventory } = context
  if (account === undefined) return yield NO_ACCOUNT
  if (context.compiled.refused.length > 0) return yield { notRun: REFUSED }
  const asked = keepers(context)
  const path = ["Statement"]
  let unsure = false
  const keeps = (bypass: boolean, alone: boolean): boolean =>
    asked.some((principal) => {
      const facts = { "kms:BypassPolicyLockoutSafetyCheck": bypass }
      const decision = ask(context, { principal, action: "kms:PutKeyPolicy", facts, unknown: ALL_UNKNOWN, alone })
      unsure ||= decision === undefined
      return may(decision)
    })
  if (!keeps(false, true))
    yield {
      message: `lock-out: after this policy nobody in account ${account} may kms:PutKeyPolicy; only AWS Support could give the key back`,
      fix: `keep a statement that allows ${rootOf(context)} or a break-glass role kms:PutKeyPolicy, and exempt it from Denies`,
      path,
    }
  else if (inventory !== undefined && !keeps(false, false)) {
    if (unsure) return yield { notRun: REFUSED }
    yield {
      message: `nobody in account ${account} may kms:PutKeyPolicy: the key policy would let them, the IAM and control policies of the inventory do not`,
      fix: "let the break-glass role: in its IAM policy, or by name in the key policy, and exempt it from the control policies",
      path,
    }
  } else if (keeps(true, false))
    yield {
      message:
        "kms:BypassPolicyLockoutSafetyCheck is not denied: whoever puts the next policy may switch off KMS's own check against lock-out",
      fix: `Deny kms:PutKeyPolicy to "*" with "Bool": {"kms:BypassPolicyLockoutSafetyCheck": "true"}`,
      path,
      severity: "warning",
    }
}

const DESTRUCTIVE = ["kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:DeleteImportedKeyMaterial"]

function* unguarded(context: PolicyContext): Iterable<Result> {
  if (context.account === undefined) return yield NO_ACCOUNT
  const principal = anyAdministrator(context)
  const facts = { "kms:ScheduleKeyDeletionPendingWindowInDays": 7 }
  for (const each of allows(context)) {
    const { source } = each
    const delegated = delegates(context, each)
    const whole = meansEverybody(source) && accountsOfConditions(source)?.includes(context.account) === true
    if (!delegated && !whole) continue
    const open: string[] = []
    for (const action of covered(each, DESTRUCTIVE)) {
      const decision = ask(context, { principal, action, facts })
      if (decision === undefined) return yield { notRun: REFUSED }
      if (decision.verdict === "allowed") open.push(action)
    }
    if (open.length === 0) continue
    yield {
      message: `anybody in account ${context.account}${delegated ? " whose IAM policies allow it (kms:*)" : ""} may alone, without MFA, ${listed(open)}: the encryption policy asks for "Segregation of duties" and "Dual control for key management"`,
      fix: "delegate only harmless actions to the account, or deny these ones to all but the break-glass role (in this policy or an SCP), with MFA and a window of at least 30 days",
      path: at(source, actionElement(source)),
    }
  }
}

const CONTROL = ["kms:PutKeyPolicy", "kms:CreateGrant"]
const GRANTING = {
  "kms:GrantIsForAWSResource": false,
  "kms:GrantOperations": ["Decrypt"],
}

function* duties(context: PolicyContext): Iterable<Result> {
  const { account, document, inventory } = context
  const exempt = new Set(context.facts.breakGlassRoles)
  const known = (inventory?.inventory.principals ?? []).filter(
    ({ arn }) => accountOf(arn) === account && !arn.endsWith(":root"),
  )
  const named = document.statements.filter(({ effect }) => effect === "Allow").flatMap(namedPrincipals)
  const asked = [...new Set([...named, ...known.map(({ arn }) => arn)])].filter(
    (arn) => !exempt.has(arn) && !hasWildcard(arn),
  )
  // Without an inventory only the key policy gives: nobody need be asked when it gives no control.
  if (
    inventory === undefined &&
    !allows(context).some((each) => covered(each, CONTROL).length > 0 && !onlyDelegates(context, each.source))
  )
    return
  let refused = false
  for (const principal of asked.slice(0, MOST_ASKED)) {
    const able = (action: string, given: Facts = {}): boolean => {
      const facts = { "kms:BypassPolicyLockoutSafetyCheck": false, ...given }
      const decision = ask(context, { principal, action, facts, unknown: ALL_UNKNOWN, ...byTheKey(context, principal) })
      refused ||= decision === undefined
      return may(decision)
    }
    if (!able("kms:Decrypt")) continue
    const stranger = { ...GRANTING, "kms:GranteePrincipal": anyAdministrator(context) }
    const rights = [
      ...(able("kms:PutKeyPolicy") ? ["kms:PutKeyPolicy"] : []),
      ...(able("kms:CreateGrant", stranger) ? ["kms:CreateGrant"] : []),
    ]
    if (rights.length === 0) continue
    const statement = document.statements.find(
      (each) => each.effect === "Allow" && namedPrincipals(each).includes(principal),
    )
    yield {
      message: `${shortName(principal)} may kms:Decrypt and also ${listed(rights)}: one principal both uses the key and says who may ("Segregation of duties")`,
      fix: "give the use of the key and its administration to different roles; for grants of AWS services add kms:GrantIsForAWSResource",
      path: statement === undefined ? ["Statement"] : at(statement, "Principal"),
    }
  }
  if (refused) yield { notRun: REFUSED }
}

/** Without an inventory the IAM policies of a role are not known: what the key policy gives it counts, and across accounts all. */
function byTheKey({ inventory, account }: PolicyContext, principal: string): Pick<Question, "identity"> {
  if (inventory?.principal(principal) !== undefined) return {}
  return { identity: accountOf(principal) === account ? [] : MAY_ALL }
}

const USE = ["kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey", "kms:Encrypt"]
const BINDING = ["kms:viaservice", "kms:encryptioncontext:"]
const isUseCondition = (key: string): boolean => /^kms:(viaservice$|encryptioncontext)/i.test(key)

function* workloads(context: PolicyContext): Iterable<Result> {
  const { facts } = context
  const others = new Set([...(facts.recoveryRoles ?? []), ...(facts.breakGlassRoles ?? [])])
  const unknown = keysBut(context, isUseCondition)
  for (const each of allows(context)) {
    const { source } = each
    const roles = namedPrincipals(source).filter(
      (arn) => facts.workloadRoles?.includes(arn) ?? !(others.has(arn) || arn.includes(":role/aws-service-role/")),
    )
    const action = covered(each, USE)[0]
    if (roles.length === 0 || action === undefined || required(source, BINDING).length > 0) continue
    const identity = (principal: string): Pick<Question, "identity"> => ({
      identity: accountOf(principal) === context.account ? [] : MAY_ALL,
    })
    if (context.compiled.refused.length > 0) return yield { notRun: REFUSED }
    const direct = roles.filter((principal) =>
      hangsOn(ask(context, { principal, action, unknown, ...identity(principal), alone: true }), source.index),
    )
    if (direct.length === 0) continue
    const names = direct.map(shortName)
    yield {
      message:
        direct.length === 1
          ? `${names[0]} may ${action} anything under this key, through any service and for any data: neither kms:ViaService nor kms:EncryptionContext binds it to its own ("KMS permissions scoped to specific actions")`
          : `${listed(names)} share one statement without kms:ViaService or kms:EncryptionContext: each can decrypt the others' data. The encryption policy says "Each service has its own IAM role" and "KMS permissions scoped to specific actions"`,
      fix: `one statement per role, with "StringEquals": {"kms:ViaService": "s3.REGION.amazonaws.com"} and "StringLike": {"kms:EncryptionContext:aws:s3:arn": "ARN of its own bucket*"}`,
      path: at(source, "Principal"),
    }
  }
}

/** Whether this statement of the key policy is what allows, perhaps under conditions. */
const hangsOn = (decision: Decision | undefined, index: number): boolean =>
  may(decision) &&
  ((decision?.decisive.some((by) => by.kind === "statement" && by.layer === "resource" && by.index === index) ??
    false) ||
    (decision?.depends?.some((each) => each.must === "hold" && each.layer === "resource" && each.index === index) ??
      false))

export const KEY_CONTROL_RULES: readonly Rule[] = [
  policyRule(
    { id: "DRK107", severity: "error", origin: ["KMS safety check", "CT.KMS.PV.3", "C5"], title: "lock-out" },
    ["key"],
    lockOut,
  ),
  policyRule(
    {
      id: "DRK109",
      severity: "warning",
      origin: [],
      title: "destructive actions delegated to the account without a guard",
    },
    ["key"],
    unguarded,
  ),
  policyRule(
    {
      id: "DRK110",
      severity: "error",
      origin: ["segregation of duties"],
      title: "one principal administers and uses the key",
    },
    ["key"],
    duties,
  ),
  policyRule(
    { id: "DRK117", severity: "warning", origin: [], title: "workload bound neither to a service nor to its data" },
    ["key"],
    workloads,
  ),
]
