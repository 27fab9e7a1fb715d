import { bucketArn, partitionOf, tryParseArn } from "../../access/arn.ts"
import type { Layer } from "../../access/decision.ts"
import { gapText } from "../../access/gaps.ts"
import type { Gap } from "../../access/inventory.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import type { DrillContext, Sessions } from "../context.ts"
import { find, type Refusal } from "./find.ts"
import { Model, statementFor, type ModelAnswer } from "./model.ts"
import { drillNeeds, type Actor, type Need } from "./needs.ts"
import { readPolicies } from "./policies.ts"
import { liveAnswers, type LiveAnswer } from "./probes.ts"

/**
 * Proves, before anything is written, that the drill's roles have every right to the end of the drill: by the policies
 * (model) and, where it leaves no trace, by AWS (live). One missing right names the role, the action, the resource and
 * the statement to add. Where model and live differ, that is told and kept.
 * @throws DrError E_DRILL_RIGHTS (77) with all that is missing
 */
export async function checkAccess(context: DrillContext, sessions: Sessions): Promise<void> {
  const { finds, refusals } = await find(context, sessions)
  const needs = drillNeeds(context.scope, finds, context.scratchPrefix, context.deps.run)
  const model = new Model(await readPolicies(context, sessions, finds))
  const live = await liveAnswers(context, sessions, finds, needs)
  const missing = refusals.map((refusal) => refusedLookUp(context, refusal))
  const differing: string[] = []
  for (const need of needs) {
    const byModel = model.answer(need, roleOf(context, need.actor))
    const byAws = live.get(need) ?? NOT_TRIED
    record(context, need, byModel, byAws)
    if (differ(byModel, byAws)) differing.push(difference(context, need, byModel, byAws))
    const fault = judge(context, need, byModel, byAws)
    if (fault !== undefined) missing.push(fault)
  }
  tellDifferences(context, differing)
  const all = [...new Set(missing)]
  context.check(
    "preflight",
    "rights of the drill's roles",
    all.length === 0 ? "ok" : "failed",
    "complete",
    told(all, needs),
  )
  if (all.length > 0)
    throw new DrError({ code: "E_DRILL_RIGHTS", exit: EXIT.noPermission, message: all.join("\n"), hints: HINTS })
}

const NOT_TRIED: LiveAnswer = { live: "not-tried" }
const HINTS = ["dr policy render -e ENV prints the policies whole", "nothing was written"]

const roleOf = ({ scope }: DrillContext, actor: Actor): string => scope[actor].role

const told = (missing: readonly string[], needs: readonly Need[]): string =>
  missing.length === 0 ? `all ${needs.length}` : `${missing.length} missing`

function record(context: DrillContext, need: Need, { model }: ModelAnswer, { live }: LiveAnswer): void {
  const { action, resource, why } = need
  const role = roleOf(context, need.actor)
  context.deps.emit("access.checked", { drill: context.drill, role, action, resource, model, live, why })
}

/** A finding of its own: drift, a policy that nobody could read, or a mistake in the model. The drill goes on where AWS says yes. */
function tellDifferences(context: DrillContext, differing: readonly string[]): void {
  const observed = differing.length === 0 ? "agree" : differing.join("; ")
  context.check(
    "preflight",
    "policies and AWS agree on the rights",
    differing.length === 0 ? "ok" : "skipped",
    "agree",
    observed,
  )
  for (const message of differing) {
    context.deps.emit("warning", {
      message,
      hint: "a policy that dr could not read (SCP, RCP, boundary) decides, or a change has not taken effect yet",
    })
  }
}

const difference = (context: DrillContext, need: Need, { model }: ModelAnswer, { live }: LiveAnswer): string =>
  `model and live differ: ${roleOf(context, need.actor)} ${need.action} on ${need.resource} is ${model} by the policies, ${live} by AWS`

