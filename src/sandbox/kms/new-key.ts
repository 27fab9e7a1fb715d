import { keyArn } from "../../access/arn.ts"
import type { AccountId, RegionName } from "../../kernel/brands.ts"
import { uuidOf } from "./blob.ts"
import type { KeyGroup, KmsKey } from "./key.ts"
import type { KeySpec } from "./key-spec.ts"
import { newMaterial } from "./material.ts"
import { addKey, type KmsStore } from "./store.ts"

export interface NewKey {
  /** From `newKeyId`: questions of access name the key before it exists. */
  readonly id: string
  readonly account: AccountId
  readonly region: RegionName
  readonly multiRegion: boolean
  readonly origin: KeyGroup["origin"]
  readonly spec: KeySpec
  readonly description: string
  readonly policy: string
  readonly tags: ReadonlyMap<string, string>
  readonly manager: KmsKey["manager"]
}

export function newKeyId(store: KmsStore, multiRegion: boolean): string {
  const hex = Buffer.from(store.world.random(16)).toString("hex")
  return multiRegion ? `mrk-${hex}` : uuidOf(hex)
}

export function addNewKey(store: KmsStore, wanted: NewKey): KmsKey {
  const { id, account, region, multiRegion, origin, spec } = wanted
  const group: KeyGroup = {
    id,
    account,
    multiRegion,
    origin,
    spec,
    materials: [],
    onDemandRotations: 0,
    rotation: { enabled: false, periodDays: 365 },
    primaryRegion: region,
  }
  if (origin === "AWS_KMS") group.materials.push(newMaterial(store, group))
  const key = memberOf(store, group, region, wanted)
  key.state = origin === "EXTERNAL" ? "PendingImport" : "Enabled"
  addKey(store, key)
  return key
}

/** A key of the group in one Region, still to be added to the store. */
export function memberOf(
  store: KmsStore,
  group: KeyGroup,
  region: RegionName,
  wanted: Pick<NewKey, "description" | "policy" | "tags" | "manager">,
): KmsKey {
  return {
    group,
    arn: keyArn(region, group.account, group.id),
    account: group.account,
    region,
    createdAt: store.world.clock.now(),
    manager: wanted.manager,
    tags: new Map(wanted.tags),
    imported: new Map(),
    grants: [],
    description: wanted.description,
    policy: wanted.policy,
    state: "Creating",
  }
}
