import { keyIdOf } from "../../access/arn.ts"
import type { KeyArn } from "../../kernel/brands.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { SECOND, type Millis } from "../../kernel/units.ts"
import type { ApplyDeps, MakeKey, StepDeps, StepMemory } from "./apply-deps.ts"
import { identify } from "./identify.ts"
import { isCurrent, isUncertain } from "./step-work.ts"
import { waitUntil } from "./wait-until.ts"
import { wantedStates } from "./wanted-state.ts"

/** A key that was made a moment ago may not be listed yet; nobody makes a second one before this has passed. */
const SETTLE: Millis = 30 * SECOND

/**
 * CreateKey knows no client token, so sending it twice would leave an orphan: the key carries our tags from its first
 * moment and is looked for by them, after an answer that was lost and before a second attempt.
 * @throws DrError E_KEY_UNCERTAIN (75) when nobody can say yet whether the key was made
 */
export async function makeKey(deps: StepDeps, step: MakeKey, memory: StepMemory): Promise<KeyArn> {
  // Whoever acts is found first: a code is asked for, and no key is made while somebody looks for it.
  const admin = await deps.actors.admin(step.account, step.as)
  const earlier = await madeBefore(deps, step, memory)
  if (earlier !== undefined) return earlier
  await memory.willAct(undefined)
  try {
    const { description, policy, tags, origin, multiRegion } = step
    return await admin.createKey(step.region, { description, policy, tags, origin, multiRegion })
  } catch (thrown) {
    if (!(thrown instanceof DrError) || !isUncertain(thrown)) throw thrown
    const found = await lookFor(deps, step, memory, SETTLE)
    if (found !== undefined) return found
    throw uncertain(step, thrown)
  }
}

/** Until the key shows itself whole: usable or waiting for its material, with its policy. */
export async function keyShows(deps: StepDeps, step: MakeKey, arn: KeyArn): Promise<void> {
  const reader = await deps.actors.reader(step.account)
  const waiting = { phase: step.id, what: `${arn} is not yet as it was made`, limit: 4 * SETTLE }
  await waitUntil(deps, waiting, async () => {
    try {
      const { state } = await reader.describeKey(step.region, arn)
      const ready = state === "Enabled" || (state === "PendingImport" && step.origin === "EXTERNAL")
      return ready && isCurrent(step, await reader.keyPolicy(step.region, arn))
    } catch (thrown) {
      if (thrown instanceof DrError && thrown.code === "E_AWS_NOT_FOUND") return false
      throw thrown
    }
  })
}

/** An earlier process may have died between the call and its answer. */
async function madeBefore(deps: StepDeps, step: MakeKey, memory: StepMemory): Promise<KeyArn | undefined> {
  const { acting } = memory
  if (acting?.step !== step.id) return undefined
  const since = deps.clock.now() - Date.parse(acting.at)
  const left = Math.max(0, Math.min(SETTLE, SETTLE - since))
  return lookFor(deps, step, memory, left)
}

async function lookFor(
  deps: StepDeps,
  step: MakeKey,
  { seek }: StepMemory,
  limit: Millis,
): Promise<KeyArn | undefined> {
  let found: KeyArn | undefined
  const waiting = { phase: step.id, what: "the key was not seen", limit }
  try {
    await waitUntil(deps, waiting, async () => (found = await seek(step)) !== undefined)
  } catch (thrown) {
    if (!(thrown instanceof DrError) || thrown.code !== "E_STILL_WAITING") throw thrown
  }
  return found
}

/** As an inventory knows it: the one key that is meant for this name. */
export async function seekPlanned(deps: ApplyDeps, step: MakeKey): Promise<KeyArn | undefined> {
  const inventory = await deps.readInventory()
  const seen = inventory.keys.find(({ name, side }) => name === step.key && side === step.side)
  const wanted = wantedStates(deps.environment).find(({ name, side }) => name === step.key && side === step.side)
  if (seen === undefined || wanted === undefined) return undefined
  const identity = identify(wanted, seen)
  if (identity.kind === "none") return undefined
  const facts = identity.kind === "key" ? identity.key.regions.get(step.region) : undefined
  if (facts === undefined || keyIdOf(facts.arn) === undefined) throw uncertain(step)
  return facts.arn
}

const uncertain = (step: MakeKey, cause?: DrError): DrError =>
  new DrError({
    code: "E_KEY_UNCERTAIN",
    exit: EXIT.tryLater,
    message: `nobody can say yet whether the key for ${step.side}/${step.key} was made in ${step.region}${cause === undefined ? "" : `: ${cause.message}`}`,
    hints: ["run the same command again: it looks for the key by its tags before it makes another"],
    ...(cause?.aws === undefined ? {} : { aws: cause.aws }),
    ...(cause === undefined ? {} : { cause }),
  })