/** The text of what is wrong with one need, if anything is. */
function judge(context: DrillContext, need: Need, byModel: ModelAnswer, byAws: LiveAnswer): string | undefined {
  const role = roleOf(context, need.actor)
  if (byAws.live === "allowed") return undefined
  if (byAws.live === "denied") return sentence(context, need, layerOf(byAws.message) ?? byModel.layer, "AWS refuses it")
  if (byModel.model === "allowed") return undefined
  if (byModel.model === "denied") return sentence(context, need, byModel.layer, "no policy allows it")
  return `${party(need.actor)} ${role} needs ${need.action} on ${need.resource} ${need.why}, and nobody can tell whether it has it: ${byModel.gaps.map((gap) => unread(context, gap)).join("; ")}`
}

/** What must be readable before a need can be judged, and the statement that makes it so. */
function unread(context: DrillContext, gap: Gap): string {
  const { scope } = context
  const key = tryParseArn(gap.subject)?.service === "kms"
  const role = tryParseArn(gap.subject)?.service === "iam"
  const account = tryParseArn(gap.subject)?.account
  const source = scope.datasets.some(({ bucket }) => bucket === gap.subject)
  const actor: Actor = source || account === scope.workload.account ? "workload" : "recovery"
  const action = key
    ? gap.what === "grants"
      ? "kms:ListGrants"
      : "kms:GetKeyPolicy"
    : role
      ? "iam:GetRolePolicy"
      : "s3:GetBucketPolicy"
  const resource = key || role ? gap.subject : bucketArn(gap.subject, partitionOf(scope.recoveryRegion))
  const need: Need = { actor, action, resource, resourceAccount: scope[actor].account, facts: {}, why: "" }
  const reader = roleOf(context, actor)
  const statement = JSON.stringify(statementFor(need, reader, "identity", scope.rendered))
  return `${gapText(gap)}; add to a policy of ${reader} ${statement}`
}

const differ = ({ model }: ModelAnswer, { live }: LiveAnswer): boolean =>
  live !== "not-tried" && model !== "undecided" && model !== live

function sentence(context: DrillContext, need: Need, layer: Layer, why: string): string {
  const role = roleOf(context, need.actor)
  const statement = JSON.stringify(statementFor(need, role, layer, context.scope.rendered))
  return `${party(need.actor)} ${role} may not ${need.action} on ${need.resource} ${need.why} (${why}): ${place(layer, need, role)} ${statement}`
}

const party = (actor: Actor): string => `the ${actor === "recovery" ? "recovery" : "drill"} role`

function place(layer: Layer, need: Need, role: string): string {
  if (layer === "resource") return `add to the policy of ${need.resource}`
  if (layer === "identity" || layer === "operation" || layer === "root" || layer === "grant")
    return `add to a policy of ${role}`
  return `a ${layer} policy is in the way of ${role}; it must allow`
}

/** Which layer AWS says is lacking. */
function layerOf(message: string | undefined): Layer | undefined {
  const type = /because no ([a-zA-Z -]+) allows/.exec(message ?? "")?.[1]
  const layers: Readonly<Record<string, Layer>> = {
    "identity-based policy": "identity",
    "resource-based policy": "resource",
    "permissions boundary": "boundary",
    "session policy": "session",
    "service control policy": "scp",
    "VPC endpoint policy": "endpoint",
  }
  return type === undefined ? undefined : layers[type]
}

/** The thing that was looked for is not known yet, so its policy cannot be asked: AWS's own words and the right rendered statement. */
function refusedLookUp(context: DrillContext, { need, thrown }: Refusal): string {
  const role = roleOf(context, need.actor)
  const key = context.scope.rendered?.keys.find(
    ({ aliases, account }) =>
      account === context.scope[need.actor].account && aliases.some((alias) => need.resource.includes(alias)),
  )
  const full: Need = {
    ...need,
    resource: key?.arn ?? need.resource,
    resourceAccount: context.scope[need.actor].account,
    facts: {},
  }
  const statement = JSON.stringify(
    statementFor(full, role, layerOf(thrown.message) ?? "identity", context.scope.rendered),
  )
  return `${party(need.actor)} ${role} may not ${need.action} on ${need.resource} ${need.why} (AWS refuses it): ${place(layerOf(thrown.message) ?? "identity", full, role)} ${statement}`
}
