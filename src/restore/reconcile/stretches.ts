import { compareKeys } from "../../kernel/byte-order.ts"
import type { ManifestRange } from "../manifest/read-manifest.ts"

/** A part of the key space that is compared on its own: behind `after`, up to and with `upTo`. */
export interface Stretch {
  /** Undefined = from the prefix's beginning. */
  readonly after: string | undefined
  /** Undefined = no upper bound: what is behind the last known key belongs to it. */
  readonly upTo: string | undefined
  /** Of each manifest, in its order: the ranges that lie in the stretch, in byte order. */
  readonly ranges: ReadonlyArray<readonly ManifestRange[]>
}

/** A stretch ends in the middle of a listed page and so costs up to a page more: not worth it for less than this. */
const WORTH_PAGES = 8

/**
 * Divides the key space so that each range of each manifest lies in one stretch. Manifests that were made from one listing
 * have their ranges side by side, so there are about as many stretches as ranges.
 */
export function stretchesOf(
  manifests: ReadonlyArray<{ readonly ranges: readonly ManifestRange[] }>,
  worthPages = WORTH_PAGES,
): readonly Stretch[] {
  const all = manifests.flatMap(({ ranges }, manifest) => ranges.map((range) => ({ manifest, range })))
  const sorted = all.toSorted((a, b) => compareKeys(a.range.first, b.range.first))
  const stretches: Stretch[] = []
  let after: string | undefined
  let last: string | undefined
  let pages = 0
  let own: ManifestRange[][] = manifests.map(() => [])
  for (const { manifest, range } of sorted) {
    if (last !== undefined && pages >= worthPages && compareKeys(last, range.first) < 0) {
      stretches.push({ after, upTo: last, ranges: own })
      after = last
      pages = 0
      own = manifests.map(() => [])
    }
    own[manifest]?.push(range)
    pages += range.pages
    if (last === undefined || compareKeys(last, range.last) < 0) last = range.last
  }
  return [...stretches, { after, upTo: undefined, ranges: own }]
}
