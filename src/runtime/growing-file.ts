import {
  closeSync,
  constants,
  createReadStream,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  writeSync,
} from "node:fs"
import { dirname } from "node:path"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { GrowingFile } from "../restore/rewrap/ports.ts"

/**
 * A file that is read from its beginning and only grows, mode 0600, made when it is not there. Never through a symbolic link.
 * @throws DrError E_WRITE (64) when it cannot be opened
 */
export function growingFile(path: string): GrowingFile {
  const descriptor = opened(path)
  return {
    path,
    sizeBytes: () => fstatSync(descriptor).size,
    read: (toByte) =>
      toByte === 0 ? nothing() : (createReadStream(path, { start: 0, end: toByte - 1 }) as AsyncIterable<Buffer>),
    truncate(toByte) {
      if (fstatSync(descriptor).size === toByte) return
      ftruncateSync(descriptor, toByte)
      fsyncSync(descriptor)
    },
    append(bytes) {
      for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written)
    },
    sync: () =>
      new Promise((resolve, reject) => fdatasync(descriptor, (error) => (error === null ? resolve() : reject(error)))),
    close: () => closeSync(descriptor),
  }
}

async function* nothing(): AsyncGenerator<Buffer> {
  // an empty file
}

function opened(path: string): number {
  const { O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW } = constants
  try {
    const descriptor = openSync(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600)
    const folder = openSync(dirname(path), constants.O_RDONLY)
    fsyncSync(folder) // or the name itself may be lost with the power
    closeSync(folder)
    if (fstatSync(descriptor).isFile()) return descriptor
    closeSync(descriptor)
  } catch (cause) {
    throw new DrError({
      code: "E_WRITE",
      exit: EXIT.usage,
      message: `cannot write ${path}: ${messageOf(cause)}`,
      cause,
    })
  }
  throw new DrError({ code: "E_WRITE", exit: EXIT.usage, message: `cannot write ${path}: it is no file` })
}
