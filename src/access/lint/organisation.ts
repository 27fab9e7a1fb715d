import { keyArn, objectArn } from "../arn.ts"
import { compilePolicy } from "../compile.ts"
import type { Facts } from "../context.ts"
import type { Decision } from "../decision.ts"
import { evaluate } from "../evaluate.ts"
import { PolicyError } from "../policy-error.ts"
import type { PolicyStack } from "../request.ts"
import { roleArn } from "../arn.ts"
import { ALL_UNKNOWN, anyAdministrator, ask, keysBut, MAY_ALL, REFUSED } from "./ask.ts"
import { accountRule, policyRule, type AccountContext, type PolicyContext, type Result, type Rule } from "./rule.ts"
import { accountOf, at, covered, denies, isOneOf, listed, operatorOf } from "./statements.ts"

/** Rules on the control policies of an organisation. */

const GUARDED = ["kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:DeleteImportedKeyMaterial", "kms:DisableKeyRotation"]
const SHORT_WINDOW: Facts = { "kms:ScheduleKeyDeletionPendingWindowInDays": 7 }
const GUARD_FIX = `Deny ${GUARDED.join(", ")} with "ArnNotLike": {"aws:PrincipalArn": ["ARN of the break-glass role"]}`

/** One policy by itself does not say what the others deny: it is judged only when it begins to guard. */
function* guardAlone(context: PolicyContext): Iterable<Result> {
  if (context.compiled.refused.length > 0) return yield { notRun: REFUSED }
  const principal = anyAdministrator(context)
  const open = GUARDED.filter(
    (action) => ask(context, { principal, action, facts: SHORT_WINDOW })?.verdict !== "explicit-deny",
  )
  if (open.length === GUARDED.length)
    yield { notRun: "one control policy does not say what the others deny: lint the whole organisation" }
  else if (open.length > 0)
    yield { message: `the guard leaves ${listed(open)} open to everybody`, fix: GUARD_FIX, path: ["Statement"] }
}

function* guard(context: AccountContext): Iterable<Result> {
  const { account, inventory } = context
  const { organization, keys } = inventory.inventory
  const own = keys.filter((key) => key.account === account.id && key.awsManaged !== true)
  const [first] = own
  if (first === undefined) return
  const unread = gapOf(context)
  if (unread !== undefined) return yield { notRun: unread }
  if (organization === undefined && account.scps.length === 0 && account.rcps.length === 0)
    return yield { notRun: "the inventory knows no organisation" }
  if (organization?.managementAccount === account.id)
    return yield {
      message: "the keys lie in the management account: no control policy binds anybody there",
      fix: "keep keys in member accounts",
      path: [],
    }
  const principal = roleArn(account.id, "any-administrator", partitionIn(first.arn))
  const denied = (action: string, resource: string): Decision | undefined =>
    question(context, { principal, action, resource, facts: SHORT_WINDOW })
  const decisions = GUARDED.map((action) => ({ action, decision: denied(action, first.arn) }))
  if (decisions.some(({ decision }) => decision === undefined)) return yield { notRun: REFUSED }
  const open = decisions
    .filter(({ decision }) => !(decision?.verdict === "explicit-deny" && /^(scp|rcp)$/.test(decision.layer)))
    .map(({ action }) => action)
  if (open.length === 0) return
  const byKeys = own.every(({ arn }) => open.every((action) => denied(action, arn)?.verdict === "explicit-deny"))
  yield {
    message: byKeys
      ? `no control policy denies ${listed(open)}: only the key policies do, and whoever may put them may undo that`
      : `no control policy denies ${listed(open)} outside the break-glass role: one administrator alone can take a key out of use`,
    fix: GUARD_FIX,
    path: [],
    ...(byKeys ? { severity: "warning" as const } : {}),
  }
}

const NEEDED = ["kms:Decrypt", "s3:GetObject", "sts:AssumeRole"]

