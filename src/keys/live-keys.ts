import { aliasArn, tryParseArn } from "../access/arn.ts"
import type { InventoryKey } from "../access/inventory.ts"
import type { KeyArn, RegionName } from "../kernel/brands.ts"
import { mapBounded } from "../kernel/concurrency.ts"
import { gapList, unlessGone, type GapList } from "./gap-list.ts"
import type { AccountReader, DescribedKey, KeyRotation } from "./inventory-port.ts"
import type { ReaderFor } from "./live-readers.ts"
import type { ScopedKey } from "./live-scope.ts"

const AT_ONCE = 4

interface FoundKey {
  readonly arn: KeyArn
  readonly region: RegionName
  readonly reader: AccountReader
  readonly scope: ScopedKey
}

/** The keys behind the aliases of the estate with all their replicas, those included that the estate does not name. */
export async function readKeys(
  readerFor: ReaderFor,
  scope: readonly ScopedKey[],
  gaps: GapList,
  signal: AbortSignal,
): Promise<InventoryKey[]> {
  const found = await mapBounded(scope, AT_ONCE, (key) => findKey(readerFor, key, gaps, signal), signal)
  const byArn = new Map(found.flat().map((each) => [each.arn, each]))
  return mapBounded([...byArn.values()], AT_ONCE, (key) => readKey(key, gaps), signal)
}

/**
 * Asks in every Region by the alias, and takes what each answer says about the others: a replica need not carry the
 * alias, and a Region may be gone. A gap is told only for a Region of which no other knew the key.
 */
async function findKey(
  readerFor: ReaderFor,
  scope: ScopedKey,
  gaps: GapList,
  signal: AbortSignal,
): Promise<FoundKey[]> {
  const found = new Map<RegionName, FoundKey>()
  const refused = new Map<RegionName, GapList>()
  for (const region of scope.regions) {
    const own = gapList(signal)
    refused.set(region, own)
    await own.attempt(aliasArn(region, scope.account, scope.alias), ["policy", "grants"], async () => {
      const reader = await readerFor(scope.account)
      const { arn, related } = await reader.describeKey(region, scope.alias)
      for (const each of [arn, ...related]) {
        const at = tryParseArn(each)?.region as RegionName
        found.set(at, { arn: each, region: at, reader, scope })
      }
    })
  }
  for (const [region, own] of refused) if (!found.has(region)) gaps.take(own)
  return [...found.values()]
}

const EVERYTHING = ["state", "policy", "grants", "aliases", "tags"] as const

async function readKey({ arn, region, reader, scope }: FoundKey, gaps: GapList): Promise<InventoryKey> {
  const known = { arn, account: scope.account, region, label: scope.label, grants: [] }
  const answered = await gaps.attempt(arn, EVERYTHING, () => unlessGone(reader.describeKey(region, arn)))
  if (answered === undefined) return { ...known, aliases: [scope.alias] }
  const described = await gaps.attempt(arn, "state", answered)
  const policy = await gaps.attempt(arn, "policy", () => reader.keyPolicy(region, arn))
  const grants = await gaps.attempt(arn, "grants", () => reader.grants(region, arn))
  const aliases = await gaps.attempt(arn, "aliases", () => reader.aliases(region, arn))
  const tags = await gaps.attempt(arn, "tags", () => reader.keyTags(region, arn))
  const rotation = await gaps.attempt(arn, "state", () => reader.rotation(region, arn))
  return {
    ...known,
    ...(described === undefined ? {} : stateOf(described)),
    aliases: aliases ?? [scope.alias],
    ...(policy === undefined
      ? {}
      : { policy: { name: `key policy of ${scope.alias} in ${region}`, document: policy } }),
    grants: grants ?? [],
    ...(tags === undefined ? {} : { tags }),
    ...(rotation === undefined ? {} : { rotation: ruleOf(rotation) }),
  }
}

function stateOf(key: DescribedKey): Partial<InventoryKey> {
  return {
    state: key.state,
    awsManaged: key.awsManaged,
    ...(key.multiRegionType === undefined ? {} : { multiRegionType: key.multiRegionType }),
    ...(key.origin === undefined ? {} : { origin: key.origin }),
    ...(key.deletionWindowDays === undefined ? {} : { deletionWindowDays: key.deletionWindowDays }),
  }
}

/** When the next one is due decides about no access. */
const ruleOf = ({ enabled, periodDays }: KeyRotation): NonNullable<InventoryKey["rotation"]> => ({
  enabled,
  ...(periodDays === undefined ? {} : { periodDays }),
})
