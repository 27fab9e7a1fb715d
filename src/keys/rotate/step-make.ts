import { keyIdOf } from "../../access/arn.ts"
import type { RegionName } from "../../kernel/brands.ts"
import { isoStamp } from "../../kernel/clock.ts"
import { roundTrip, type Proof } from "../plan/round-trip.ts"
import { workloadRegions } from "../policy/scene.ts"
import { makeNewKey } from "./make-key.ts"
import { found, isWhole } from "./position.ts"
import type { RotationReport } from "./report.ts"
import { readAgain, reportOf, type Rotating } from "./rotating.ts"

/** Step 1: makes the new key, or finds it, and tries it before anybody writes under it. */
export async function makeStep(at: Rotating): Promise<{ made: Rotating; report: RotationReport }> {
  const { deps, scope, state } = at
  const { environment, key } = scope
  if (state.newKey === undefined || !isWhole(at.position.newKey))
    await deps.consent.reversible(
      `step 1: make a new key for ${environment.name}/${key.name} in ${workloadRegions(environment, key).join(", ")}, beside ${state.oldKey}; nothing uses it yet`,
    )
  await deps.store.save(state)
  const made = await readAgain(at, await makeNewKey(deps, scope, state))
  const proof = await prove(made)
  // Without keys there was no way to try it: then the first objects tell, in step 4.
  if (proof.result === "not-proven" && proof.keys.length > 0)
    return { made, report: { ...reportOf(made, "refused"), step: 1, proof } }
  const whole = await readAgain(made, { madeAt: isoStamp(deps.clock.now()), ...made.state })
  return { made: whole, report: { ...reportOf(whole, "done"), step: 1, proof } }
}

/** Made under the new key, rewrapped by its replica, opened under the recovery key: the way to the recovery account, too. */
async function prove({ deps, scope, state }: Rotating): Promise<Proof> {
  const { environment, key } = scope
  const reader = await deps.actors.reader(environment.recovery.id)
  const recovery = await found(reader, key.recovery.regions[0] as RegionName, key.recovery.alias)
  const ids = new Map([[`workload/${key.name}`, keyIdOf(state.newKey ?? "") ?? ""]])
  if (recovery !== undefined) ids.set(`recovery/${key.name}`, keyIdOf(recovery.arn) ?? "")
  return roundTrip({ ...deps, environment }, key, ids)
}
