import { constants, readFileSync } from "node:fs"
import { open, rm } from "node:fs/promises"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { readIfThere } from "./state-folder.ts"

interface Holder {
  readonly pid: number
  readonly boot: string
  readonly run: string
}

/**
 * One drill at a time on this machine. Correctness never rests on it (every run has its own prefix); it keeps two runs
 * from slowing each other. A lock of a dead process or of an earlier boot is taken over.
 * @throws DrError E_LOCKED (75) that names the holder
 */
export async function acquireLock(path: string, run: string): Promise<() => Promise<void>> {
  const mine: Holder = { pid: process.pid, boot: bootId(), run }
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600)
      await file.writeFile(JSON.stringify(mine)).finally(() => file.close())
      return () => rm(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
      const holder = parseHolder(await readIfThere(path))
      if (holder !== undefined && holder.boot === mine.boot && isAlive(holder.pid)) throw held(path, holder)
      await rm(path, { force: true })
    }
  }
  throw held(path, undefined)
}

function held(path: string, holder: Holder | undefined): DrError {
  const who = holder === undefined ? "another process" : `run ${holder.run} (process ${holder.pid})`
  return new DrError({ code: "E_LOCKED", exit: EXIT.tryLater, message: `${who} holds ${path}`, hints: ["wait for it to finish, then try again"] })
}

function parseHolder(text: string | undefined): Holder | undefined {
  try {
    const holder = JSON.parse(text ?? "") as Partial<Holder>
    return typeof holder.pid === "number" && typeof holder.boot === "string" ? { pid: holder.pid, boot: holder.boot, run: String(holder.run) } : undefined
  } catch {
    return undefined // half-written by a process that died
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()
  } catch {
    return "unknown" // not Linux: the process id decides alone
  }
}
