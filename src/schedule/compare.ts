import type { RenderedFile } from "./model.ts"

export interface FileState {
  readonly path: string
  /** `left-over`: installed by an earlier dr.yaml, and still run by the scheduler. */
  readonly state: "current" | "differs" | "missing" | "left-over"
}

/** Whether what is installed is what would be rendered now. `installed` holds the files that were found, by path. */
export function compareFiles(
  env: string,
  rendered: readonly RenderedFile[],
  installed: ReadonlyMap<string, string>,
): FileState[] {
  const wanted = rendered.map(({ path, content }): FileState => {
    const found = installed.get(path)
    return { path, state: found === undefined ? "missing" : found === content ? "current" : "differs" }
  })
  const expected = new Set(rendered.map((file) => file.path))
  const leftOver = [...installed.keys()].filter((path) => !expected.has(path) && path.startsWith(`dr-drill-${env}--`))
  return [...wanted, ...leftOver.toSorted().map((path): FileState => ({ path, state: "left-over" }))]
}
