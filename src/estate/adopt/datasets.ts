import type { AdoptedEnvironment } from "./environments.ts"
import { nameFrom, unique } from "./environments.ts"
import { datasetsIn, guardedBy, type SeenPlace } from "./known-statements.ts"
import type { AdoptedBucket } from "./source.ts"

interface AdoptedDataset extends SeenPlace {
  readonly name: string
  readonly from: string
  /** Read from a name, so somebody has to look. */
  readonly kind?: string
  readonly key: string
  readonly users: readonly string[]
  readonly recovery?: SeenPlace
}

export interface AdoptedData {
  readonly datasets: readonly AdoptedDataset[]
  readonly scratch?: SeenPlace
}

const KINDS: ReadonlyArray<readonly [kind: string, pattern: RegExp]> = [
  ["loki", /loki/],
  ["mimir", /mimir/],
  ["tempo", /tempo/],
  ["tfstate", /tf-?state|terraform/],
]

/** Buckets under the workload keys, each with the one bucket under the recovery key that begins with its name. */
export function dataOf({ pairs }: AdoptedEnvironment, buckets: readonly AdoptedBucket[]): AdoptedData {
  const names = new Set<string>()
  const used = new Set<string>()
  const sources = pairs.flatMap(({ name: key, key: source, recovery }) => {
    const guarded = recovery === undefined ? [] : [...guardedBy(recovery), ...under(buckets, recovery)]
    const told = datasetsIn(source).map((place) => ({ ...place, from: `the policy of ${source.from}` }))
    const more = under(buckets, source).filter(({ bucket }) => told.every((place) => place.bucket !== bucket))
    return [...told, ...more.map((place) => ({ ...place, users: [] }))].map((place): AdoptedDataset => {
      const kind = KINDS.find(([, pattern]) => pattern.test(place.bucket))?.[0]
      const copies = guarded.filter(({ bucket }) => bucket !== place.bucket && bucket.startsWith(place.bucket))
      const [copy] = copies
      if (copy !== undefined && copies.length === 1) used.add(copy.bucket)
      return {
        ...place,
        name: unique(kind !== undefined && !names.has(kind) ? kind : nameFrom(place.bucket, "data"), names),
        key,
        ...(kind === undefined ? {} : { kind }),
        ...(copy === undefined || copies.length > 1 ? {} : { recovery: copy }),
      }
    })
  })
  const free = pairs
    .flatMap(({ recovery }) => (recovery === undefined ? [] : guardedBy(recovery)))
    .filter(({ bucket, prefix }) => !used.has(bucket) && prefix.endsWith("/"))
  const scratch = [...new Map(free.map((place) => [place.bucket, place])).values()]
  return { datasets: sources, ...(scratch[0] !== undefined && scratch.length === 1 ? { scratch: scratch[0] } : {}) }
}

const under = (buckets: readonly AdoptedBucket[], key: AdoptedBucket["key"]): Array<SeenPlace & { from: string }> =>
  buckets.filter((bucket) => bucket.key === key).map(({ name, from }) => ({ bucket: name, prefix: "", from }))
