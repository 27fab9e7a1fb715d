import type { KeyArn } from "../../kernel/brands.ts"
import { isoStamp } from "../../kernel/clock.ts"
import { MINUTE, SECOND } from "../../kernel/units.ts"
import { workloadRegions } from "../policy/scene.ts"
import { makeNewKey } from "./make-key.ts"
import { isWhole } from "./position.ts"
import { proveNewKey, type KeyProof } from "./prove-key.ts"
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
  const proof = await provedInTime(made)
  // The policy document's own template lets no drill role use the key: there is nobody who could try it.
  if (!proof.ok && key.policy === "guarded") return { made, report: { ...reportOf(made, "refused"), step: 1, proof } }
  const whole = await readAgain(made, { madeAt: isoStamp(deps.clock.now()), ...made.state })
  return { made: whole, report: { ...reportOf(whole, "done"), step: 1, proof } }
}

/** New policies reach every part of KMS within minutes; what the template shuts out is not waited for. */
const PATIENCE = 2 * MINUTE
const TRY_EVERY = 5 * SECOND

async function provedInTime({ deps, scope, state }: Rotating): Promise<KeyProof> {
  const { clock, signal } = deps
  for (const since = clock.mono(); ; await clock.sleep(TRY_EVERY, signal)) {
    const proof = await proveNewKey(deps, scope, state.newKey as KeyArn, state.id)
    if (proof.ok || scope.key.policy !== "guarded" || clock.mono() - since >= PATIENCE) return proof
  }
}
