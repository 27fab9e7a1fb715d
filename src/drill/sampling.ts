import { DAY, HOUR } from "../kernel/units.ts"
import { seededFraction } from "../kernel/random.ts"
import type { ListedObject } from "./ports.ts"

interface Population {
  readonly count: number
  readonly bytes: number
}

export interface Drawn {
  readonly objects: readonly ListedObject[]
  readonly population: Population
  /** Stratum name to objects drawn from it. */
  readonly strata: Readonly<Record<string, number>>
}

/** Size class, age and first folder below the prefix: what restores differ by. */
export function stratumOf(object: ListedObject, prefix: string, now: number): string {
  return `${sizeClass(object.sizeBytes)} ${ageClass(now - object.modifiedAt)} ${folderOf(object.key.slice(prefix.length))}`
}

function sizeClass(bytes: number): string {
  if (bytes === 0) return "empty"
  if (bytes < 16 * 1024) return "<16KiB"
  if (bytes < 1024 * 1024) return "<1MiB"
  return bytes < 64 * 1024 * 1024 ? "<64MiB" : ">=64MiB"
}

function ageClass(ageMs: number): string {
  if (ageMs < 2 * HOUR) return "<2h"
  if (ageMs < DAY) return "<1d"
  return ageMs < 30 * DAY ? "<30d" : ">=30d"
}

function folderOf(rest: string): string {
  const slash = rest.indexOf("/")
  return slash <= 0 ? "/" : rest.slice(0, slash + 1)
}

interface Candidate {
  readonly object: ListedObject
  readonly rank: number
}

/** Strata beyond this many share one: an estate with a million tenants must not cost a million buckets of memory. */
const MAX_STRATA = 64

/**
 * Draws `size` objects: one from each stratum first, the rest by share of the population, in the order that the seed gives
 * each key. The listing is walked once and never kept: memory holds `size` candidates per stratum.
 */
export async function drawSample(
  listing: AsyncIterable<ListedObject>,
  size: number,
  seed: string,
  prefix: string,
  now: number,
): Promise<Drawn> {
  const strata = new Map<string, { count: number; best: Candidate[] }>()
  let count = 0
  let bytes = 0
  for await (const object of listing) {
    count++
    bytes += object.sizeBytes
    const wanted = stratumOf(object, prefix, now)
    const name = strata.has(wanted) || strata.size < MAX_STRATA ? wanted : "other"
    const stratum = strata.get(name) ?? { count: 0, best: [] }
    strata.set(name, stratum)
    stratum.count++
    keepBest(stratum.best, { object, rank: seededFraction(seed, object.key) }, size)
  }
  const quotas = allocate(
    [...strata].map(([name, stratum]) => [name, stratum.count] as const),
    size,
  )
  const drawn = [...strata].flatMap(([name, stratum]) => stratum.best.slice(0, quotas.get(name) ?? 0))
  return {
    objects: drawn.sort((a, b) => a.rank - b.rank).map((candidate) => candidate.object),
    population: { count, bytes },
    strata: Object.fromEntries([...quotas].filter(([, quota]) => quota > 0)),
  }
}

/** Keeps the `size` lowest ranks, sorted. */
function keepBest(best: Candidate[], candidate: Candidate, size: number): void {
  const last = best[best.length - 1]
  if (best.length >= size && last !== undefined && last.rank <= candidate.rank) return
  let at = best.length
  while (at > 0 && (best[at - 1]?.rank ?? 0) > candidate.rank) at--
  best.splice(at, 0, candidate)
  if (best.length > size) best.pop()
}

/** How many objects each stratum gives: at least one while the sample lasts (largest strata first), the rest by largest remainder. */
export function allocate(
  strata: ReadonlyArray<readonly [name: string, count: number]>,
  size: number,
): Map<string, number> {
  const total = strata.reduce((sum, [, count]) => sum + count, 0)
  const bySize = [...strata].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  const target = Math.min(size, total)
  const quotas = new Map(bySize.map(([name], index) => [name, index < target ? 1 : 0]))
  let left = target - Math.min(target, bySize.length)
  for (; left > 0; left--) {
    const next = bySize
      .filter(([name, count]) => (quotas.get(name) ?? 0) < count)
      .reduce((best, stratum) =>
        deficit(stratum, quotas, total, target) > deficit(best, quotas, total, target) ? stratum : best,
      )
    quotas.set(next[0], (quotas.get(next[0]) ?? 0) + 1)
  }
  return quotas
}

function deficit(
  [name, count]: readonly [string, number],
  quotas: Map<string, number>,
  total: number,
  target: number,
): number {
  const given = quotas.get(name) ?? 0
  return given >= count ? Number.NEGATIVE_INFINITY : (count / total) * target - given
}
