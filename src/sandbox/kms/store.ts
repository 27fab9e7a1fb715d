import type { KeyObject } from "node:crypto"
import type { AccountId, RegionName } from "../../kernel/brands.ts"
import type { Conditions, World } from "../core/world.ts"
import type { Alias, KeyGroup, KmsKey } from "./key.ts"

/** All keys of all accounts. An id is unique within its Region, whoever owns it. */
export interface KmsStore {
  readonly world: World
  readonly keys: Map<RegionName, Map<string, KmsKey>>
  /** `region/account/alias/name` */
  readonly aliases: Map<string, Alias>
  /** Token → grant id. Tokens stay known when their grant has ended. */
  readonly grantTokens: Map<string, string>
  readonly wrapping: Wrapping
  /** The condition keys that only depend on the key; emptied when an alias or a primary changes. */
  readonly facts: Map<KmsKey, Conditions>
}

/** What GetParametersForImport hands out. */
export interface Wrapping {
  /** Seals import tokens; made on first use. */
  secret?: Buffer
  /** Private keys by WrappingKeySpec: made on first use, because RSA takes its time, and used for all keys. */
  readonly keys: Map<string, KeyObject>
  readonly underway: Map<string, Promise<KeyObject>>
}

export const kmsStore = (world: World): KmsStore => ({
  world,
  keys: new Map(),
  aliases: new Map(),
  grantTokens: new Map(),
  wrapping: { keys: new Map(), underway: new Map() },
  facts: new Map(),
})

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

/** The account's keys in one Region. */
export function keysOf(store: KmsStore, region: RegionName, account: AccountId): KmsKey[] {
  return [...(store.keys.get(region)?.values() ?? [])].filter((key) => key.account === account)
}

export function aliasesOf(store: KmsStore, key: KmsKey): Alias[] {
  return [...store.aliases.values()].filter(
    (alias) => alias.keyId === key.group.id && alias.region === key.region && alias.account === key.account,
  )
}

/** Call after every change of an alias or of which key is primary. */
export const forgetFacts = (store: KmsStore): void => store.facts.clear()
