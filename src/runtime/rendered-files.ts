import { mkdir, stat } from "node:fs/promises"
import { dirname, join } from "node:path"
import { display } from "../kernel/display.ts"
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
 * All or nothing: a file that somebody else wrote is not lost without `force`. `own`: by its content, what may be replaced
 * all the same. Returns the paths written.
 * @throws DrError E_WOULD_OVERWRITE (64), E_NO_FOLDER (64), E_WRITE
 */
export async function writeFiles(
  files: readonly RenderedFile[],
  folder: string,
  force: boolean,
  own: (content: string) => boolean = () => false,
): Promise<string[]> {
  await mustBeFolder(folder)
  const differing: string[] = []
  for (const { path, content } of files) {
    const there = await readIfThere(join(folder, path))
    if (there !== undefined && there !== content && !own(there)) differing.push(join(folder, path))
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

async function mustBeFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined)
  if (found === undefined || found.isDirectory()) return
  throw new DrError({
    code: "E_NO_FOLDER",
    exit: EXIT.usage,
    message: `${display(folder)} is no folder; nothing was written`,
    hints: ["name a folder, or one that does not exist yet"],
  })
}

function wouldOverwrite(paths: readonly string[]): DrError {
  return new DrError({
    code: "E_WOULD_OVERWRITE",
    exit: EXIT.usage,
    message: `would overwrite ${paths.join(", ")}`,
    hints: ["look at what differs, then add --force"],
  })
}
