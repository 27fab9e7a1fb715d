import type { RunId } from "../kernel/brands.ts"
import { SECOND, type Millis } from "../kernel/units.ts"
import { progressLine } from "../ui/restore-status-text.ts"
import type { Deps } from "./deps.ts"
import { findRestore } from "./restore-find.ts"
import { stateNow, type RestoreRecord } from "./restore-record.ts"
import { listRestores } from "./restore-store.ts"

export interface RestoreStatusData {
  /** Newest first; `state` as it is now, not as a killed process left it. */
  readonly runs: readonly RestoreRecord[]
  readonly damaged: ReadonlyArray<{ readonly name: string; readonly why: string }>
}

/** @throws DrError E_NO_RUN (64) */
export async function statusOf(deps: Deps, name: RunId | undefined): Promise<RestoreStatusData> {
  if (name !== undefined) {
    const { found } = await findRestore(deps.state, name, () => true, "restore")
    return { runs: [current(found.record)], damaged: [] }
  }
  const all = await listRestores(deps.state)
  return {
    runs: all.flatMap((run) => (run.kind === "sound" ? [current(run.record)] : [])),
    damaged: all.flatMap((run) => (run.kind === "damaged" ? [{ name: run.name, why: run.why }] : [])),
  }
}

const current = (record: RestoreRecord): RestoreRecord => ({ ...record, state: stateNow(record) })

const LOOK_EVERY: Millis = SECOND

/** Tells a line whenever the run has moved; resolves when it runs no more. */
export async function watchRestore(deps: Deps, name: RunId | undefined, tell: (line: string) => void): Promise<void> {
  const { found } = await findRestore(deps.state, name, ({ state }) => state === "running", "restore is running")
  let last = ""
  for (;;) {
    const { found: now } = await findRestore(deps.state, found.run, () => true, "restore")
    const record = current(now.record)
    const line = progressLine(record, deps.clock.now())
    if (line !== last) tell(line)
    last = line
    if (record.state !== "running") return
    await deps.clock.sleep(LOOK_EVERY, deps.signal)
  }
}
