import type { OpenUpload, SegmentHeader, Torn } from "./lines.ts"
import type { Tally } from "./tally.ts"

/** What the journal of an earlier process says, once its chain was followed. */
export interface Recovered {
  /** Pages with nothing left to do. */
  readonly settledPages: ReadonlySet<number>
  /** Pages of which some objects are settled. */
  readonly partial: ReadonlyMap<number, PartialPage>
  /** All objects that are settled, on whole pages or not: what the accounts of the next process begin with. */
  readonly tally: Readonly<Tally>
  /** Begun, and neither completed nor aborted as far as anyone knows. */
  readonly openUploads: readonly OpenUpload[]
  /** What a crash left behind the last whole block; it was never reported as done. */
  readonly torn?: Torn
  /** The last segment was not closed: so much of it is sound, but nobody knows what of that the disk has. */
  readonly unsure?: { readonly segment: number; readonly soundBytes: number }
  /** The last process closed the journal in order. */
  readonly ended: boolean
  /** Last seal. */
  readonly chain: string
  /** Highest so far. */
  readonly epoch: number
  /** How the next segment begins. */
  readonly next: Pick<SegmentHeader, "segment" | "previous" | "salvaged" | "torn">
}

export interface PartialPage {
  readonly indexes: ReadonlySet<number>
  readonly tally: Readonly<Tally>
}
