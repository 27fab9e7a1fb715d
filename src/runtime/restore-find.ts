import { isRunId, type RunId } from "../kernel/brands.ts"
import { display } from "../kernel/display.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { stateNow, type RestoreRecord } from "./restore-record.ts"
import { listRestores, type FoundRun } from "./restore-store.ts"
import type { StateFolder } from "./state-folder.ts"

export type SoundRun = Extract<FoundRun, { kind: "sound" }>

/**
 * The run of that name, or the newest one that `fits`. A folder that cannot be read is never taken, and never passed over in
 * silence: the caller tells `damaged`. @throws DrError E_NO_RUN (64)
 */
export async function findRestore(
  state: StateFolder,
  name: string | undefined,
  fits: (record: RestoreRecord) => boolean,
  what: string,
): Promise<{ readonly found: SoundRun; readonly damaged: readonly string[] }> {
  const all = await listRestores(state)
  const damaged = all.flatMap((run) => (run.kind === "damaged" ? [`${display(run.name)}: ${run.why}`] : []))
  const sound = all.filter((run): run is SoundRun => run.kind === "sound")
  const found = name === undefined ? sound.find(({ record }) => fits(record)) : sound.find(({ run }) => run === name)
  if (found !== undefined) return { found, damaged }
  throw new DrError({
    code: "E_NO_RUN",
    exit: EXIT.usage,
    message: `no ${name === undefined ? what : `restore ${JSON.stringify(display(name))}`} in ${state.join("restore")}${damaged.length === 0 ? "" : `; damaged: ${damaged.join("; ")}`}`,
    hints: ["dr restore status", "--state-dir names another state folder"],
  })
}

/** @throws DrError E_NO_RUN (64) for what is no id of a run */
export function runIdOf(name: string): RunId {
  if (isRunId(name)) return name
  throw new DrError({
    code: "E_NO_RUN",
    exit: EXIT.usage,
    message: `${JSON.stringify(display(name))} is no id of a run`,
    hints: ["dr restore status"],
  })
}

/** @throws DrError E_RESTORE_ENDED (64) */
export function canBeAborted(record: RestoreRecord): void {
  const { state, run } = record
  if (state !== "finished" && state !== "aborted") return
  throw new DrError({
    code: "E_RESTORE_ENDED",
    exit: EXIT.usage,
    message: `${run} is ${state}: there is nothing to end`,
    hints: ["dr restore status"],
  })
}

export const canGoOn = (record: RestoreRecord): boolean => stateNow(record) === "stopped"