function* levels(context: AccountContext): Iterable<Result> {
  const { account, inventory } = context
  if (inventory.inventory.organization?.managementAccount === account.id) return
  const unread = gapOf(context)
  if (unread !== undefined) return yield { notRun: unread }
  for (const { target, policies } of account.scps) {
    const compiled = policies.map(({ document, name }) => compilePolicy(document, "scp", { name, asStored: true }))
    const stack: PolicyStack = { identity: MAY_ALL, scps: [{ target, policies: compiled }], rcps: [] }
    const lacks = NEEDED.filter((action) => {
      const decision = decide(stack, roleArn(account.id, "anybody"), action, "*", account.id, {})
      return decision?.verdict === "implicit-deny" && decision.layer === "scp"
    })
    if (compiled.some(({ refused }) => refused.length > 0)) yield { notRun: `a policy of ${target} cannot be read` }
    else if (lacks.length > 0)
      yield {
        message: `${target} allows no ${listed(lacks)}: every level must allow, or nobody in the account may`,
        fix: `attach FullAWSAccess to ${target}, or a policy that allows ${listed(lacks)}`,
        path: [],
      }
  }
}

function* levelAlone(): Iterable<Result> {
  yield { notRun: "one control policy does not say what else its level allows: lint the whole organisation" }
}

const PERIMETER = ["aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount"]
const IN_PERIMETER = [
  "kms:Decrypt",
  "s3:GetObject",
  "s3:PutObject",
  "sts:AssumeRole",
  "sqs:SendMessage",
  "secretsmanager:GetSecretValue",
]

function* perimeter(context: PolicyContext): Iterable<Result> {
  if (context.compiled.refused.length > 0) return yield { notRun: REFUSED }
  const unknown = keysBut(context, (key) => isOneOf(key, PERIMETER))
  for (const each of denies(context)) {
    const { source } = each
    const fence = source.conditions.some(
      ({ operator, key }) => isOneOf(key, PERIMETER) && operatorOf(operator)?.negated === true,
    )
    const action = covered(each, IN_PERIMETER)[0]
    if (!fence || action === undefined) continue
    const resource = resourceFor(action, context)
    const decision = ask(context, { principal: "cloudtrail.amazonaws.com", action, resource, unknown, alone: true })
    const [by] = decision?.decisive ?? []
    if (decision?.verdict !== "explicit-deny" || by?.kind !== "statement" || by.index !== source.index) continue
    yield {
      message: `the perimeter also shuts out AWS's own services (${action}): they belong to no organisation`,
      fix: `add "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}`,
      path: at(source, "Condition"),
    }
  }
}

const resourceFor = (action: string, { keyArn: key, partition }: PolicyContext): string =>
  action.startsWith("kms:") ? key : action.startsWith("s3:") ? objectArn("bucket", "some/object", partition) : "*"

const RESTORING = ["kms:Decrypt", "kms:CreateKey", "s3:PutObject"]

function* regionAlone(context: PolicyContext): Iterable<Result> {
  const { recoveryRegions, recoveryRoles } = context.facts
  if (recoveryRegions === undefined) return yield { notRun: "no recovery Region is given (--recovery-region)" }
  if (context.compiled.refused.length > 0) return yield { notRun: REFUSED }
  const principal = recoveryRoles?.[0] ?? anyAdministrator(context)
  for (const region of recoveryRegions) {
    const decisions = RESTORING.map((action) => ({
      action,
      decision: ask(context, {
        principal,
        action,
        resource: action === "kms:CreateKey" ? "*" : resourceFor(action, context),
        facts: { "aws:RequestedRegion": region },
        unknown: ALL_UNKNOWN,
      }),
    }))
    yield* blocked(region, decisions)
  }
}

