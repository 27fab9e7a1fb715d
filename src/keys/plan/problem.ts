import type { PlanProblem } from "./key-plan.ts"
import type { WantedState } from "./wanted-state.ts"

/** A problem of one key. Unless it says otherwise it does not block, and leaves something undone that dr.yaml wants. */
export const problem = (
  { name, side }: Pick<WantedState, "name" | "side">,
  code: string,
  told: Pick<PlanProblem, "message" | "hint"> & Partial<Pick<PlanProblem, "region" | "blocks" | "unmet">>,
): PlanProblem => {
  const { region, message, hint, blocks = false, unmet = true } = told
  return { code, key: name, side, ...(region === undefined ? {} : { region }), message, hint, blocks, unmet }
}
