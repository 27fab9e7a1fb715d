import { tryParseArn } from "../../access/arn.ts"
import type { ResolvedEnvironment } from "../../estate/topology.ts"
import type { AccountId, KeyArn, RegionName } from "../../kernel/brands.ts"
import { mapBounded, slots, type Slots } from "../../kernel/concurrency.ts"
import type { DrError } from "../../kernel/errors.ts"
import type { ReaderFor } from "../live-readers.ts"
import { arnOf, assembleKey, type ReadByArn } from "./assemble-key.ts"
import { attempt } from "./attempt.ts"
import { taggedKeys, type TaggedKeys } from "./find-strays.ts"
import type { EstateKey, KeyInventory } from "./key-inventory.ts"
import { keyReader } from "./key-reader.ts"
import { byArn, listRegion, readAliases, type ListedRegion, type RegionAnswer } from "./read-region.ts"
import { silentRegions, type SilentRegions } from "./silent-regions.ts"
import { wantedKeys, type WantedKey } from "./wanted-keys.ts"

export interface KeyReading {
  /** ISO 8601. */
  readonly takenAt: string
  readonly signal: AbortSignal
  /** `always`: also where every alias is in place. */
  readonly strays?: "when-missing" | "always"
  /** Calls in flight: one budget for all environments that are read at once. */
  readonly inSlot?: Slots
  /** What is known about Regions without an answer, shared the same way. */
  readonly silent?: SilentRegions
}

/** Calls in flight that a reading makes of its own. */
export const CALLS_AT_ONCE = 96
const KEYS_AT_ONCE = 32

/**
 * The keys of an environment as AWS has them now, in every account and Region that it names. Every Region of an account
 * is read by itself, so a silent one costs the others nothing; what could not be read is said at its place.
 * @throws DrError E_CREDENTIALS, E_AWS_EXPIRED_TOKEN (77)
 */
export async function readKeyInventory(
  readerFor: ReaderFor,
  environment: ResolvedEnvironment,
  reading: KeyReading,
): Promise<KeyInventory> {
  const { inSlot = slots(CALLS_AT_ONCE), silent = silentRegions() } = reading
  const wanted = wantedKeys(environment)
  const accounts = [...new Set(wanted.map(({ account }) => account))]
  const keys = await mapBounded(accounts, accounts.length, (account) =>
    readAccount({ ...reading, inSlot, silent }, environment.name, readerFor, account, wanted),
  )
  const byOrder = new Map(keys.flat().map((key) => [`${key.side}/${key.name}`, key]))
  return {
    env: environment.name,
    takenAt: reading.takenAt,
    keys: wanted.map(({ side, name }) => byOrder.get(`${side}/${name}`) as EstateKey),
  }
}

type Reading = KeyReading & Required<Pick<KeyReading, "inSlot" | "silent">>

async function readAccount(
  reading: Reading,
  env: string,
  readerFor: ReaderFor,
  account: AccountId,
  all: readonly WantedKey[],
): Promise<EstateKey[]> {
  const { signal } = reading
  const wanted = all.filter((key) => key.account === account)
  const opened = await attempt(signal, () => readerFor(account))
  if (!opened.ok) return Promise.all(wanted.map((key) => nobodyReads(key, opened.error)))
  const reader = keyReader(opened.value, reading.silent, reading.inSlot)
  const listing = kept((region: RegionName) => listRegion(reader, region, signal))
  const names = [...new Set(wanted.flatMap(({ regions }) => regions))]
  const answers = new Map<RegionName, ReadonlyMap<string, RegionAnswer>>()
  const regions = await mapBounded(names, names.length, async (region) => {
    const listed = await listing(region)
    answers.set(region, await readAliases(listed, aliasesIn(wanted, region), signal))
    return listed
  })
  const readByArn: ReadByArn = async (arn) => byArn(await listing(tryParseArn(arn)?.region as RegionName), arn, signal)
  const keys = await mapBounded(
    wanted,
    KEYS_AT_ONCE,
    (key) => assembleKey(key, answersFor(key, answers), readByArn),
    signal,
  )
  if (reading.strays !== "always" && keys.every(isBehindItsAlias)) return keys
  return withStrays(env, keys, regions, signal)
}

const aliasesIn = (wanted: readonly WantedKey[], region: RegionName): string[] =>
  wanted.filter(({ regions }) => regions.includes(region)).map(({ alias }) => alias)

function answersFor(
  key: WantedKey,
  answers: ReadonlyMap<RegionName, ReadonlyMap<string, RegionAnswer>>,
): Map<RegionName, RegionAnswer> {
  return new Map(
    key.regions.map((region) => [region, answers.get(region)?.get(key.alias) ?? ({ kind: "none" } as const)]),
  )
}

/** Asks once for each Region, also after a refusal. */
function kept<T>(ask: (region: RegionName) => Promise<T>): (region: RegionName) => Promise<T> {
  const asked = new Map<RegionName, Promise<T>>()
  return (region) => {
    const answer = asked.get(region) ?? ask(region)
    asked.set(region, answer)
    return answer
  }
}

/** Every place was found, and by the alias. Where AWS said nothing there is nothing to search either. */
const isBehindItsAlias = ({ places, alias }: EstateKey): boolean =>
  places.every((place) => !place.wanted || place.kind === "unread" || hasAlias(place, alias))

const hasAlias = (place: EstateKey["places"][number], alias: string): boolean =>
  place.kind === "found" && (place.facts.aliases === undefined || place.facts.aliases.includes(alias))

async function withStrays(
  env: string,
  keys: readonly EstateKey[],
  regions: readonly ListedRegion[],
  signal: AbortSignal,
): Promise<EstateKey[]> {
  const known = new Set(
    keys.flatMap((key) => [...key.places.map(arnOf), ...key.strays.map(({ arn }) => arn)]),
  ) as ReadonlySet<KeyArn>
  const tagged = await mapBounded(regions, regions.length, (region) => taggedKeys(env, region, known, signal))
  return keys.map((key) => addStrays(key, tagged))
}

function addStrays(key: EstateKey, tagged: readonly TaggedKeys[]): EstateKey {
  const found = tagged.flatMap((region) => region.found)
  const unknown = tagged.flatMap((region) => (region.unknown === undefined ? [] : [region.unknown]))
  const own = found.filter(({ of }) => of.name === key.name && of.side === key.side)
  return {
    ...key,
    strays: [...key.strays, ...own.map(({ facts }) => facts)],
    ...(unknown.length === 0 ? {} : { straysUnknown: unknown.join("; ") }),
  }
}

const nobodyReads = (key: WantedKey, error: DrError): Promise<EstateKey> =>
  assembleKey(key, new Map(key.regions.map((region) => [region, { kind: "unread", error }])), async () => ({
    kind: "none",
  }))
