import { mkdir, readdir } from "node:fs/promises"
import { join } from "node:path"
import { isRunId, type RunId } from "../kernel/brands.ts"
import { display } from "../kernel/display.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { RunFiles } from "../restore/ports.ts"
import { syncFolder } from "./append-file.ts"
import { RestoreRecord } from "./restore-record.ts"
import { runFiles } from "./run-files.ts"
import { readIfThere, writeAtomic, type StateFolder } from "./state-folder.ts"

const RECORD = "run.json"

/** `restore/<run>/` in the state folder: plan, manifests and `run.json`, and a folder for the journal of each part. */
export interface RestoreFolder {
  readonly run: RunId
  readonly path: string
  /** Plan and manifests. */
  readonly files: RunFiles
  /** Journal of a part, by its place in the plan. */
  part(index: number): Promise<RunFiles>
  /** @throws DrError E_RESTORE_RUN (78) when it is not there or not as dr writes it */
  record(): Promise<RestoreRecord>
  /** @throws DrError E_WRITE */
  save(record: RestoreRecord): Promise<void>
}

export type FoundRun =
  | { readonly kind: "sound"; readonly run: RunId; readonly record: RestoreRecord }
  | { readonly kind: "damaged"; readonly name: string; readonly why: string }

/** @throws DrError E_STATE_FOLDER (75), E_RESTORE_RUN (78) when there is one of that name */
export async function createRestore(state: StateFolder, run: RunId): Promise<RestoreFolder> {
  const root = await state.folder("restore")
  try {
    await mkdir(join(root, run), { mode: 0o700 })
    syncFolder(root)
  } catch (cause) {
    throw badRun(run, messageOf(cause))
  }
  return folderOf(root, run)
}

export async function openRestore(state: StateFolder, run: RunId): Promise<RestoreFolder> {
  return folderOf(await state.folder("restore"), run)
}

/** Newest first; what cannot be read comes first of all, by name and reason. */
export async function listRestores(state: StateFolder): Promise<readonly FoundRun[]> {
  const root = await state.folder("restore")
  const names = (await readdir(root)).toSorted().toReversed()
  const found = await Promise.all(names.map((name) => lookAt(root, name)))
  return [...found.filter(({ kind }) => kind === "damaged"), ...found.filter(({ kind }) => kind === "sound")]
}

async function lookAt(root: string, name: string): Promise<FoundRun> {
  if (!isRunId(name)) return { kind: "damaged", name, why: "its name is no id of a run" }
  try {
    return { kind: "sound", run: name, record: await folderOf(root, name).record() }
  } catch (error) {
    return { kind: "damaged", name, why: messageOf(error) }
  }
}

function folderOf(root: string, run: RunId): RestoreFolder {
  const path = join(root, run)
  return {
    run,
    path,
    files: runFiles(path),
    async part(index) {
      const folder = join(path, `part-${index + 1}`)
      if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) syncFolder(path)
      return runFiles(folder)
    },
    async record() {
      const text = await readIfThere(join(path, RECORD))
      if (text === undefined) throw badRun(run, `there is no ${RECORD}`)
      return recordIn(run, text)
    },
    save: (record) => writeAtomic(join(path, RECORD), `${JSON.stringify(record, undefined, 2)}\n`),
  }
}

function recordIn(run: RunId, text: string): RestoreRecord {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw badRun(run, `${RECORD} is no JSON: ${messageOf(error)}`)
  }
  const { success, data, error } = RestoreRecord.safeParse(json)
  if (!success)
    throw badRun(
      run,
      `${RECORD}: ${error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")}`,
    )
  if (data.run !== run) throw badRun(run, `${RECORD} is of run ${display(data.run)}`)
  return data
}

function badRun(run: RunId, why: string): DrError {
  return new DrError({
    code: "E_RESTORE_RUN",
    exit: EXIT.config,
    message: `cannot use the restore ${run}: ${why}`,
    hints: ["dr restore status"],
  })
}
