import { regionOf, relatedIn } from "../../access/arn.ts"
import type { KeyArn } from "../../kernel/brands.ts"
import { canonicalJson } from "../../kernel/canonical-json.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { MINUTE, SECOND } from "../../kernel/units.ts"
import type { AccountReader } from "../inventory-port.ts"
import { findNewKeys, type FoundNewKey } from "./find-new.ts"
import { wantedKeys, type WantedKey } from "./new-key.ts"
import { found } from "./position.ts"
import type { RotateDeps, RotationScope } from "./ports.ts"
import type { RotationState } from "./state.ts"

/**
 * Step 1: the new key, with replicas in the old one's Regions, the policies of the templates, tags and rotation. Whatever is
 * there already is taken as it is or put right; a second key is never made. May be called again after a kill.
 * @throws DrError E_ROTATION_KEYS (3) when two keys claim to be the new one, E_REPLICA_TIMEOUT (75)
 */
export async function makeNewKey(deps: RotateDeps, scope: RotationScope, state: RotationState): Promise<RotationState> {
  const reader = await deps.actors.reader(scope.environment.workload.id)
  const wanted = wantedKeys(scope, state.id)
  const [first, ...others] = wanted
  const primary = (state.newKey as KeyArn | undefined) ?? (await createOrFind(deps, scope, reader, state, first))
  const named = { ...state, newKey: primary }
  await deps.store.save(named)
  await enabled(deps, reader, primary)
  for (const replica of others) await replicate(deps, scope, reader, primary, replica)
  for (const each of wanted) await settle(deps, scope, reader, relatedIn(each.region, primary), each)
  const period = scope.key.rotation?.periodDays
  if (period !== undefined && (await reader.rotation(regionOf(primary), primary))?.periodDays !== period)
    await (await deps.actors.admin(scope.environment.workload.id, "operator")).enableRotation(primary, period)
  return named
}

/** How often the tags are searched after an answer that was lost: KMS lists a new key with a delay. */
const LOOKS = 6
const LOOK_EVERY = 5 * SECOND

async function createOrFind(
  deps: RotateDeps,
  scope: RotationScope,
  reader: AccountReader,
  state: RotationState,
  wanted: WantedKey,
): Promise<KeyArn> {
  const known = theOne(scope, state, await findNewKeys(reader, scope))
  if (known !== undefined) return known
  const keeper = await deps.actors.admin(scope.environment.workload.id, "break-glass")
  const { region, ...key } = wanted
  try {
    return await keeper.createKey(region, key)
  } catch (thrown) {
    if (isRefusal(thrown)) throw thrown
    for (let look = 0; look < LOOKS; look++) {
      const made = theOne(scope, state, await findNewKeys(reader, scope))
      if (made !== undefined) return made
      await deps.clock.sleep(LOOK_EVERY, deps.signal)
    }
    throw thrown
  }
}

/** Only of this rotation: an aborted one leaves its key, and the rotation that takes it over takes its id as well. */
function theOne(
  { environment, key }: RotationScope,
  { id }: RotationState,
  keys: readonly FoundNewKey[],
): KeyArn | undefined {
  const ours = keys.filter(({ rotation }) => rotation === id)
  if (ours.length < 2) return ours[0]?.arn
  throw new DrError({
    code: "E_ROTATION_KEYS",
    exit: EXIT.checkSaysNo,
    message: `${ours.map(({ arn }) => arn).join(" and ")} both carry the tag dr:rotation ${id} of ${environment.name}/${key.name}: nobody can say which is the new key`,
    hints: ["take the tag dr:rotation away from the one that nothing uses, then run the command again"],
  })
}

const REFUSALS: ReadonlySet<string> = new Set(["E_AWS_ACCESS_DENIED", "E_AWS_INVALID", "E_CREDENTIALS", "E_KEY_STATE"])
const isRefusal = (thrown: unknown): boolean => thrown instanceof DrError && REFUSALS.has(thrown.code)

async function replicate(
  deps: RotateDeps,
  scope: RotationScope,
  reader: AccountReader,
  primary: KeyArn,
  { region, policy, description, tags }: WantedKey,
): Promise<void> {
  const arn = relatedIn(region, primary)
  let lost: unknown
  if ((await found(reader, region, arn)) === undefined) {
    const keeper = await deps.actors.admin(scope.environment.workload.id, "break-glass")
    // It is there, or may be: whoever waits for it sees.
    await keeper.replicateKey(primary, region, { policy, description, tags }).catch((thrown: unknown) => {
      if (isRefusal(thrown)) throw thrown
      lost = thrown
    })
  }
  await enabled(deps, reader, arn, lost)
}

/** Documented as seconds, seen as ten minutes (facts: 0.8). */
const PATIENCE = 20 * MINUTE

/** `lost`: what the call threw that should have made it; thrown when the key does not show within a minute. */
async function enabled(deps: RotateDeps, reader: AccountReader, arn: KeyArn, lost?: unknown): Promise<void> {
  const { clock, emit, signal } = deps
  const region = regionOf(arn)
  for (const since = clock.mono(); ; await clock.sleep(LOOK_EVERY, signal)) {
    const state = (await found(reader, region, arn))?.state ?? "absent"
    if (state === "Enabled") return
    if (!GROWING.has(state)) throw givenUp(arn, state)
    const waited = clock.mono() - since
    if (state === "absent" && lost !== undefined && waited > MINUTE) throw lost
    if (waited > PATIENCE)
      throw new DrError({
        code: "E_REPLICA_TIMEOUT",
        exit: EXIT.tryLater,
        message: `${arn} is ${state} after ${PATIENCE / MINUTE} minutes`,
        hints: ["run the same command again: it goes on from here"],
      })
    emit("progress", {
      drill: "keys rotate",
      phase: `new key in ${region}: ${state}`,
      done: Math.floor(waited / SECOND),
      total: PATIENCE / SECOND,
      unit: "s",
    })
  }
}

/** A key that was just made may not be seen for a while. */
const GROWING: ReadonlySet<string> = new Set(["absent", "Creating", "Updating"])

const givenUp = (arn: KeyArn, state: string): DrError =>
  new DrError({
    code: "E_ROTATION_KEYS",
    exit: EXIT.checkSaysNo,
    message: `the new key ${arn} is ${state}: somebody took it out of use`,
    hints: [
      "find out why; then enable it (after a scheduled deletion: cancel that first) and run the command again",
      "or give this rotation up: --abort",
    ],
  })

/** Puts policy and tags right where something else stands. */
async function settle(
  deps: RotateDeps,
  scope: RotationScope,
  reader: AccountReader,
  arn: KeyArn,
  { region, policy, tags }: WantedKey,
): Promise<void> {
  const account = scope.environment.workload.id
  if (!sameJson(await reader.keyPolicy(region, arn), policy))
    await (await deps.actors.admin(account, "break-glass")).putPolicy(arn, policy)
  const there = await reader.keyTags(region, arn)
  if (Object.entries(tags).some(([name, value]) => there[name] !== value))
    await (await deps.actors.admin(account, "operator")).tag(arn, tags)
}

const sameJson = (a: string, b: string): boolean => canonicalJson(JSON.parse(a)) === canonicalJson(JSON.parse(b))
