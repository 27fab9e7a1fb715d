import type { Millis } from "../../kernel/units.ts"
import type { Attempt, Fatal, Item, PageSource, RestoreDeps, Settled } from "../ports.ts"
import type { PageSummary, Sums } from "./accounting.ts"
import type { Pacers } from "./pacers.ts"
import type { PartitionOf } from "./partition.ts"

export interface SchedulerInit {
  readonly deps: RestoreDeps
  readonly source: PageSource
  /** One attempt at one object. A rejection is a bug or a broken file: it halts the run. */
  readonly attempt: (item: Item) => Promise<Attempt>
  readonly partitionOf: PartitionOf
  /** From the start of the scheduler, on the monotonic clock. Nothing fails for throttling before. */
  readonly deadlineMs: Millis
  /** Writes the object's record. What it throws halts the run, and the object counts as not settled. */
  readonly onSettled: (item: Item, settled: Settled) => void
  /** The last object of a page was settled, or all of them had been before. */
  readonly onPage: (summary: PageSummary) => void
  /** Asked before each start. A promise = not now; its rejection (disk full) halts the run. */
  readonly admit?: () => true | Promise<void>
  /** 1,024 unless given; begins with 16. Each one needs a connection. */
  readonly maxInFlight?: number
  /** Share them between the parts of a run: what was learned about the limits is kept. A cap is given with them. */
  readonly pacers?: Pacers
  /** Versions of one key go one after the other, as listed. */
  readonly inOrder?: boolean
}

export type Ended =
  /** Every listed object is settled. */
  | { readonly kind: "finished" }
  /** What was listed is settled, as failed or unknown where time ran out. Pages may be left in the source. */
  | { readonly kind: "deadline" }
  /** By the signal. */
  | { readonly kind: "aborted" }
  | { readonly kind: "fatal"; readonly why: Fatal["why"]; readonly message: string }
  /** The source, the journal or an attempt threw this. */
  | { readonly kind: "halted"; readonly error: unknown }

export interface SchedulerResult {
  readonly ended: Ended
  /** `queued`, `inFlight` and `backingOff` are what is left for a resumed run. */
  readonly sums: Sums
  /** The source said that there are no more pages. False: what is left in it was not listed. */
  readonly exhausted: boolean
}

export interface Scheduler {
  /** Rejects with E_SUMS_OPEN when the sums do not close. */
  readonly result: Promise<SchedulerResult>
  /** At this moment. */
  sums(): Sums
}
