import type { ListedObject } from "../objects.ts"

/** What is said of the two histories of one key, in versions. */
export interface HistoryDiff {
  readonly matched: number
  readonly different: number
  readonly missing: number
  readonly extra: number
}

/**
 * Compares the versions that should stand at the destination with those that do, both oldest first: by size and by what is
 * a delete marker, since a copy has neither the id nor the ETag of its source. What is the same at both ends is matched;
 * between them one version stands for one, and the rest is missing or extra.
 */
export function compareHistory(expected: readonly ListedObject[], standing: readonly ListedObject[]): HistoryDiff {
  const shorter = Math.min(expected.length, standing.length)
  let head = 0
  while (head < shorter && isAlike(expected[head], standing[head])) head++
  let tail = 0
  while (head + tail < shorter && isAlike(expected.at(-1 - tail), standing.at(-1 - tail))) tail++
  const [left, right] = [expected.length - head - tail, standing.length - head - tail]
  let same = 0
  for (let at = head; at < head + Math.min(left, right); at++) if (isAlike(expected[at], standing[at])) same++
  return {
    matched: head + tail + same,
    different: Math.min(left, right) - same,
    missing: Math.max(left - right, 0),
    extra: Math.max(right - left, 0),
  }
}

const isAlike = (one: ListedObject | undefined, other: ListedObject | undefined): boolean =>
  one?.sizeBytes === other?.sizeBytes && one?.deleteMarker === other?.deleteMarker
