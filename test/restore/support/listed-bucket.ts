import { compareKeys } from "../../../src/kernel/byte-order.ts"
import type { ListedPage, Outcome } from "../../../src/restore/data-plane.ts"
import type { ListedObject } from "../../../src/restore/objects.ts"
import type { ListPosition } from "../../../src/restore/listing/ranges.ts"

/** A sorted bucket that need not exist: `keyAt(index)` makes its keys when they are asked for. */
export interface ListedBucket {
  readonly size: number
  keyAt(index: number): string
}

export const bucketOf = (keys: readonly string[]): ListedBucket => {
  const sorted = [...new Set(keys)].toSorted(compareKeys)
  return { size: sorted.length, keyAt: (index) => sorted[index] ?? "" }
}

/** `data/000000000`, `data/000000001` …: one flat prefix, nothing to divide it by. */
export const flatBucket = (size: number): ListedBucket => ({
  size,
  keyAt: (index) => `data/${String(index).padStart(9, "0")}`,
})

const objectOf = (key: string): ListedObject => ({
  key,
  sizeBytes: key.length,
  modifiedAt: 1_763_258_400_000,
  etag: '"9b2cf535f27731c974343645a3985328"',
  storageClass: "STANDARD",
})

/** What S3 would answer: the first `pageSize` keys behind `after`. */
export function pageAfter(
  bucket: ListedBucket,
  after: ListPosition | undefined,
  pageSize: number,
): Outcome<ListedPage> {
  const from = after === undefined ? 0 : firstBehind(bucket, after.key)
  const to = Math.min(from + pageSize, bucket.size)
  const objects = Array.from({ length: to - from }, (_, at) => objectOf(bucket.keyAt(from + at)))
  return { kind: "ok", value: { objects, truncated: to < bucket.size } }
}

function firstBehind(bucket: ListedBucket, key: string): number {
  let low = 0
  let high = bucket.size
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareKeys(bucket.keyAt(middle), key) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The same bucket with three versions of each key, newest first: `v3`, `v2`, `v1`. */
export function versionsAfter(
  bucket: ListedBucket,
  after: ListPosition | undefined,
  pageSize: number,
): Outcome<ListedPage> {
  const begun = after?.versionId === undefined ? 0 : 4 - Number(after.versionId.slice(1))
  const from = after === undefined ? 0 : firstBehind(bucket, after.key) * 3 - (begun === 0 ? 0 : 3 - begun)
  const to = Math.min(from + pageSize, bucket.size * 3)
  const objects = Array.from({ length: to - from }, (_, at) => {
    const row = from + at
    return { ...objectOf(bucket.keyAt(Math.floor(row / 3))), versionId: `v${3 - (row % 3)}` }
  })
  return { kind: "ok", value: { objects, truncated: to < bucket.size * 3 } }
}
