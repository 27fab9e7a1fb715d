import { aliasArn, keyArn, partitionOf, accountPrincipalArn, tryParseArn } from "../../access/arn.ts"
import type { AccountId, RegionName } from "../../kernel/brands.ts"
import { DAY } from "../../kernel/units.ts"
import type { World } from "../core/world.ts"
import { uuidOf } from "./blob.ts"
import { invalidKeyId, noSuchKey, notFound } from "./errors.ts"
import type { Alias, KeyGroup, KmsKey } from "./key.ts"

/** All keys of all accounts. An id is unique within its Region, whoever owns it. */
export interface KmsStore {
  readonly world: World
  readonly keys: Map<RegionName, Map<string, KmsKey>>
  /** `region/account/alias/name` */
  readonly aliases: Map<string, Alias>
}

export const kmsStore = (world: World): KmsStore => ({ world, keys: new Map(), aliases: new Map() })

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const MRK = /^mrk-[0-9a-f]{32}$/

const isKeyId = (text: string): boolean => UUID.test(text) || MRK.test(text)

export const aliasKey = (region: string, account: string, name: string): string => `${region}/${account}/${name}`

export function keyIn(store: KmsStore, region: RegionName, keyId: string): KmsKey | undefined {
  return store.keys.get(region)?.get(keyId)
}

export function addKey(store: KmsStore, key: KmsKey): void {
  let keys = store.keys.get(key.region)
  if (keys === undefined) store.keys.set(key.region, (keys = new Map()))
  keys.set(key.group.id, key)
}

/** Primary and replicas that exist. */
export function relatedKeys(store: KmsStore, group: KeyGroup): KmsKey[] {
  return [...store.keys.values()].flatMap((keys) => {
    const key = keys.get(group.id)
    return key === undefined ? [] : [key]
  })
}

/**
 * The key behind an id, key ARN, alias or alias ARN, as seen by `account` in `region`. Does not authorise.
 * @throws ServiceError NotFoundException in AWS's words
 */
export function resolveKey(
  store: KmsStore,
  region: RegionName,
  account: AccountId,
  ref: string,
  aliases = true,
): KmsKey {
  if (ref.startsWith("arn:")) return resolveArn(store, region, ref, aliases)
  if (ref.startsWith("alias/") && aliases) return keyOfAlias(store, region, account, ref)
  if (!isKeyId(ref)) throw invalidKeyId(ref)
  const key = keyIn(store, region, ref)
  if (key === undefined || key.account !== account) throw noSuchKey(keyArn(region, account, ref))
  return key
}

function resolveArn(store: KmsStore, region: RegionName, ref: string, aliases: boolean): KmsKey {
  const arn = tryParseArn(ref)
  if (arn === undefined || arn.service !== "kms" || arn.partition !== partitionOf(region))
    throw notFound(`Invalid arn ${ref}`)
  if (arn.region !== region) throw notFound(`Invalid arn ${arn.region}`)
  if (arn.resource.startsWith("alias/") && aliases)
    return keyOfAlias(store, region, arn.account as AccountId, arn.resource)
  const id = arn.resource.startsWith("key/") ? arn.resource.slice(4) : ""
  if (!isKeyId(id)) throw invalidKeyId(ref)
  const key = keyIn(store, region, id)
  if (key === undefined || key.account !== arn.account) throw noSuchKey(ref)
  return key
}

function keyOfAlias(store: KmsStore, region: RegionName, account: AccountId, name: string): KmsKey {
  const alias = store.aliases.get(aliasKey(region, account, name))
  const lag = store.world.settings.lagMs ?? 0
  const stale = alias !== undefined && lag > 0 && store.world.clock.now() < alias.updatedAt + lag
  const keyId = stale ? alias.previousKeyId : alias?.keyId
  const key = keyId === undefined ? undefined : keyIn(store, region, keyId)
  if (key === undefined) throw notFound(`Alias ${aliasArn(region, account, name)} is not found.`)
  return key
}

export const defaultPolicy = (account: AccountId, region: RegionName): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Id: "key-default-1",
    Statement: [
      {
        Sid: "Enable IAM User Permissions",
        Effect: "Allow",
        Principal: { AWS: accountPrincipalArn(account, partitionOf(region)) },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  })

export interface NewKey {
  readonly account: AccountId
  readonly region: RegionName
  readonly multiRegion: boolean
  readonly origin: "AWS_KMS" | "EXTERNAL"
  readonly description: string
  readonly policy: string
  readonly tags: ReadonlyMap<string, string>
  readonly manager: "CUSTOMER" | "AWS"
}

export function createKey(store: KmsStore, wanted: NewKey): KmsKey {
  const hex = Buffer.from(store.world.random(16)).toString("hex")
  const { account, region, multiRegion, origin } = wanted
  const group: KeyGroup = {
    id: multiRegion ? `mrk-${hex}` : uuidOf(hex),
    account,
    multiRegion,
    origin,
    materials: [],
    rotation: { enabled: false, periodDays: 365 },
    primaryRegion: region,
  }
  if (origin === "AWS_KMS") addMaterial(store, group)
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
    description: wanted.description,
    policy: wanted.policy,
    state: "Creating",
  }
}

function addMaterial(store: KmsStore, group: KeyGroup): void {
  const { random, clock } = store.world
  group.materials.push({
    id: Buffer.from(random(32)).toString("hex"),
    bytes: Buffer.from(random(32)),
    createdAt: clock.now(),
  })
}

/** Rotates when due, again and again, for as long as the setting stands. */
export function scheduleRotation(store: KmsStore, group: KeyGroup): void {
  const at = group.rotation.nextAt
  if (at === undefined) return
  store.world.clock.schedule(at, () => {
    if (!group.rotation.enabled || group.rotation.nextAt !== at || relatedKeys(store, group).length === 0) return
    addMaterial(store, group)
    group.rotation = { ...group.rotation, nextAt: at + group.rotation.periodDays * DAY }
    scheduleRotation(store, group)
  })
}

/** Really deletes the key when its time has come and nobody cancelled. */
export function scheduleDeletion(store: KmsStore, key: KmsKey): void {
  const at = key.deletionAt
  if (at === undefined) return
  store.world.clock.schedule(at, () => {
    if (key.state === "PendingDeletion" && key.deletionAt === at) removeKey(store, key)
  })
}

function removeKey(store: KmsStore, key: KmsKey): void {
  store.keys.get(key.region)?.delete(key.group.id)
  for (const [name, alias] of store.aliases) {
    if (alias.region === key.region && alias.keyId === key.group.id) store.aliases.delete(name)
  }
  const left = relatedKeys(store, key.group)
  const primary = left.length === 1 ? left[0] : undefined
  if (primary?.state === "PendingReplicaDeletion") startDeletionClock(store, primary)
}

/** The window of a primary starts when its last replica is gone. */
function startDeletionClock(store: KmsStore, primary: KmsKey): void {
  primary.state = "PendingDeletion"
  primary.deletionAt = store.world.clock.now() + (primary.pendingWindowDays ?? 30) * DAY
  delete primary.pendingWindowDays
  scheduleDeletion(store, primary)
}
