import { aliasArn, keyArn, partitionOf, tryParseArn } from "../../access/arn.ts"
import type { AccountId, RegionName } from "../../kernel/brands.ts"
import { invalidKeyId, noSuchKey, notFound } from "./errors.ts"
import type { KmsKey } from "./key.ts"
import { aliasKey, keyIn, type KmsStore } from "./store.ts"

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const MRK = /^mrk-[0-9a-f]{32}$/

const isKeyId = (text: string): boolean => UUID.test(text) || MRK.test(text)

/** `alias/name` when the key is named by alias or alias ARN. */
export function aliasIn(ref: string): string | undefined {
  if (ref.startsWith("alias/")) return ref
  const at = ref.startsWith("arn:") ? ref.indexOf(":alias/") : -1
  return at < 0 ? undefined : ref.slice(at + 1)
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
