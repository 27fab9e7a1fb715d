import { bucketArn, keyArn, partitionOf, tryParseArn } from "../access/arn.ts"
import type { InventoryBucket, InventoryKey } from "../access/inventory.ts"
import { mapBounded } from "../kernel/concurrency.ts"
import { unlessGone, type GapList } from "./gap-list.ts"
import type { ReaderFor } from "./live-readers.ts"
import type { ScopedBucket } from "./live-scope.ts"

const AT_ONCE = 8

/** `keys`: those that were read, so that a bucket that names its key by alias or id can be told by ARN. */
export function readBuckets(
  readerFor: ReaderFor,
  scope: readonly ScopedBucket[],
  keys: readonly InventoryKey[],
  gaps: GapList,
  signal: AbortSignal,
): Promise<InventoryBucket[]> {
  return mapBounded(scope, AT_ONCE, (bucket) => readBucket(readerFor, bucket, keys, gaps), signal)
}

async function readBucket(
  readerFor: ReaderFor,
  scope: ScopedBucket,
  keys: readonly InventoryKey[],
  gaps: GapList,
): Promise<InventoryBucket> {
  const { name, account, label } = scope
  const subject = bucketArn(name, partitionOf(scope.region))
  const known = { name, account, label }
  const found = await gaps.attempt(subject, ["policy", "state"], async () => {
    const reader = await readerFor(account)
    return { reader, located: await unlessGone(reader.bucketRegion(name, scope.region)) }
  })
  if (found === undefined) return known
  const { reader, located } = found
  // Who may not ask where a bucket is may well read its policy: the estate's Region is tried then.
  const where = await gaps.attempt(subject, "state", located)
  const region = where ?? scope.region
  const policy = await gaps.attempt(subject, "policy", () => reader.bucketPolicy(name, region))
  const key = await gaps.attempt(subject, "state", () => reader.bucketKey(name, region))
  const encryptedBy = key === undefined ? undefined : arnOfKey(key, { account, region }, keys)
  return {
    ...known,
    ...(where === undefined ? {} : { region: where }),
    ...(policy === undefined ? {} : { policy: { name: `bucket policy of ${name}`, document: policy } }),
    ...(encryptedBy === undefined ? {} : { keyArn: encryptedBy }),
  }
}

/** Undefined for the alias of a key that was not read. */
function arnOfKey(
  named: string,
  { account, region }: { account: string; region: string },
  keys: readonly InventoryKey[],
): string | undefined {
  const resource = tryParseArn(named)?.resource ?? named
  if (resource.startsWith("alias/"))
    return keys.find((key) => key.account === account && key.region === region && key.aliases.includes(resource))?.arn
  return resource === named ? keyArn(region, account, named) : named
}