function* blocked(
  region: string,
  asked: ReadonlyArray<{ action: string; decision: Decision | undefined }>,
): Iterable<Result> {
  if (asked.some(({ decision }) => decision === undefined)) return yield { notRun: REFUSED }
  const hit = asked.filter(({ decision }) => decision?.layer === "scp" && decision.verdict.endsWith("deny"))
  const [by] = hit[0]?.decision?.decisive ?? []
  if (hit.length === 0) return
  yield {
    message: `${listed(hit.map(({ action }) => action))} ${hit.length === 1 ? "is" : "are"} blocked in the recovery Region ${region}${by?.kind === "statement" ? ` by ${by.policy}` : ""}`,
    fix: `add ${region} to the Regions that the control policy allows, or exempt the recovery role`,
    path: by?.kind === "statement" ? ["Statement", by.index] : [],
  }
}

function* regions(context: AccountContext): Iterable<Result> {
  const { account, principals, facts, inventory } = context
  if (facts.recoveryRegions === undefined) return yield { notRun: "no recovery Region is given (--recovery-region)" }
  const role = principals.find(({ arn }) => facts.recoveryRoles?.includes(arn) === true)
  const partition = partitionIn(role?.arn ?? inventory.inventory.keys[0]?.arn ?? "")
  const principal = role?.arn ?? roleArn(account.id, "any-administrator", partition)
  for (const region of facts.recoveryRegions) {
    const hasKey = inventory.inventory.keys.some((key) => key.account === account.id && key.region === region)
    if (role === undefined && !hasKey) continue
    const key = keyArn(region, account.id, "00000000-0000-0000-0000-000000000000")
    const decisions = RESTORING.map((action) => ({
      action,
      decision: question(context, {
        principal,
        action,
        resource: action === "kms:Decrypt" ? key : "*",
        facts: { "aws:RequestedRegion": region },
        unknown: ALL_UNKNOWN,
      }),
    }))
    yield* [...blocked(region, decisions)].map((result) => ("path" in result ? { ...result, path: [] } : result))
  }
}

interface AccountQuestion {
  readonly principal: string
  readonly action: string
  readonly resource: string
  readonly facts: Facts
  readonly unknown?: readonly string[]
}

/** With the control policies of the account; the principal may all that IAM can give. */
function question({ account, inventory }: AccountContext, asked: AccountQuestion): Decision | undefined {
  const { principal, action, resource, facts, unknown } = asked
  try {
    const stack = { ...inventory.stackFor(principal, resource), identity: MAY_ALL }
    return decide(stack, principal, action, resource, accountOf(resource) ?? account.id, facts, unknown)
  } catch (error) {
    if (error instanceof PolicyError) return undefined
    throw error
  }
}

function decide(
  stack: PolicyStack,
  principal: string,
  action: string,
  resource: string,
  resourceAccount: string,
  facts: Facts,
  unknown?: readonly string[],
): Decision | undefined {
  try {
    return evaluate({ principal, action, resource, resourceAccount, facts, ...(unknown ? { unknown } : {}) }, stack)
  } catch (error) {
    if (error instanceof PolicyError) return undefined
    throw error
  }
}

const gapOf = ({ account, inventory }: AccountContext): string | undefined =>
  inventory.inventory.gaps?.find(({ subject, what }) => subject === account.id && /^(scps|rcps)$/.test(what))?.why

const partitionIn = (arn: string): string => arn.split(":", 2)[1] ?? "aws"

export const ORGANISATION_RULES: readonly Rule[] = [
  accountRule(
    {
      id: "DRO601",
      severity: "error",
      origin: [],
      title: "no Deny of what takes keys out of use, outside break-glass",
    },
    guard,
    { on: ["scp"], check: guardAlone },
  ),
  accountRule(
    { id: "DRO602", severity: "error", origin: ["F3"], title: "a level of the organisation without an Allow" },
    levels,
    { on: ["scp"], check: levelAlone },
  ),
  policyRule(
    { id: "DRO603", severity: "error", origin: [], title: "perimeter that shuts out AWS's services" },
    ["rcp"],
    perimeter,
  ),
  accountRule(
    { id: "DRO604", severity: "error", origin: ["F9"], title: "a control policy blocks a recovery Region" },
    regions,
    { on: ["scp"], check: regionAlone },
  ),
]
