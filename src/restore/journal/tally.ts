import type { Settled } from "../ports.ts"

/** How objects ended, counted. */
export interface Tally {
  done: number
  failed: number
  skipped: number
  unknown: number
  /** Of those done. */
  bytesDone: number
}

export const emptyTally = (): Tally => ({ done: 0, failed: 0, skipped: 0, unknown: 0, bytesDone: 0 })

export function count(tally: Tally, kind: Settled["kind"], sizeBytes: number): void {
  tally[kind]++
  if (kind === "done") tally.bytesDone += sizeBytes
}

export const settledIn = ({ done, failed, skipped, unknown }: Readonly<Tally>): number =>
  done + failed + skipped + unknown
