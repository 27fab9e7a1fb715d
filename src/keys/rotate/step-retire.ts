import type { KeyArn } from "../../kernel/brands.ts"
import { isoStamp } from "../../kernel/clock.ts"
import type { RotationReport } from "./report.ts"
import { retireRefusals } from "./retire-decision.ts"
import { readRetireFacts, retireKey } from "./retire.ts"
import { readAgain, reportOf, type Rotating } from "./rotating.ts"

/** Step 5: schedules the old key's deletion, if nothing whatever speaks against it. */
export async function retireStep(at: Rotating, quietDays: number): Promise<RotationReport> {
  const { deps, scope, state, position } = at
  const { environment, key } = scope
  const oldKey = state.oldKey as KeyArn
  const facts = await readRetireFacts(deps, scope, state, position)
  const refusals = retireRefusals(facts, { now: deps.clock.now(), quietDays })
  const found = { step: 5 as const, remaining: facts.remaining, refusals }
  if (refusals.length > 0) return { ...reportOf(at, "refused"), ...found }
  await deps.consent.irreversible(
    `step 5: schedule the deletion of ${oldKey} of ${environment.name}/${key.name} and its replicas, 30 days each; what is still under it then is lost for good`,
    key.alias,
  )
  const retired = await retireKey(deps, scope, oldKey)
  const over = await readAgain(at, { ...state, retiredAt: isoStamp(deps.clock.now()) })
  return { ...reportOf(over, "done"), ...found, retired }
}
