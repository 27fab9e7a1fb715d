import { readFileSync } from "node:fs"

/** Enough to tell a living process from a dead one whose number was given to another. */
export interface ProcessIdentity {
  readonly pid: number
  /** Of this boot of the machine; `unknown` where the system does not tell. */
  readonly boot: string
  /** Start of the process in ticks since boot; `unknown` where the system does not tell. */
  readonly started: string
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, boot: bootId(), started: startOf(process.pid) }
}

/** False after a reboot, when the process is gone, and when its number belongs to a younger process. */
export function isRunning(holder: ProcessIdentity): boolean {
  if (holder.boot !== bootId() || !exists(holder.pid)) return false
  const started = startOf(holder.pid)
  return started === "unknown" || holder.started === "unknown" || started === holder.started
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

function bootId(): string {
  return readOr("/proc/sys/kernel/random/boot_id").trim()
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold blanks and brackets, so counting starts after it. */
function startOf(pid: number): string {
  const stat = readOr(`/proc/${pid}/stat`)
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "unknown"
}

function readOr(path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return "unknown"
  }
}
