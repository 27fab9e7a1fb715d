import { mkdir } from "node:fs/promises"
import { dirname, join } from "node:path"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { readIfThere, writeAtomic } from "./state-folder.ts"

/** A file that `dr` renders for somebody else's tool to read. */
export interface RenderedFile {
  /** Below the folder that the caller names. */
  readonly path: string
  readonly content: string
}

/**
 * All or nothing: a file that somebody changed by hand is not lost without `force`. Returns the paths written.
 * @throws DrError E_WOULD_OVERWRITE (64), E_WRITE
 */
export async function writeFiles(files: readonly RenderedFile[], folder: string, force: boolean): Promise<string[]> {
  const differing: string[] = []
  for (const { path, content } of files) {
    const there = await readIfThere(join(folder, path))
    if (there !== undefined && there !== content) differing.push(join(folder, path))
  }
  if (differing.length > 0 && !force) throw wouldOverwrite(differing)
  const written: string[] = []
  for (const { path, content } of files) {
    const target = join(folder, path)
    await mkdir(dirname(target), { recursive: true }).catch((cause: unknown) => {
      throw new DrError({ code: "E_WRITE", message: `cannot use the folder ${folder}: ${messageOf(cause)}`, cause })
    })
    await writeAtomic(target, content, 0o644)
    written.push(target)
  }
  return written
}

function wouldOverwrite(paths: readonly string[]): DrError {
  return new DrError({
    code: "E_WOULD_OVERWRITE",
    exit: EXIT.usage,
    message: `would overwrite ${paths.join(", ")}`,
    hints: ["look at what differs, then add --force"],
  })
}
