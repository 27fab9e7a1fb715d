import type { Grant } from "../../access/grants.ts"
import type { ResolvedEnvironment } from "../../estate/topology.ts"
import type { RegionName } from "../../kernel/brands.ts"
import type { KeyMaterial, KeyRotation, KeyUse } from "../inventory-port.ts"
import type { EstateKey, KeyFacts, KeyPlace } from "./key-inventory.ts"
import type { DriftOf, PolicyDrift } from "./policy-drift.ts"

type PlaceRole = "primary" | "replica" | "recovery" | "recovery-replica"

/** One key in one Region, for `dr keys status`. What AWS did not tell is absent and stands in `gaps`. */
export interface PlaceStatus {
  readonly region: RegionName
  /** Named by dr.yaml. */
  readonly wanted: boolean
  readonly found: "found" | "absent" | "unread"
  /** AWS's where it was read, else dr.yaml's. */
  readonly role: PlaceRole
  readonly arn?: string
  readonly state?: string
  /** No primary and no replica: nothing can be replicated. */
  readonly singleRegion?: boolean
  readonly origin?: string
  readonly spec?: string
  readonly usage?: string
  readonly description?: string
  readonly createdAt?: string
  readonly policy?: PolicyDrift
  readonly aliases?: readonly string[]
  readonly grants?: { readonly count: number; readonly foreign: readonly Grant[] }
  readonly tags?: Readonly<Record<string, string>>
  readonly rotation?: KeyRotation
  /** Of the 25 that a key's life has. */
  readonly onDemandRotations?: { readonly used: number; readonly limit: number }
  /** Every material; of imported ones whether it is in this Region. */
  readonly materials?: readonly KeyMaterial[]
  readonly deletion?: Deletion
  /** Of imported material: when the first of it expires. */
  readonly materialExpires?: { readonly at: string; readonly inMs: number }
  readonly use?: KeyUse
  readonly gaps: KeyFacts["gaps"]
  /** Of `unread`: why, and whether the Region gave no answer at all. */
  readonly why?: string
  readonly unreachable?: boolean
  /** What an older reading knew of a place that could not be read now, or not wholly. */
  readonly last?: { readonly takenAt: string; readonly ageMs: number; readonly status: PlaceStatus }
}

interface Deletion {
  /** ISO 8601; undefined while a primary waits for its replicas. */
  readonly at?: string
  readonly inMs?: number
  readonly windowDays?: number
}

export interface PlaceContext {
  readonly environment: ResolvedEnvironment
  readonly key: EstateKey
  readonly driftOf: DriftOf
  /** Epoch milliseconds. */
  readonly now: number
}

/** Source: KMS resource limits; not adjustable. */
const ON_DEMAND_LIMIT = 25

export function placeStatus(context: PlaceContext, place: KeyPlace): PlaceStatus {
  const { region, wanted } = place
  if (place.kind === "absent") return { region, wanted, found: "absent", role: wantedRole(context, region), gaps: [] }
  const last = place.last === undefined ? {} : { last: lastStatus(context, place, place.last) }
  if (place.kind === "unread") {
    const { arn, why, unreachable } = place
    const known = arn === undefined ? {} : { arn }
    return {
      region,
      wanted,
      found: "unread",
      role: wantedRole(context, region),
      ...known,
      gaps: [],
      why,
      unreachable,
      ...last,
    }
  }
  const { facts } = place
  return {
    region,
    wanted,
    found: "found",
    role: roleOf(context.key, facts),
    ...(facts.multiRegionType === undefined ? { singleRegion: true } : {}),
    ...plain(facts),
    policy: context.driftOf(context.key, place),
    ...(facts.grants === undefined ? {} : { grants: grantsOf(context, facts.grants) }),
    ...(facts.rotation === undefined || facts.materials === undefined
      ? {}
      : { onDemandRotations: { used: onDemand(facts.materials), limit: ON_DEMAND_LIMIT } }),
    ...deletionOf(facts, context.now),
    ...(facts.materialExpiresAt === undefined
      ? {}
      : { materialExpires: { at: facts.materialExpiresAt, inMs: Date.parse(facts.materialExpiresAt) - context.now } }),
    gaps: facts.gaps,
    ...last,
  }
}

function lastStatus(
  context: PlaceContext,
  place: KeyPlace,
  { facts, takenAt }: { readonly facts: KeyFacts; readonly takenAt: string },
): NonNullable<PlaceStatus["last"]> {
  const { region, wanted } = place
  const status = placeStatus(context, { kind: "found", region, wanted, facts })
  return { takenAt, ageMs: context.now - Date.parse(takenAt), status }
}

function wantedRole({ environment, key }: PlaceContext, region: RegionName): PlaceRole {
  const recovery = environment.keys.find(({ name }) => name === key.name)?.recovery.regions[0]
  if (key.side === "recovery") return region === recovery ? "recovery" : "recovery-replica"
  return region === environment.primaryRegion ? "primary" : "replica"
}

function roleOf({ side }: EstateKey, { multiRegionType }: KeyFacts): PlaceRole {
  if (side === "recovery") return multiRegionType === "REPLICA" ? "recovery-replica" : "recovery"
  return multiRegionType === "REPLICA" ? "replica" : "primary"
}

function plain(facts: KeyFacts) {
  const { arn, state, origin, spec, usage, description, createdAt, aliases, tags, rotation, materials, use } = facts
  return {
    arn,
    state,
    origin,
    spec,
    usage,
    description,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(aliases === undefined ? {} : { aliases }),
    ...(tags === undefined ? {} : { tags }),
    ...(rotation === undefined ? {} : { rotation }),
    ...(materials === undefined ? {} : { materials }),
    ...(use === undefined ? {} : { use }),
  }
}

/** Foreign: dr.yaml names no such grant. Of a recovery key it names none. */
function grantsOf({ environment, key }: PlaceContext, grants: readonly Grant[]): NonNullable<PlaceStatus["grants"]> {
  const spec = key.side === "recovery" ? undefined : environment.keys.find(({ name }) => name === key.name)
  const named = (grant: Grant): boolean =>
    spec?.grants.some(({ name, grantee }) => name === grant.name && grantee === grant.grantee) ?? false
  return { count: grants.length, foreign: grants.filter((grant) => !named(grant)) }
}

const onDemand = (materials: readonly KeyMaterial[]): number =>
  materials.filter(({ rotation }) => rotation?.type === "ON_DEMAND").length

function deletionOf(facts: KeyFacts, now: number): { deletion?: Deletion } {
  const { deletionAt: at, deletionWindowDays: windowDays, state } = facts
  if (!state.startsWith("Pending") || state === "PendingImport") return {}
  return {
    deletion: {
      ...(at === undefined ? {} : { at, inMs: Date.parse(at) - now }),
      ...(windowDays === undefined ? {} : { windowDays }),
    },
  }
}
