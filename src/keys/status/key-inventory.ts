import type { Grant } from "../../access/grants.ts"
import type { AccountId, KeyArn, RegionName } from "../../kernel/brands.ts"
import type { KeyMaterial, KeyRotation, KeyUse } from "../inventory-port.ts"

/** The keys of one environment as they are, in every account and Region that it names: plain JSON. */
export interface KeyInventory {
  readonly env: string
  /** ISO 8601. */
  readonly takenAt: string
  readonly keys: readonly EstateKey[]
}

/** One key of dr.yaml: the same key id in all its Regions. */
export interface EstateKey {
  /** dr.yaml's. */
  readonly name: string
  readonly side: "workload" | "recovery"
  readonly account: AccountId
  readonly alias: string
  /** Those that dr.yaml names, the wanted primary's first; after them the Regions of replicas that it does not name. */
  readonly places: readonly KeyPlace[]
  /**
   * Keys that carry our tags for this key and are not behind its alias, in any Region that dr.yaml names: what a killed
   * `keys apply` left before the alias, or what a rotation is about to bring. Also a related key in a Region where the
   * alias points to another. Searched only when asked, or where the alias is missing somewhere.
   */
  readonly strays: readonly KeyFacts[]
  /** Why nobody can say whether there are strays: `keys` could not all be looked at. */
  readonly straysUnknown?: string
}

export type KeyPlace = FoundPlace | AbsentPlace | UnreadPlace

export interface FoundPlace {
  readonly kind: "found"
  readonly region: RegionName
  /** Named by dr.yaml. */
  readonly wanted: boolean
  readonly facts: KeyFacts
  /** Where `facts` has gaps: a reading without. */
  readonly last?: LastKnown
}

/** From the last snapshot, with its age. */
export interface LastKnown {
  readonly facts: KeyFacts
  /** ISO 8601. */
  readonly takenAt: string
}

/** AWS answered that no such key is there. */
interface AbsentPlace {
  readonly kind: "absent"
  readonly region: RegionName
  readonly wanted: true
}

/** Nobody could say: the Region is silent, or AWS refused. Never the same as absent. */
export interface UnreadPlace {
  readonly kind: "unread"
  readonly region: RegionName
  readonly wanted: boolean
  readonly why: string
  /** The Region gave no answer at all. */
  readonly unreachable: boolean
  /** As a related key in another Region names it. */
  readonly arn?: KeyArn
  readonly last?: LastKnown
}

/** One key in one Region. What could not be read stands in `gaps` and is undefined here. */
export interface KeyFacts {
  readonly arn: KeyArn
  readonly region: RegionName
  /** Enabled, Disabled, PendingDeletion, PendingReplicaDeletion, PendingImport, Creating, Updating, Unavailable */
  readonly state: string
  /** Undefined for a single-Region key. */
  readonly multiRegionType?: "PRIMARY" | "REPLICA"
  /** The primary first, then the replicas by ARN, this one included; empty for a single-Region key. */
  readonly related: readonly KeyArn[]
  readonly origin: string
  readonly spec: string
  readonly usage: string
  readonly description: string
  readonly createdAt?: string
  readonly deletionAt?: string
  readonly deletionWindowDays?: number
  /** JSON text as AWS gave it. */
  readonly policy?: string
  readonly aliases?: readonly string[]
  /** By id. */
  readonly grants?: readonly Grant[]
  readonly tags?: Readonly<Record<string, string>>
  /** Of a primary or a single-Region key; related keys share it. */
  readonly rotation?: KeyRotation
  /** Every material: rotations, and what was imported, here. */
  readonly materials?: readonly KeyMaterial[]
  readonly materialExpiresAt?: string
  readonly use?: KeyUse
  readonly gaps: ReadonlyArray<{ readonly what: string; readonly why: string }>
}

/** Our tags: by them a key is found again when its alias is not there yet. */
export const KEY_TAGS = { env: "dr:env", key: "dr:key", side: "dr:side", rotation: "dr:rotation" } as const

export const tagsFor = (env: string, key: Pick<EstateKey, "name" | "side">): Readonly<Record<string, string>> => ({
  [KEY_TAGS.env]: env,
  [KEY_TAGS.key]: key.name,
  [KEY_TAGS.side]: key.side,
})
