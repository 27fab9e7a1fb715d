import { isoStamp } from "../kernel/clock.ts"
import { appendEvidence } from "../evidence/store.ts"
import { runFolder } from "../rto/fold.ts"
import type { RunRecord } from "../rto/record.ts"
import type { Deps } from "./deps.ts"
import { acquireLock } from "./lock.ts"

export interface RecordedRun<T> {
  readonly result: T
  readonly record: RunRecord
  /** The evidence file. */
  readonly path: string
}

/** One drill at a time on this machine: two would slow each other and spoil what they measure. */
const holdDrills = async (deps: Deps): Promise<() => Promise<void>> =>
  acquireLock(`${await deps.state.folder("locks")}/drill.lock`, deps.run)

/**
 * Runs work whose events become journal and evidence. The record is written whatever happens, a failure and Ctrl-C
 * included: a missing record would look like a drill that never was. `hold` takes what nobody else may have meanwhile.
 */
export async function recordedRun<T>(
  deps: Deps,
  work: () => Promise<T>,
  hold: () => Promise<() => Promise<void>> = () => holdDrills(deps),
): Promise<RecordedRun<T>> {
  const release = await hold()
  const journal = await deps.openJournal()
  const folder = runFolder()
  const unsubscribe = deps.events.subscribe((event) => folder.push(event))
  let evidence: { record: RunRecord; path: string } | undefined
  const keep = async (): Promise<{ record: RunRecord; path: string }> => {
    unsubscribe()
    const record = folder.record()
    const { path } = await appendEvidence(await deps.state.folder("evidence"), {
      record,
      journal: journal.close(),
      writtenAt: isoStamp(deps.clock.now()),
    })
    return { record, path }
  }
  try {
    const result = await work()
    evidence = await keep()
    return { result, ...evidence }
  } finally {
    if (evidence === undefined) await keep()
    await release()
  }
}
