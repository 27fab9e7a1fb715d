import type { RenderedFile } from "./model.ts"

export interface InstalledFile {
  readonly path: string
  readonly state: "current" | "missing" | "stale"
}

/** Compares what should stand in a folder with what does; `found` has no entry for a file that is not there. */
export function compareInstalled(files: readonly RenderedFile[], found: ReadonlyMap<string, string>): InstalledFile[] {
  return files.map(({ path, content }) => ({ path, state: stateOf(content, found.get(path)) }))
}

function stateOf(expected: string, found: string | undefined): InstalledFile["state"] {
  if (found === undefined) return "missing"
  return found === expected ? "current" : "stale"
}
