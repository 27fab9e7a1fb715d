import { randomBytes } from "node:crypto"
import { link, rename, rm } from "node:fs/promises"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { isRunning, thisProcess, type ProcessIdentity } from "./process-identity.ts"
import { readIfThere, writeNew } from "./state-folder.ts"

interface Holder extends ProcessIdentity {
  readonly run: string
}

/**
 * One run at a time on this machine for what `path` stands for. Correctness never rests on it (drills have prefixes of their
 * own, restores write under conditions); it keeps two runs from slowing each other. A lock of a dead process or of an
 * earlier boot is taken over. Resolves to the release. `what` is named to who is refused.
 * @throws DrError E_LOCKED (75) that names the holder
 */
export async function acquireLock(path: string, run: string, what = path): Promise<() => Promise<void>> {
  const mine = JSON.stringify({ ...thisProcess(), run } satisfies Holder)
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await claim(path, mine)) return () => release(path, mine)
    const found = await readIfThere(path)
    if (found === undefined) continue // released between the two looks
    const holder = parseHolder(found)
    if (holder !== undefined && isRunning(holder)) throw held(what, holder)
    await setAside(path, found)
  }
  throw held(what, undefined)
}

/** Appears with its content or not at all: a reader never sees a half-written lock of a living process. */
async function claim(path: string, content: string): Promise<boolean> {
  const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`
  try {
    await writeNew(temporary, content)
    await link(temporary, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false
    throw new DrError({
      code: "E_LOCK",
      exit: EXIT.tryLater,
      message: `cannot lock ${path}: ${messageOf(error)}`,
      cause: error,
    })
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Takes a stale lock away. If another process was quicker and the file is a new lock by now, it is put back. */
async function setAside(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomBytes(4).toString("hex")}.stale`
  try {
    await rename(path, aside)
    if ((await readIfThere(aside)) !== stale) await link(aside, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== "ENOENT" && code !== "EEXIST") throw error
  } finally {
    await rm(aside, { force: true })
  }
}

/** Only what is still ours. */
async function release(path: string, mine: string): Promise<void> {
  if ((await readIfThere(path)) === mine) await rm(path, { force: true })
}

function held(what: string, holder: Holder | undefined): DrError {
  const who = holder === undefined ? "another process" : `run ${holder.run} (process ${holder.pid})`
  return new DrError({
    code: "E_LOCKED",
    exit: EXIT.tryLater,
    message: `${who} holds ${what}`,
    hints: ["wait for it to finish, then try again"],
  })
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, boot, started, run } = JSON.parse(text) as Partial<Holder>
    return typeof pid === "number" && typeof boot === "string"
      ? { pid, boot, started: String(started), run: String(run) }
      : undefined
  } catch {
    return undefined // not one of ours, or cut by a crash of the machine
  }
}
