import type { ScheduleFile } from "./request.ts"

export type InstalledState = "current" | "missing" | "stale"

export interface InstalledFile {
  readonly path: string
  readonly state: InstalledState
}

/** Compares what should stand in a folder with what does; `read` answers undefined for a file that is not there. */
export function compareInstalled(files: readonly ScheduleFile[], found: ReadonlyMap<string, string>): InstalledFile[] {
  return files.map(({ path, content }) => ({ path, state: stateOf(content, found.get(path)) }))
}

function stateOf(expected: string, found: string | undefined): InstalledState {
  if (found === undefined) return "missing"
  return found === expected ? "current" : "stale"
}
