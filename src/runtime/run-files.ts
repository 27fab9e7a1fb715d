import { constants, createReadStream } from "node:fs"
import { open, readdir, rm, stat, type FileHandle } from "node:fs/promises"
import { join } from "node:path"
import type { RunFiles } from "../restore/ports.ts"
import { AppendFile, syncFolder } from "./append-file.ts"
import { replaceFile } from "./state-folder.ts"

const { O_RDONLY, O_WRONLY, O_NOFOLLOW } = constants
const CHUNK_BYTES = 1024 * 1024

/** The files of one run in `folder`, which exists. Nothing here leads out of it: names are plain, links are not followed. */
export function runFiles(folder: string): RunFiles {
  const at = (name: string): string => join(folder, plain(name))
  return {
    create: (name) => new AppendFile(at(name), { fresh: true }),
    async *read(name, fromByte = 0) {
      const handle = await open(at(name), O_RDONLY | O_NOFOLLOW) // or a missing file would end the stream without a word
      const stream = createReadStream("", { fd: handle, start: fromByte, highWaterMark: CHUNK_BYTES })
      for await (const chunk of stream) yield chunk as Buffer
    },
    readAt: (name, offset, length) =>
      withFile(at(name), O_RDONLY, async (handle) => {
        const buffer = Buffer.allocUnsafe(length)
        let have = 0
        for (let got = -1; got !== 0 && have < length; have += got)
          got = (await handle.read(buffer, have, length - have, offset + have)).bytesRead
        return buffer.subarray(0, have)
      }),
    list: async () => (await readdir(folder)).filter((name) => PLAIN.test(name)).toSorted(),
    sizeOf: async (name) => (await stat(at(name))).size,
    replace: (name, content) => replaceFile(at(name), content),
    truncate: (name, length) =>
      withFile(at(name), O_WRONLY, async (handle) => {
        await handle.truncate(length)
        await handle.sync()
      }),
    async remove(name) {
      await rm(at(name))
      syncFolder(folder)
    },
  }
}

/** What a killed `replace` leaves begins with a dot and is no file of the run. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

function plain(name: string): string {
  if (!PLAIN.test(name)) throw new TypeError(`${JSON.stringify(name)} is no plain file name`)
  return name
}

async function withFile<T>(path: string, flags: number, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(path, flags | O_NOFOLLOW)
  try {
    return await work(handle)
  } finally {
    await handle.close()
  }
}
