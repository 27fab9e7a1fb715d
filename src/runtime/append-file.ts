import { closeSync, constants, fdatasync, fsyncSync, openSync, writeSync } from "node:fs"
import { dirname } from "node:path"
import { promisify } from "node:util"
import type { RunFile } from "../restore/ports.ts"

const dataSync = promisify(fdatasync)

/**
 * A file that only grows, mode 0600. `fresh` refuses an existing one. Never through a symbolic link. Short writes are
 * continued; errors of the file system are thrown as they are.
 */
export class AppendFile implements RunFile {
  readonly path: string
  readonly #descriptor: number

  constructor(path: string, options: { fresh: boolean }) {
    this.path = path
    const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW, O_EXCL } = constants
    this.#descriptor = openSync(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | (options.fresh ? O_EXCL : 0), 0o600)
    if (options.fresh) syncFolder(dirname(path)) // or the name itself may be lost with the power
  }

  append(bytes: Uint8Array): void {
    for (let written = 0; written < bytes.length;) written += writeSync(this.#descriptor, bytes, written)
  }

  sync(): Promise<void> {
    return dataSync(this.#descriptor)
  }

  /** For a writer that must not go on before the disk has it. */
  syncNow(): void {
    fsyncSync(this.#descriptor)
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

/** What was created, renamed or removed in it outlives a power cut. */
export function syncFolder(path: string): void {
  const folder = openSync(path, constants.O_RDONLY)
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
