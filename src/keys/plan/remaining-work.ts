import { canonicalJson } from "../../kernel/canonical-json.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import type { BegunPlan } from "./apply-deps.ts"
import type { KeyPlan, KeyStep } from "./key-plan.ts"

/**
 * The steps of an agreed plan that are still to be taken, as they are planned now. A plan that was not begun must be
 * planned again to the same steps from the same facts; of one that was begun, what remains must be part of it. So a
 * plan file can never make dr do what dr would not plan itself.
 * @throws DrError E_PLAN_BLOCKED, E_PLAN_STALE (3), E_PLAN_EDITED (78): nothing was done
 */
export function remainingWork(
  agreed: KeyPlan,
  now: KeyPlan,
  begun: BegunPlan | undefined,
): ReadonlyMap<string, KeyStep> {
  mustNotBeBlocked(agreed, [...agreed.problems, ...now.problems])
  if (agreed.estateDigest !== now.estateDigest)
    throw stale(agreed, "dr.yaml says something else about its keys than when it was planned")
  const remaining = new Map(now.steps.map((step) => [step.id, step]))
  if (begun !== undefined) {
    if (begun.finishedAt !== undefined && remaining.size > 0)
      throw stale(agreed, `it was applied at ${begun.finishedAt}, and AWS has changed since then`)
    const parts = new Set(agreed.steps.map(fingerprint))
    const foreign = now.steps.filter((step) => !parts.has(fingerprint(step)))
    if (foreign[0] !== undefined)
      throw stale(
        agreed,
        `its apply was begun, and by now something else is needed: ${foreign.map(({ id }) => id).join(", ")}`,
      )
    return remaining
  }
  if (agreed.inventoryDigest !== now.inventoryDigest) throw stale(agreed, "AWS has changed since it was planned")
  if (canonicalJson(agreed.steps) !== canonicalJson(now.steps)) throw forged(agreed, now)
  return remaining
}

/** @throws DrError E_PLAN_BLOCKED (3) */
export function mustNotBeBlocked(plan: KeyPlan, problems: KeyPlan["problems"]): void {
  const blocking = new Map(problems.filter(({ blocks }) => blocks).map((each) => [canonicalJson(each), each]))
  if (blocking.size > 0) throw blocked(plan, [...blocking.values()])
}

/** What the step does; a key that has been made since then changes nothing about it. */
function fingerprint({ arn: _arn, undo: _undo, title: _title, ...step }: KeyStep): string {
  return canonicalJson(step)
}

const again = ({ env }: KeyPlan): string => `dr keys plan -e ${env} --out FILE shows what there is to do now`

function stale(plan: KeyPlan, why: string): DrError {
  return new DrError({
    code: "E_PLAN_STALE",
    exit: EXIT.checkSaysNo,
    message: `the plan is out of date: ${why}; nothing was done`,
    hints: [again(plan)],
  })
}

function blocked(plan: KeyPlan, problems: KeyPlan["problems"]): DrError {
  return new DrError({
    code: "E_PLAN_BLOCKED",
    exit: EXIT.checkSaysNo,
    message: [
      "the plan has problems that no step can mend; nothing was done",
      ...problems.slice(0, 10).map(({ code, side, key, message }) => `${code}: ${side}/${key}: ${message}`),
    ].join("\n"),
    hints: [...new Set(problems.map(({ hint }) => hint))].slice(0, 3).concat(again(plan)),
    details: problems,
  })
}

function forged(agreed: KeyPlan, now: KeyPlan): DrError {
  const own = new Set(now.steps.map((step) => canonicalJson(step)))
  const [strange] = agreed.steps.filter((step) => !own.has(canonicalJson(step)))
  return new DrError({
    code: "E_PLAN_EDITED",
    exit: EXIT.config,
    message: `the plan is not what this dr plans from the same facts${strange === undefined ? "" : `: ${strange.id} is not in it like that`}; nothing was done`,
    hints: [again(agreed), `it was written by dr ${agreed.tool}`],
  })
}
