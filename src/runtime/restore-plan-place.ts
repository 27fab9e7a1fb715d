import { lstat, rmdir, stat } from "node:fs/promises"
import { basename, dirname, join, resolve } from "node:path"
import { display } from "../kernel/display.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { manifestSink } from "../restore/manifest/write-manifest.ts"
import type { ManifestSink } from "../restore/plan/plan-ports.ts"
import type { RestorePlan } from "../restore/plan/restore-plan.ts"
import type { Deps } from "./deps.ts"
import { runFiles } from "./run-files.ts"
import { writeAtomic } from "./state-folder.ts"

/** Where a plan goes that is being made. Its manifests bear the run's id, so one of an older plan is never written over. */
export interface PlanPlace {
  readonly path: string
  nextManifest(): ManifestSink
  /** @throws DrError E_WRITE */
  write(plan: RestorePlan): Promise<void>
  /** Takes away what was begun. */
  discard(): Promise<void>
}

/**
 * Beside `--out`, or a folder of its own in the state folder.
 * @throws DrError E_WRITE (64) before hours of listing, where nothing can be written; E_STATE_FOLDER (75)
 */
export async function planPlace({ state, run }: Pick<Deps, "state" | "run">, out?: string): Promise<PlanPlace> {
  if (out !== undefined) await mustTakeFiles(out)
  const path = out === undefined ? join(await state.folder("restore-plans", run), "plan.json") : resolve(out)
  const files = runFiles(dirname(path))
  const begun: string[] = []
  return {
    path,
    nextManifest() {
      const name = `${stemOf(path)}.${run}.${begun.length + 1}.manifest`
      const sink = manifestSink(files, name)
      begun.push(name)
      return sink
    },
    write: (plan) => writeAtomic(path, `${JSON.stringify(plan, undefined, 2)}\n`),
    async discard() {
      // What failed first is told.
      for (const name of begun) await files.remove(name).catch(() => undefined)
      if (out === undefined) await rmdir(dirname(path)).catch(() => undefined)
    },
  }
}

/** Manifests lie beside the plan, so its folder must be one, and not that of a device. */
async function mustTakeFiles(out: string): Promise<void> {
  const path = resolve(out)
  const [file, folder] = await Promise.all([
    lstat(path).catch(() => undefined),
    stat(dirname(path)).catch(() => undefined),
  ])
  if (folder?.isDirectory() !== true) throw cannotWrite(out, `there is no folder ${display(dirname(path), 200)}`)
  if (file !== undefined && !file.isFile()) throw cannotWrite(out, "it is there and no file")
}

const cannotWrite = (out: string, why: string): DrError =>
  new DrError({
    code: "E_WRITE",
    exit: EXIT.usage,
    message: `cannot write --out ${display(out, 200)}: ${why}`,
    hints: ["name a file in a folder that is there, or leave --out away: the plan goes into the state folder"],
  })

const LONGEST_STEM = 100

/** `p` for `p.json`, as far as it is a plain name. */
const stemOf = (path: string): string =>
  basename(path)
    .replace(/\.json$/, "")
    .replaceAll(/[^A-Za-z0-9_-]/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, LONGEST_STEM) || "plan"
