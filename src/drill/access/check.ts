import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import type { DrillContext, Sessions } from "../context.ts"
import { find, type Found, type Refusal } from "./find.ts"
import { missingText, type Missing } from "./missing.ts"
import { Model, type ModelAnswer } from "./model.ts"
import { drillNeeds, type Need } from "./needs.ts"
import { readPolicies } from "./policies.ts"
import { liveAnswers, type LiveAnswer } from "./probes.ts"
import { readRefusal } from "./refusal.ts"
import { allowIn, exemptFrom, unread } from "./remedy.ts"

/**
 * Proves, before anything is written, that the drill's roles have every right to the end of the drill: by the policies
 * (model) and, where it leaves no trace, by AWS (live). One missing right names the role, the action, the resource and
 * what to change. Where model and live differ, that is told and kept.
 * @throws DrError E_DRILL_RIGHTS (77) with all that is missing
 */
export async function checkAccess(context: DrillContext, sessions: Sessions): Promise<void> {
  const found = await find(context, sessions)
  const { finds } = found
  const needs = drillNeeds(context.scope, finds, context.scratchPrefix, context.deps.run)
  const model = new Model(await readPolicies(context, sessions, finds))
  const live = await liveAnswers(context, sessions, finds, needs)
  const alone = settle(found, needs, live)
  const missing = alone.map(({ need, thrown }) =>
    judge(context, need, UNASKED, { live: "denied", message: thrown.message }),
  )
  const differing = new Set<string>()
  for (const need of needs) {
    const byModel = model.answer(need, roleOf(context, need))
    const byAws = live.get(need) ?? NOT_TRIED
    record(context, need, byModel, byAws)
    if (differ(byModel, byAws)) differing.add(difference(context, need, byModel, byAws))
    missing.push(judge(context, need, byModel, byAws))
  }
  tellDifferences(context, [...differing])
  tellMissing(
    context,
    missing.filter((each) => each !== undefined),
    needs.length,
  )
}

const NOT_TRIED: LiveAnswer = { live: "not-tried" }
/** Of a thing that could not be looked up: there is no policy to ask. */
const UNASKED: ModelAnswer = { model: "denied", layer: "identity", denies: [], gaps: [] }

const roleOf = ({ scope }: DrillContext, { actor }: Pick<Need, "actor">): string => scope[actor].role

const sameAs = (need: Need, needs: readonly Need[]): Need[] =>
  needs.filter(
    ({ actor, action, resource }) => actor === need.actor && action === need.action && resource === need.resource,
  )

/**
 * Look-ups are AWS's answers too, to the needs of the same rights; returns the refusals that no need stands for. A probe
 * that was made as well knows better why: HEAD says nothing.
 */
function settle({ granted, refusals }: Found, needs: readonly Need[], live: Map<Need, LiveAnswer>): Refusal[] {
  const answer = (need: Need, given: LiveAnswer): Need[] => {
    const same = sameAs(need, needs)
    for (const each of same) if (!live.has(each)) live.set(each, given)
    return same
  }
  for (const need of granted) answer(need, { live: "allowed" })
  return refusals.filter(({ need, thrown }) => {
    const same = answer(need, { live: "denied", message: thrown.message })
    return !same.some((each) => live.get(each)?.live === "denied")
  })
}

function record(context: DrillContext, need: Need, { model }: ModelAnswer, { live }: LiveAnswer): void {
  const { action, resource, why } = need
  const role = roleOf(context, need)
  context.deps.emit("access.checked", { drill: context.drill, role, action, resource, model, live, why })
}

/** @throws DrError E_DRILL_RIGHTS (77) */
function tellMissing(context: DrillContext, missing: readonly Missing[], asked: number): void {
  const rights = new Set(missing.map(({ who, right }) => `${who} ${right}`)).size
  const observed = rights === 0 ? `all ${asked}` : `${rights} missing`
  context.check("preflight", "rights of the drill's roles", rights === 0 ? "ok" : "failed", "complete", observed)
  if (rights === 0) return
  throw new DrError({
    code: "E_DRILL_RIGHTS",
    exit: EXIT.noPermission,
    message: `${missingText(missing)}\nnothing was written; dr policy render -e ENV prints the policies whole, with --check what differs`,
  })
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
  `model and live differ: ${roleOf(context, need)} ${need.action} on ${need.resource} is ${model} by the policies, ${live} by AWS`

const differ = ({ model }: ModelAnswer, { live }: LiveAnswer): boolean =>
  live !== "not-tried" && model !== "undecided" && model !== live

/** What is wrong with one need, if anything is. */
function judge(context: DrillContext, need: Need, byModel: ModelAnswer, byAws: LiveAnswer): Missing | undefined {
  const party = `the ${need.actor === "recovery" ? "recovery" : "drill"} role ${roleOf(context, need)}`
  const right = `${need.action} on ${need.shown ?? need.resource} ${need.why}`
  const lacks = (why: string, remedy: string): Missing => ({
    who: `${party} may not`,
    right: `${right} (${why})`,
    because: [],
    remedies: [remedy],
  })
  if (byAws.live === "allowed") return undefined
  if (byAws.live === "denied") return lacks("AWS refuses it", refusedBy(context, need, byModel, byAws.message ?? ""))
  if (byModel.model === "allowed") return undefined
  if (byModel.denies.length > 0)
    return lacks("a policy denies it", exemptFrom(context, need, byModel.layer, byModel.denies))
  if (byModel.model === "denied") return lacks("no policy allows it", allowIn(context, need, byModel.layer))
  return { who: `nobody can tell whether ${party} may`, right, ...unread(context, byModel.gaps) }
}

/** AWS's word goes before the model's, as far as AWS gives a reason. */
function refusedBy(context: DrillContext, need: Need, byModel: ModelAnswer, message: string): string {
  const { how, layer } = readRefusal(message)
  if (how === "deny") return exemptFrom(context, need, layer, layer === byModel.layer ? byModel.denies : [])
  if (how === "no-allow" && layer !== undefined) return allowIn(context, need, layer)
  if (byModel.denies.length > 0) return exemptFrom(context, need, byModel.layer, byModel.denies)
  if (byModel.model !== "allowed") return allowIn(context, need, byModel.layer)
  return "the policies that dr can read allow it, and AWS gives no reason: look at service and resource control policies, the permissions boundary and VPC endpoint policies"
}
