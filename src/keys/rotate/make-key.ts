import { keyIdOf, relatedIn } from "../../access/arn.ts"
import type { KeyArn } from "../../kernel/brands.ts"
import { isoStamp } from "../../kernel/clock.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import type { AccountReader } from "../inventory-port.ts"
import type { StepMemory } from "../plan/apply-deps.ts"
import { takeStep } from "../plan/take-step.ts"
import { workloadRegions } from "../policy/scene.ts"
import { findNewKeys } from "./find-new.ts"
import { newKeySteps } from "./new-key.ts"
import { found } from "./position.ts"
import type { RotateDeps, RotationScope } from "./ports.ts"
import type { RotationState } from "./state.ts"

/**
 * Step 1: the new key with all that dr.yaml wants of it but the alias, by the same steps as `keys apply`. Whatever is there
 * already is taken; a second key is never made. May be called again after a kill.
 * @throws DrError E_ROTATION_KEYS (3) when two keys claim to be the new one or somebody took it out of use, E_KEY_UNCERTAIN,
 * E_STILL_WAITING (75)
 */
export async function makeNewKey(deps: RotateDeps, scope: RotationScope, state: RotationState): Promise<RotationState> {
  const reader = await deps.actors.reader(scope.environment.workload.id)
  let now = state
  const keep = async (next: RotationState): Promise<void> => deps.store.save((now = next))
  for (const { create, rest } of newKeySteps(scope, state.id)) {
    const memory: StepMemory = {
      acting: state.makingAt === undefined ? undefined : { step: create.id, at: state.makingAt },
      willAct: async () => undefined,
      seek: () => seekNew(reader, scope, state),
    }
    const known = (state.newKey as KeyArn | undefined) ?? (await memory.seek(create))
    if (known !== undefined) await mustLive(reader, scope, known)
    const ids = new Map(known === undefined ? [] : [[`workload/${scope.key.name}`, keyIdOf(known) ?? ""]])
    const making = { ...memory, willAct: () => keep({ ...now, makingAt: isoStamp(deps.clock.now()) }) }
    const { arn } = await takeStep(deps, create, true, ids, making)
    if (now.newKey !== arn) await keep({ ...now, newKey: arn })
    for (const step of rest) await takeStep(deps, step, true, ids, memory)
  }
  return now
}

/** Of this rotation: an aborted one leaves its key, and the rotation that takes it over takes its id as well. */
async function seekNew(
  reader: AccountReader,
  scope: RotationScope,
  { id }: RotationState,
): Promise<KeyArn | undefined> {
  const ours = (await findNewKeys(reader, scope)).filter(({ rotation }) => rotation === id)
  if (ours.length < 2) return ours[0]?.arn
  throw new DrError({
    code: "E_ROTATION_KEYS",
    exit: EXIT.checkSaysNo,
    message: `${ours.map(({ arn }) => arn).join(" and ")} both carry the tag dr:rotation ${id}: nobody can say which is the new key`,
    hints: ["take the tag dr:rotation away from the one that nothing uses, then run the command again"],
  })
}

/** A key that was just made may not be seen for a while. */
const ALIVE: ReadonlySet<string> = new Set(["absent", "Creating", "Updating", "Enabled"])

async function mustLive(reader: AccountReader, { environment, key }: RotationScope, newKey: KeyArn): Promise<void> {
  for (const region of workloadRegions(environment, key)) {
    const arn = relatedIn(region, newKey)
    const state = (await found(reader, region, arn))?.state ?? "absent"
    if (!ALIVE.has(state)) throw outOfUse(arn, state)
  }
}

const outOfUse = (arn: KeyArn, state: string): DrError =>
  new DrError({
    code: "E_ROTATION_KEYS",
    exit: EXIT.checkSaysNo,
    message: `the new key ${arn} is ${state}: somebody took it out of use`,
    hints: [
      "find out why; then enable it (after a scheduled deletion: cancel that first) and run the command again",
      "or give this rotation up: --abort",
    ],
  })
