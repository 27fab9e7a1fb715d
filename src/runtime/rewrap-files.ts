import { createReadStream } from "node:fs"
import { realpath, stat } from "node:fs/promises"
import { resolve } from "node:path"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { RewrapFileName, RewrapFiles } from "../restore/rewrap/ports.ts"
import { growingFile } from "./growing-file.ts"

const ENDINGS: Readonly<Record<RewrapFileName, string>> = { out: "", failed: ".failed.jsonl", marks: ".marks" }

/** The input, and beside the output what belongs to it. @throws DrError E_READ (64) when the input cannot be read again and again */
export async function rewrapFiles(input: string, out: string): Promise<RewrapFiles & { readonly lines: number }> {
  const path = await realpath(input).catch((cause: unknown) => {
    throw unreadable(input, messageOf(cause))
  })
  const found = await stat(path)
  if (!found.isFile()) throw unreadable(input, "it is no file, and a run that goes on must read it again")
  if (path === (await realpath(out).catch(() => resolve(out))))
    throw new DrError({ code: "E_USAGE", exit: EXIT.usage, message: `--out ${out} is the input itself` })
  const read = (fromByte: number): AsyncIterable<Buffer> =>
    createReadStream(path, { start: fromByte, highWaterMark: 64 * 1024 }) as AsyncIterable<Buffer>
  return {
    inputBytes: found.size,
    input: read,
    open: (name) => growingFile(`${out}${ENDINGS[name]}`),
    lines: await countLines(read(0)),
  }
}

/** Lines that are not blank, more or less: what a person is asked about, and the total of the progress. */
async function countLines(chunks: AsyncIterable<Buffer>): Promise<number> {
  let lines = 0
  let last = 0x0a
  for await (const chunk of chunks) {
    for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, at + 1)) lines++
    last = chunk.at(-1) ?? last
  }
  return last === 0x0a ? lines : lines + 1
}

const unreadable = (path: string, why: string): DrError =>
  new DrError({ code: "E_READ", exit: EXIT.usage, message: `cannot read ${path}: ${why}` })
