import type { KeyPlan } from "../keys/plan/key-plan.ts"
import { mustBeFresh } from "../keys/plan/plan-file.ts"
import { mustNotBeBlocked } from "../keys/plan/remaining-work.ts"
import type { ResolvedEnvironment } from "../estate/topology.ts"
import type { Prompt } from "./ask.ts"

/**
 * What nobody may agree to is refused before anybody is asked. A plan with steps that have no way back wants the alias
 * of each of their keys; any other a yes.
 * @throws DrError E_PLAN_EXPIRED, E_PLAN_BLOCKED (3), E_UNCONFIRMED (64): nothing was done
 */
export async function agreeToPlan(
  prompt: Prompt,
  plan: KeyPlan,
  environment: ResolvedEnvironment,
  flags: { readonly yes: boolean; readonly confirm?: string | undefined },
  now: number,
): Promise<void> {
  mustBeFresh(plan, now)
  mustNotBeBlocked(plan, plan.problems)
  if (plan.steps.length === 0) return
  for (const alias of aliasesWithoutWayBack(plan, environment))
    await prompt.agreeByName(`a grant of ${alias} is revoked, which nobody can undo`, alias, flags.confirm)
  const count = plan.steps.length
  await prompt.agree(`Apply ${count === 1 ? "this step" : `these ${count} steps`} to ${plan.env}?`, flags.yes)
}

function aliasesWithoutWayBack({ steps }: KeyPlan, { keys }: ResolvedEnvironment): string[] {
  const aliases = steps
    .filter(({ reversible }) => !reversible)
    .flatMap(({ key, side }) => {
      const spec = keys.find(({ name }) => name === key)
      return spec === undefined ? [] : [side === "recovery" ? spec.recovery.alias : spec.alias]
    })
  return [...new Set(aliases)]
}
