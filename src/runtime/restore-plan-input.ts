import { openRestorePlan } from "../restore/plan/plan-file.ts"
import type { RestorePlan } from "../restore/plan/restore-plan.ts"
import { readInput } from "./input-text.ts"
import { parseInput } from "./json-input.ts"

/** @throws DrError E_INPUT, E_PLAN, E_PLAN_EDITED (78) */
export async function readRestorePlan(path: string, signal: AbortSignal): Promise<RestorePlan> {
  return openRestorePlan(path, parseInput(path, await readInput(path, signal)))
}
