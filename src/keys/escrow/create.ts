import type { AccountId, KeyArn, RegionName } from "../../kernel/brands.ts"
import type { Millis } from "../../kernel/units.ts"
import { attempt } from "../status/attempt.ts"
import type { KeyAdminPort, NewKey } from "../ports.ts"
import { bringMaterial } from "./bring.ts"
import { makeCanary } from "./canary.ts"
import { decideCreate } from "./create-decision.ts"
import { eventually, PATIENCE, stepTeller, type EscrowDeps, type ShareFolder } from "./deps.ts"
import { newSet, type NewSet, type SetWanted } from "./new-set.ts"
import { arnIn, readPlace, readPlaces, type FoundPlace } from "./places.ts"
import { provePlace, type PlaceProof } from "./prove.ts"
import { wipe } from "./secret-bytes.ts"
import type { EscrowRecord } from "./set.ts"
import { writeShares } from "./write-shares.ts"

/** One key of dr.yaml whose material is imported, and all that its Regions need. */
export interface EscrowKey extends Omit<SetWanted, "keyArn"> {
  readonly account: AccountId
  readonly alias: string
  /** The primary's first. */
  readonly regions: readonly [RegionName, ...RegionName[]]
  readonly expires: Millis | undefined
  /** A replica cannot be made before the primary has its material: the step after the first import. */
  replica(region: RegionName): Pick<NewKey, "description" | "policy" | "tags">
}

interface CreatedPlace extends PlaceProof {
  readonly region: RegionName
}

export interface Created {
  readonly record: EscrowRecord
  /** In `folder`. */
  readonly files: readonly string[]
  readonly places: readonly CreatedPlace[]
  readonly abandoned: readonly string[]
}

/**
 * New material for a key that has none, held by custodians before KMS has it: shares are written and read back first,
 * so a kill leaves a key without material, or a whole set (decision 14). What is left to do then is told by the next run.
 * @throws DrError E_ESCROW_EXISTS, E_ESCROW_UNFINISHED, E_ESCROW_KEY, E_ESCROW_UNKNOWN before anything is made
 */
export async function createEscrow(deps: EscrowDeps, key: EscrowKey, folder: ShareFolder): Promise<Created> {
  const reader = await deps.actors.reader(key.account)
  const [home] = key.regions
  const first = await readPlace(reader, key.alias, home, deps.signal)
  const others = key.regions.slice(1)
  const places =
    first.kind === "found"
      ? [first, ...(await readPlaces(reader, (region) => arnIn(first.arn, region), others, deps.signal))]
      : [first]
  const decision = decideCreate(places, await deps.store.list(), key)
  if (decision.kind === "refused") {
    if (decision.learned !== undefined) await deps.store.save(decision.learned)
    throw decision.error
  }
  // Before any secret is made: who may not import shall learn it now, and codes of second factors do not live long.
  const admin = await deps.actors.admin(key.account, "break-glass")
  for (const record of decision.abandon) await deps.store.save({ ...record, stage: "abandoned" })
  const made = await newSet({ ...key, keyArn: decision.primary.arn }, deps.random, deps.clock.now())
  try {
    const written = await bringNew(deps, key, { admin, primary: decision.primary, made, folder })
    return { ...written, abandoned: decision.abandon.map(({ set }) => set.id) }
  } finally {
    wipe(made.material, ...made.shares)
  }
}

interface Bringing {
  readonly admin: KeyAdminPort
  readonly primary: FoundPlace
  readonly made: NewSet
  readonly folder: ShareFolder
}

async function bringNew(
  deps: EscrowDeps,
  key: EscrowKey,
  { admin, primary, made, folder }: Bringing,
): Promise<Omit<Created, "abandoned">> {
  const { store, signal } = deps
  const tell = stepTeller(deps.emit, made.set.id)
  await writeShares(folder, made.set, made.shares)
  await store.save({ set: made.set, stage: "split", proofs: [], quorums: [] })
  tell("shares written and read back")
  signal.throwIfAborted()
  const { material } = made
  const { expires } = key
  const keyMaterialId = await bringMaterial(admin, primary.arn, {
    set: made.set,
    material,
    type: "NEW_KEY_MATERIAL",
    expires,
  })
  const set = { ...made.set, keyMaterialId }
  let record: EscrowRecord = { set, stage: "complete", proofs: [], quorums: [] }
  await store.save(record)
  tell("material imported", "ok", primary.region)
  const files = await writeShares(folder, set, made.shares)
  tell("shares written again, with the id of the material")
  const canary = await canaryOf(deps, key, primary, set)
  record = { ...record, ...(canary === undefined ? {} : { canary }) }
  await store.save(record)
  const places: CreatedPlace[] = [{ region: primary.region, ...(await provePlace(deps, key.account, primary, canary)) }]
  for (const region of key.regions.slice(1)) {
    signal.throwIfAborted()
    const arn = arnIn(primary.arn, region)
    const brought = await attempt(signal, async () => {
      await mustHaveReplica(deps, key, admin, primary.arn, region)
      await bringMaterial(admin, arn, { set, material, type: "EXISTING_KEY_MATERIAL", expires })
    })
    tell("material imported", brought.ok ? "ok" : "failed", region)
    const proof: PlaceProof = brought.ok
      ? await provePlace(deps, key.account, { arn, region }, canary)
      : { state: "unknown", proof: "failed", why: brought.error.message }
    places.push({ region, ...proof })
  }
  return { record, files, places }
}

/** Not to have one is told in the result: the key works, and what is missing is a proof for later. */
async function canaryOf(
  deps: EscrowDeps,
  key: EscrowKey,
  primary: FoundPlace,
  set: EscrowRecord["set"],
): Promise<EscrowRecord["canary"]> {
  const tell = stepTeller(deps.emit, set.id)
  let canary: EscrowRecord["canary"]
  const made = await attempt(deps.signal, () =>
    eventually(deps, PATIENCE.change, async () => {
      const kms = await deps.actors.drill(key.account, primary.region)
      canary = await makeCanary(kms, primary.arn, set, { run: deps.run, now: deps.clock.now() })
      return true
    }),
  )
  tell("a ciphertext kept for later proofs", made.ok ? "ok" : "failed", primary.region)
  return canary
}

/** Adopts one that is there. Resolves once it can be brought material. */
async function mustHaveReplica(
  deps: EscrowDeps,
  key: EscrowKey,
  admin: KeyAdminPort,
  primary: KeyArn,
  region: RegionName,
): Promise<void> {
  const reader = await deps.actors.reader(key.account)
  const arn = arnIn(primary, region)
  const seen = await readPlace(reader, arn, region, deps.signal)
  if (seen.kind === "absent") {
    const made = await attempt(deps.signal, () => admin.replicateKey(primary, region, key.replica(region)))
    if (!made.ok && made.error.code !== "E_AWS_CONFLICT") throw made.error
  }
  await eventually(deps, PATIENCE.replica, async () => (await reader.describeKey(region, arn)).state !== "Creating")
}
