import { constants } from "node:fs"
import { mkdir, open, readFile, readlink, rename, rm, stat } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { randomBytes } from "node:crypto"
import { display } from "../kernel/display.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT, type ExitCode } from "../kernel/exit-codes.ts"

/** Where `dr` keeps what must outlive a run: journals, evidence, locks. Folders 0700, files 0600. */
export class StateFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  join(...parts: string[]): string {
    return join(this.path, ...parts)
  }

  /** A sub-folder, made when it is missing. @throws DrError E_STATE_FOLDER (75) */
  async folder(...parts: string[]): Promise<string> {
    const path = this.join(...parts)
    await mkdir(path, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
      throw new DrError({
        code: "E_STATE_FOLDER",
        exit: EXIT.tryLater,
        message: `cannot use the state folder ${path}: ${messageOf(cause)}`,
        hints: ["pass --state-dir with a folder that can be written"],
        cause,
      })
    })
    return path
  }
}

/**
 * Written to a neighbour, synced, renamed, folder synced: a reader sees the old file or the new one, never half. What a kill
 * leaves is a hidden file, which a folder of policies passes over. @throws DrError E_WRITE
 */
export async function writeAtomic(path: string, content: string, mode = 0o600): Promise<void> {
  if (await isDevice(path))
    throw new DrError({
      code: "E_WRITE",
      exit: EXIT.usage,
      message: `cannot write ${display(path)}: it is a device or a pipe, and a file would take its place`,
      hints: ["name a file, or leave the flag away: the result goes to stdout"],
    })
  try {
    await replaceFile(path, content, mode)
  } catch (cause) {
    throw new DrError({
      code: "E_WRITE",
      exit: exitFor(cause),
      message: `cannot write ${path}: ${messageOf(cause)}`,
      cause,
    })
  }
}

/** As `writeAtomic`, whatever stands there, with the errors of the file system as they are. */
export async function replaceFile(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString("hex")}.tmp`)
  try {
    await writeNew(temporary, content, mode)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  const folder = await open(dirname(path), constants.O_RDONLY)
  await folder.sync().finally(() => folder.close())
}

/** `/dev/stdout` is a link into /proc, to whatever the shell gave: also to a file. */
async function isDevice(path: string): Promise<boolean> {
  const [found, link] = await Promise.all([stat(path).catch(() => undefined), readlink(path).catch(() => "")])
  return link.startsWith("/proc/") || (found !== undefined && !found.isFile() && !found.isDirectory())
}

/** A full or failing disk may be better later; a wrong path stays wrong. */
function exitFor(cause: unknown): ExitCode {
  const { code = "" } = cause as NodeJS.ErrnoException
  return ["ENOSPC", "EDQUOT", "EIO", "EROFS"].includes(code) ? EXIT.tryLater : EXIT.failed
}

/** A file that did not exist before, synced; never through a symbolic link. Throws the errors of the file system. */
export async function writeNew(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, mode)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Undefined when there is no such file; other errors are thrown. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8")
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === "ENOENT" || code === "ENOTDIR") return undefined
    throw new DrError({
      code: "E_READ",
      exit: EXIT.config,
      message: `cannot read ${path}: ${messageOf(error)}`,
      cause: error,
    })
  }
}
