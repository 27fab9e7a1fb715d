import type { AccountId, RegionName } from "../../kernel/brands.ts"
import { isRecoveryKey } from "./known-statements.ts"
import type { AdoptedKey, AdoptedSource } from "./source.ts"

/** A workload key with the recovery key that belongs to it. */
export interface KeyPair {
  readonly name: string
  readonly key: AdoptedKey
  readonly recovery?: AdoptedKey
  /** By what the two belong together, where it is a guess. */
  readonly paired?: string
}

export interface AdoptedEnvironment {
  readonly name: string
  readonly account?: AccountId
  readonly recoveryAccount?: AccountId
  readonly primaryRegion?: RegionName
  readonly recoveryRegion?: RegionName
  readonly pairs: readonly KeyPair[]
}

/** The tags of `dr keys`. */
const TAG = { env: "dr:env", key: "dr:key", side: "dr:side" } as const
const SUFFIX = /-(recovery|backup|dr)$/

/** An environment has one workload account. Tags of dr decide what belongs together; else names do, and it is said. */
export function environmentsOf(
  { keys }: AdoptedSource,
  standard: string,
): { readonly environments: readonly AdoptedEnvironment[]; readonly unused: readonly AdoptedKey[] } {
  const aliases = new Set(keys.map(({ alias }) => alias))
  const isRecovery = (key: AdoptedKey): boolean => {
    if (key.tags[TAG.side] !== undefined) return key.tags[TAG.side] === "recovery"
    return isRecoveryKey(key) || (SUFFIX.test(key.alias ?? "") && aliases.has(key.alias?.replace(SUFFIX, "")))
  }
  const recoveries = new Set(keys.filter(isRecovery))
  const groups = new Map<string, AdoptedKey[]>()
  for (const key of keys.filter((each) => !recoveries.has(each))) {
    const group = `${key.tags[TAG.env] ?? standard}\n${key.account ?? ""}`
    groups.set(group, [...(groups.get(group) ?? []), key])
  }
  const environments = [...groups].map(([group, own]): AdoptedEnvironment => {
    const [env = standard, account = ""] = group.split("\n")
    const taken = [...groups.keys()].filter((each) => each.startsWith(`${env}\n`)).length > 1
    return environment(nameFrom(taken ? `${env}-${account || "unknown"}` : env, standard), own, recoveries)
  })
  return { environments, unused: [...recoveries] }
}

function environment(name: string, own: readonly AdoptedKey[], recoveries: Set<AdoptedKey>): AdoptedEnvironment {
  const names = new Set<string>()
  const pairs = own.map((key): KeyPair => {
    const found = partnerOf(key, recoveries)
    if (found !== undefined) recoveries.delete(found.recovery)
    return {
      name: unique(nameFrom(key.tags[TAG.key] ?? key.alias?.replace(/^alias\//, "") ?? "key", "key"), names),
      key,
      ...found,
    }
  })
  const primaryRegion = only(own.map(({ region }) => region))
  const guards = pairs.flatMap(({ recovery }) => (recovery === undefined ? [] : [recovery]))
  const recoveryRegion =
    only(guards.map(({ region }) => region)) ??
    only(own.filter(({ replicas }) => replicas.length > 0).flatMap(({ replicas }) => replicas))
  const account = only(own.map((key) => key.account))
  const recoveryAccount = only(guards.map((key) => key.account))
  return {
    name,
    pairs,
    ...(account === undefined ? {} : { account }),
    ...(recoveryAccount === undefined ? {} : { recoveryAccount }),
    ...(primaryRegion === undefined ? {} : { primaryRegion }),
    ...(recoveryRegion === undefined || recoveryRegion === primaryRegion ? {} : { recoveryRegion }),
  }
}

function partnerOf(
  key: AdoptedKey,
  recoveries: ReadonlySet<AdoptedKey>,
): (Pick<Required<KeyPair>, "recovery"> & Pick<KeyPair, "paired">) | undefined {
  const [env, name] = [key.tags[TAG.env], key.tags[TAG.key]]
  const all = [...recoveries].filter(({ account }) => account === undefined || account !== key.account)
  const tagged = all.find(({ tags }) => name !== undefined && tags[TAG.key] === name && tags[TAG.env] === env)
  if (tagged !== undefined) return { recovery: tagged }
  const named = all.filter(({ alias }) => alias !== undefined && alias.replace(SUFFIX, "") === key.alias)
  return named[0] !== undefined && named.length === 1
    ? { recovery: named[0], paired: "paired by their aliases" }
    : undefined
}

/** The value, where all that is told is the same. */
function only<T>(values: ReadonlyArray<T | undefined>): T | undefined {
  const told = [...new Set(values.filter((value) => value !== undefined))]
  return told.length === 1 ? told[0] : undefined
}

/** As dr.yaml takes names. */
export function nameFrom(text: string, otherwise: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60)
  return name === "" ? otherwise : name
}

export function unique(name: string, taken: Set<string>): string {
  let free = name
  for (let at = 2; taken.has(free); at++) free = `${name}-${at}`
  taken.add(free)
  return free
}
