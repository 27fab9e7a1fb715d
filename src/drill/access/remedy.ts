import { bucketArn, partitionOf, tryParseArn } from "../../access/arn.ts"
import type { Layer } from "../../access/decision.ts"
import type { Gap } from "../../access/inventory.ts"
import type { DrillContext } from "../context.ts"
import { statementFor } from "./model.ts"
import type { Actor, Need } from "./needs.ts"
import { readRefusal } from "./refusal.ts"

/** Layers above a role, which an Allow in its own policies cannot widen. */
const ABOVE: Readonly<Partial<Record<Layer, string>>> = {
  boundary: "permissions boundary",
  session: "session policy",
  scp: "service control policies",
  rcp: "resource control policies",
  endpoint: "VPC endpoint policy",
}

/** What to add, and where. */
export function allowIn(context: DrillContext, need: Need, layer: Layer): string {
  const role = context.scope[need.actor].role
  const statement = JSON.stringify(statementFor(need, role, layer, context.scope.rendered))
  const above = ABOVE[layer]
  if (above !== undefined)
    return `the ${above} ${holderOf(layer, need, role)} must allow it too, for example by ${statement}`
  if (layer === "resource") return `add to the policy of ${heldBy(need.resource)} ${statement}`
  return `add to a policy of ${role} ${statement}`
}

/** A Deny is taken away, not outvoted. */
export function exemptFrom(
  context: DrillContext,
  need: Need,
  layer: Layer | undefined,
  denies: readonly string[],
): string {
  const role = context.scope[need.actor].role
  const where = layer === undefined ? "a policy" : `the ${TITLES[layer] ?? "policy"} ${holderOf(layer, need, role)}`
  const which = denies.length === 0 ? `a statement of ${where} denies it` : denies.join("; ")
  return `${which}: exempt ${role} there, or take the Deny away; an Allow does not help`
}

const TITLES: Readonly<Partial<Record<Layer, string>>> = {
  ...ABOVE,
  identity: "identity policies",
  resource: "policy",
}

function holderOf(layer: Layer, need: Need, role: string): string {
  if (layer === "scp") return `above account ${tryParseArn(role)?.account ?? ""}`
  if (layer === "rcp") return `above account ${need.resourceAccount}`
  return layer === "resource" ? `of ${heldBy(need.resource)}` : `of ${role}`
}

/** Whose policy decides about a resource: objects have none of their own. */
const heldBy = (resource: string): string =>
  tryParseArn(resource)?.service === "s3" ? (resource.split("/")[0] ?? resource) : resource

/** What could not be read, and the right that would have read it. What failed for another reason may work a minute later. */
export function unread(
  context: DrillContext,
  gaps: readonly Gap[],
): { because: readonly string[]; remedies: readonly string[] } {
  const subjects = new Map<string, Gap[]>()
  for (const gap of gaps) {
    const name = JSON.stringify([gap.subject, gap.why])
    subjects.set(name, [...(subjects.get(name) ?? []), gap])
  }
  const because = [...subjects.values()].flatMap((same) => {
    const what = [...new Set(same.map((each) => each.what))].join(" and ")
    return same.slice(0, 1).map(({ subject, why }) => `because ${what} of ${subject} could not be read: ${why}`)
  })
  return { because, remedies: gaps.flatMap((gap) => mend(context, gap)) }
}

function mend(context: DrillContext, gap: Gap): string[] {
  const { action, resource, how, layer } = readRefusal(gap.why)
  if (action === undefined) return ["run the drill again when that works"]
  const need = (wanted: string): Need => readingNeed(context, gap, wanted, resource)
  if (how === "deny") return [exemptFrom(context, need(action), layer, [])]
  const actions = action === "iam:GetPolicy" ? [action, "iam:GetPolicyVersion"] : [action]
  return actions.map((each) => allowIn(context, need(each), layer ?? "identity"))
}

function readingNeed({ scope }: DrillContext, { subject }: Gap, action: string, resource: string | undefined): Need {
  const arn = tryParseArn(subject)
  const named = arn === undefined ? bucketArn(subject, partitionOf(scope.recoveryRegion)) : subject
  const source = scope.datasets.some(({ bucket }) => bucket === subject)
  const actor: Actor = source || arn?.account === scope.workload.account ? "workload" : "recovery"
  return { actor, action, resource: resource ?? named, resourceAccount: scope[actor].account, facts: {}, why: "" }
}
