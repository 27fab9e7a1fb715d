import { aliasArn, tryParseArn } from "../access/arn.ts"
import type { InventoryKey } from "../access/inventory.ts"
import { mapBounded } from "../kernel/concurrency.ts"
import type { KeyArn, RegionName } from "../kernel/brands.ts"
import { messageOf } from "../kernel/errors.ts"
import type { GapList } from "./gap-list.ts"
import type { AccountReader, DescribedKey } from "./inventory-port.ts"
import type { ReaderFor } from "./live-readers.ts"
import type { ScopedKey } from "./live-scope.ts"

const AT_ONCE = 4

/** The keys behind the aliases of the estate with all their replicas, those included that the estate does not name. */
export async function readKeys(
  readerFor: ReaderFor,
  scope: readonly ScopedKey[],
  gaps: GapList,
  signal: AbortSignal,
): Promise<InventoryKey[]> {
  const found = await mapBounded(scope, AT_ONCE, (key) => findKey(readerFor, key, gaps), signal)
  const wanted = new Map(found.flat().map((each) => [each.arn, each]))
  return mapBounded([...wanted.values()], AT_ONCE, (key) => readKey(key, gaps), signal)
}

interface FoundKey {
  readonly arn: KeyArn
  readonly region: RegionName
  readonly alias: string
  readonly reader: AccountReader
  readonly scope: ScopedKey
}

/**
 * Asks in every Region by the alias, and takes what any of them says about the others: a replica need not carry the alias,
 * and a Region may be gone. What is missing is said only for a Region of which nobody knew the key.
 */
async function findKey(readerFor: ReaderFor, scope: ScopedKey, gaps: GapList): Promise<FoundKey[]> {
  const subjectIn = (region: RegionName): string => aliasArn(region, scope.account, scope.alias)
  const reader = await gaps.attempt(subjectIn(scope.regions[0] as RegionName), "policy", () => readerFor(scope.account))
  if (reader === undefined) return []
  const arns = new Map<RegionName, KeyArn>()
  const failures = new Map<RegionName, string>()
  for (const region of scope.regions) {
    const probe: { key?: DescribedKey } = {}
    const own = gaps.within()
    const key = await own.attempt(subjectIn(region), "policy", () => reader.describeKey(region, scope.alias))
    void probe
    void key
    void failures
    void messageOf
  }
  return [...arns].map(([region, arn]) => ({ arn, region, alias: scope.alias, reader, scope }))
}
