import { sampleSizeFor } from "../../kernel/power.ts"
import type { ListedObject, Route } from "../objects.ts"

/** The smallest sample that notices a fault of 1 % with 95 % certainty: 299. */
export const SAMPLE_SIZE = sampleSizeFor(0.01)

/** Strata beyond this many share one, so that memory does not grow with the number of tenants. */
const MAX_STRATA = 64

interface Candidate {
  readonly object: ListedObject
  readonly route: Route["kind"]
  readonly rank: number
}

export interface Stratum {
  readonly name: string
  /** How many objects it has; the drawn ones stand for all of them. */
  readonly population: number
  readonly drawn: ReadonlyArray<Pick<Candidate, "object" | "route">>
}

/**
 * Draws objects while they are listed: by class, size and folder, at least one of each, the rest by share. The seed and the
 * key decide alone, so the same seed draws the same sample in whatever order the pages come.
 */
export class Sampler {
  readonly #size: number
  readonly #seed: number
  readonly #prefix: string
  readonly #strata = new Map<string, { population: number; best: Candidate[] }>()

  /** `size` Infinity = all of them. */
  constructor(options: { readonly size: number; readonly seed: string; readonly prefix: string }) {
    this.#size = options.size
    this.#seed = hash32(options.seed, 0)
    this.#prefix = options.prefix
  }

  offer(object: ListedObject, route: Route["kind"]): void {
    if (object.deleteMarker) return
    const wanted = `${object.storageClass} ${sizeClass(object.sizeBytes)} ${route} ${folderOf(object.key.slice(this.#prefix.length))}`
    const name = this.#strata.has(wanted) || this.#strata.size < MAX_STRATA ? wanted : "other"
    const stratum = this.#strata.get(name) ?? { population: 0, best: [] }
    this.#strata.set(name, stratum)
    stratum.population++
    keepLowest(stratum.best, { object, route, rank: rankOf(object, this.#seed) }, this.#size)
  }

  drawn(): Stratum[] {
    const strata = [...this.#strata].sort(([a], [b]) => (a < b ? -1 : 1))
    const total = strata.reduce((sum, [, { population }]) => sum + population, 0)
    return strata.map(([name, { population, best }]) => ({
      name,
      population,
      drawn: best.slice(0, Math.max(1, Math.ceil((this.#size * population) / total))),
    }))
  }
}

function keepLowest(best: Candidate[], candidate: Candidate, size: number): void {
  if (size === Number.POSITIVE_INFINITY) return void best.push(candidate)
  const last = best[best.length - 1]
  if (best.length >= size && last !== undefined && last.rank <= candidate.rank) return
  let at = best.length
  while (at > 0 && (best[at - 1]?.rank ?? 0) > candidate.rank) at--
  best.splice(at, 0, candidate)
  if (best.length > size) best.pop()
}

function sizeClass(bytes: number): string {
  if (bytes === 0) return "empty"
  if (bytes < 1024 ** 2) return "<1MiB"
  return bytes < 64 * 1024 ** 2 ? "<64MiB" : ">=64MiB"
}

function folderOf(rest: string): string {
  const slash = rest.indexOf("/")
  return slash <= 0 ? "/" : rest.slice(0, slash + 1)
}

const rankOf = ({ key, versionId }: ListedObject, seed: number): number => hash32(versionId ?? "", hash32(key, seed))

/** A multiplicative hash, spread at the end: it only has to mix well, and SHA-256 would double the time of a listing. */
function hash32(text: string, seed: number): number {
  let hash = seed ^ 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
