import { roleArn } from "../arn.ts"
import { ALL_UNKNOWN, ask, may, REFUSED } from "./ask.ts"
import { policyRule, type PolicyContext, type Result, type Rule } from "./rule.ts"
import { accountOf, awsPrincipals, listed, shortName } from "./statements.ts"

/** Rules on whether a key can be recovered under its policies. What they find they have asked the engine. */

const NO_ACCOUNT = { notRun: "the account of the key is not given (--account)" }

const RECOVERY = ["kms:ReEncryptFrom", "kms:Decrypt", "kms:DescribeKey"]
const BREAK_GLASS = [
  "kms:DescribeKey",
  "kms:GetKeyPolicy",
  "kms:PutKeyPolicy",
  "kms:EnableKey",
  "kms:DisableKey",
  "kms:CancelKeyDeletion",
  "kms:ScheduleKeyDeletion",
]

function* hitByDeny(context: PolicyContext): Iterable<Result> {
  if (context.account === undefined) return yield NO_ACCOUNT
  const { recoveryRoles, breakGlassRoles } = context.facts
  if (recoveryRoles === undefined && breakGlassRoles === undefined)
    return yield { notRun: "neither recovery nor break-glass roles are given (--recovery-role, --break-glass)" }
  const own = (breakGlassRoles ?? []).filter((role) => accountOf(role) === context.account)
  const asked = [
    ...(recoveryRoles ?? []).map((role) => ({ role, what: "recovery role", actions: RECOVERY })),
    ...own.map((role) => ({ role, what: "break-glass role", actions: BREAK_GLASS })),
  ]
  for (const { role, what, actions } of asked) {
    const hits = new Map<number, string[]>()
    for (const action of actions) {
      const decision = ask(context, { principal: role, action, unknown: ALL_UNKNOWN })
      if (decision === undefined) return yield { notRun: REFUSED }
      const [by] = decision.decisive
      if (decision.verdict !== "explicit-deny" || decision.layer !== "resource" || by?.kind !== "statement") continue
      hits.set(by.index, [...(hits.get(by.index) ?? []), action])
    }
    for (const [index, denied] of hits)
      yield {
        message: `this Deny also hits the ${what} ${shortName(role)}: ${listed(denied)}`,
        fix: `exempt it: "ArnNotLike": {"aws:PrincipalArn": ["${role}"]}`,
        path: ["Statement", index],
      }
  }
}

function* recovery(context: PolicyContext): Iterable<Result> {
  if (context.account === undefined) return yield NO_ACCOUNT
  const { recoveryRoles } = context.facts
  if (recoveryRoles === undefined || recoveryRoles.length === 0) return yield anyRecoveryRole(context)
  for (const principal of recoveryRoles) {
    if (isItsOwnKey(context, principal)) continue
    const lacks: string[] = []
    let layer: string = "resource"
    for (const action of RECOVERY) {
      const decision = ask(context, { principal, action, unknown: ALL_UNKNOWN })
      if (decision === undefined) return yield { notRun: REFUSED }
      if (may(decision)) continue
      lacks.push(action)
      layer = decision.layer
    }
    if (lacks.length === 0) continue
    yield {
      message: `the recovery role ${principal} may not ${listed(lacks)}: ${WHY[layer] ?? "the policies do not let it"}, so nothing under this key can be recovered from outside its account. The encryption policy says "Backup keys: Stored in separate AWS account"`,
      fix: `allow it kms:ReEncryptFrom, kms:Decrypt and kms:DescribeKey, bound by aws:PrincipalOrgID, kms:ViaService and kms:EncryptionContext; its own IAM policy must allow them on this key too`,
      path: ["Statement"],
    }
  }
}

/** Nobody said who recovers. A policy that lets nobody in from outside lets in no recovery role either, whoever it is. */
function anyRecoveryRole(context: PolicyContext): Result {
  const outside = context.account === OTHER_ACCOUNT ? "111111111111" : OTHER_ACCOUNT
  const principal = roleArn(outside, "recovery", context.partition)
  const named = context.document.statements.some(
    (each) => each.effect === "Allow" && awsPrincipals(each).some((value) => accountOf(value) !== context.account),
  )
  if (named) return { notRun: "no recovery role is given (--recovery-role)" }
  const lacks = RECOVERY.filter((action) => {
    const decision = ask(context, { principal, action, unknown: ALL_UNKNOWN })
    return decision !== undefined && !may(decision)
  })
  if (lacks.length === 0) return { notRun: "no recovery role is given (--recovery-role)" }
  return {
    severity: "warning",
    message: `no principal outside account ${context.account} may ${listed(lacks)}: a recovery role in another account is denied (none is named: --recovery-role), so nothing under this key can be recovered from there. The encryption policy says "Backup keys: Stored in separate AWS account"`,
    fix: `allow the recovery role kms:ReEncryptFrom, kms:Decrypt and kms:DescribeKey, bound by aws:PrincipalOrgID, kms:ViaService and kms:EncryptionContext`,
    path: ["Statement"],
  }
}

const OTHER_ACCOUNT = "222222222222"

const WHY: Readonly<Record<string, string>> = {
  resource: "the key policy does not let it",
  identity: "its own IAM policies do not let it",
  scp: "a service control policy does not let it",
  rcp: "a resource control policy does not let it",
  boundary: "its permissions boundary does not let it",
}

/** A key of the recovery account in an estate whose data lies elsewhere: the role seals copies with it, it recovers none. */
function isItsOwnKey({ account, inventory }: PolicyContext, role: string): boolean {
  const own = accountOf(role)
  return own === account && (inventory?.inventory.keys.some((key) => key.account !== own) ?? false)
}

export const KEY_RECOVERY_RULES: readonly Rule[] = [
  policyRule(
    { id: "DRK120", severity: "warning", origin: [], title: "Deny that also hits the recovery or break-glass role" },
    ["key"],
    hitByDeny,
  ),
  policyRule({ id: "DRK121", severity: "error", origin: [], title: "recovery role cannot recover" }, ["key"], recovery),
]
