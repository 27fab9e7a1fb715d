import { relatedIn } from "../../access/arn.ts"
import type { KeyArn } from "../../kernel/brands.ts"
import { DrError, messageOf } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import type { AccountReader } from "../inventory-port.ts"
import { everyPlace, found, isWhole, type KeyAt, type Position } from "./position.ts"
import type { RotateDeps, RotationScope } from "./ports.ts"
import { stillUnder } from "./remaining.ts"
import type { RegionUse, RetireFacts } from "./retire-decision.ts"
import type { RotationState } from "./state.ts"

/** The policy document's waiting period, and the longest that KMS takes. */
const WAIT_DAYS = 30

const isPending = ({ state }: KeyAt): boolean => state === "PendingDeletion" || state === "PendingReplicaDeletion"
const isGone = ({ state }: KeyAt): boolean => state === "absent"

/** Reads what step 5 decides on. Every version of every dataset is asked for its key. */
export async function readRetireFacts(
  deps: RotateDeps,
  scope: RotationScope,
  state: RotationState,
  position: Position,
): Promise<RetireFacts> {
  const reader = await deps.actors.reader(scope.environment.workload.id)
  const newKey = state.newKey as KeyArn
  const live = position.oldKey.filter((place) => !isPending(place) && !isGone(place))
  return {
    provenAt: state.provenAt,
    aliasElsewhere: position.alias
      .filter(({ region, key }) => key !== relatedIn(region, newKey))
      .map(({ region }) => region),
    newKeyWhole: isWhole(position.newKey),
    uses: await Promise.all(live.map((place) => useOf(reader, place))),
    grants: (await Promise.all(live.map((place) => foreignGrants(reader, scope, place)))).flat(),
    remaining: await stillUnder(deps, scope, state.oldKey as KeyArn),
  }
}

async function useOf(reader: AccountReader, { region, arn }: KeyAt): Promise<RegionUse> {
  try {
    const [use, key] = await Promise.all([reader.lastUse(region, arn), found(reader, region, arn)])
    return { region, ...(key?.createdAt === undefined ? {} : { createdAt: key.createdAt }), use }
  } catch (thrown) {
    if (!(thrown instanceof DrError)) throw thrown
    return { region, why: messageOf(thrown) }
  }
}

async function foreignGrants(reader: AccountReader, { key }: RotationScope, { region, arn }: KeyAt) {
  const named = new Set(key.grants.map(({ name }) => name))
  const grants = await reader.grants(region, arn)
  return grants
    .filter(({ name }) => name === undefined || !named.has(name))
    .map(({ id, grantee }) => ({ region, id, grantee }))
}

/** What was scheduled, and the way back. */
export interface Retired {
  readonly places: ReadonlyArray<KeyAt & { readonly undo: string }>
}

/**
 * Schedules the deletion of the replicas, then of the primary, thirty days each; the primary's clock starts when the last
 * replica is gone. May be called again after a kill: what is pending is left alone. The caller has judged the facts.
 * @throws DrError E_REPLICAS_LIVE (3): the primary is left alone
 */
export async function retireKey(deps: RotateDeps, scope: RotationScope, oldKey: KeyArn): Promise<Retired> {
  const account = scope.environment.workload.id
  const reader = await deps.actors.reader(account)
  const schedule = async (place: KeyAt): Promise<void> => {
    if (isPending(place) || isGone(place)) return
    const keeper = await deps.actors.admin(account, "break-glass")
    await keeper.scheduleDeletion(place.arn, WAIT_DAYS).catch(async (thrown: unknown) => {
      // An answer that was lost: it is pending, or the call did not come.
      const state = (await found(reader, place.region, place.arn))?.state ?? "absent"
      if (!isPending({ ...place, state })) throw thrown
    })
  }
  const places = await everyPlace(reader, oldKey, [])
  for (const place of places.filter(({ type }) => type === "REPLICA")) await schedule(place)
  const again = await everyPlace(reader, oldKey, [])
  const alive = again.filter((place) => place.type === "REPLICA" && !isPending(place) && !isGone(place))
  if (alive.length > 0) throw replicasLive(oldKey, alive)
  for (const place of again.filter(({ type }) => type !== "REPLICA")) await schedule(place)
  const now = await everyPlace(reader, oldKey, [])
  return { places: now.map((place) => ({ ...place, undo: undoOf(place) })) }
}

/** A cancelled deletion leaves the key disabled: it must be enabled as well (facts: trap 5). */
const undoOf = ({ region, arn }: KeyAt): string =>
  `aws kms cancel-key-deletion --region ${region} --key-id ${arn} && aws kms enable-key --region ${region} --key-id ${arn}`

function replicasLive(oldKey: string, alive: readonly KeyAt[]): DrError {
  return new DrError({
    code: "E_REPLICAS_LIVE",
    exit: EXIT.checkSaysNo,
    message: `the deletion of ${oldKey} is not scheduled while replicas live: ${alive.map(({ arn, state }) => `${arn} is ${state}`).join(", ")}`,
    hints: ["run the same command again"],
  })
}
