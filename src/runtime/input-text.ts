import { constants, open } from "node:fs"
import { readFile, stat } from "node:fs/promises"
import { Socket } from "node:net"
import { addAbortSignal, type Readable } from "node:stream"
import { promisify } from "node:util"
import { display } from "../kernel/display.ts"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"

/** Not the promises' own `open`: its handle and the socket would both close the descriptor. */
const openDescriptor = promisify(open) as (path: string, flags: number) => Promise<number>

const OF_THE_SHELL = /^\/(dev\/fd\/|dev\/stdin$|proc\/(self|\d+)\/fd\/)/

/** Far above any plan or inventory, and below what one string can hold. */
const MAX_BYTES = 256 * 1024 * 1024

/**
 * The text of a file that was named on the command line; `-` is standard input, and a pipe of the shell is read to its end
 * (`dr policy diff <(git show HEAD:key.json) key.json`). Ctrl-C ends the wait for it. A named pipe is refused: where
 * nobody writes to it, a scheduled job would wait for ever.
 * @throws DrError E_READ (1), E_INPUT (78) for a folder, a device or too much
 */
export async function readInput(path: string, signal?: AbortSignal): Promise<string> {
  if (path === "-") return textOf(process.stdin, path, signal)
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  if (found.isFIFO() && OF_THE_SHELL.test(path)) return textOf(await pipe(path), path, signal)
  if (!found.isFile()) throw badInput(path, found.isDirectory() ? "it is a folder" : "it is not a regular file")
  if (found.size > MAX_BYTES) throw tooLarge(path)
  return readFile(path, "utf8").catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
}

/** Without O_NONBLOCK a pipe that nobody writes to would hold a thread, and with it the end of the process. */
async function pipe(path: string): Promise<Readable> {
  const fd = await openDescriptor(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  return new Socket({ fd, readable: true, writable: false })
}

async function textOf(stream: Readable, path: string, signal: AbortSignal | undefined): Promise<string> {
  if (signal !== undefined) addAbortSignal(signal, stream)
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > MAX_BYTES) throw tooLarge(path)
      chunks.push(chunk)
    }
  } catch (thrown) {
    signal?.throwIfAborted()
    throw thrown instanceof DrError ? thrown : unreadable(path, thrown)
  }
  return Buffer.concat(chunks).toString("utf8")
}

const shown = (path: string): string => (path === "-" ? "standard input" : display(path))

const tooLarge = (path: string): DrError => badInput(path, `it is larger than ${MAX_BYTES} bytes`)

function unreadable(path: string, cause: unknown): DrError {
  return new DrError({
    code: "E_READ",
    exit: EXIT.failed,
    message: `cannot read ${shown(path)}: ${messageOf(cause)}`,
    hints: path === "-" ? [] : [`ls -l ${display(path)}`],
    cause,
  })
}

export function badInput(path: string, why: string, hints: readonly string[] = [], cause?: unknown): DrError {
  return new DrError({
    code: "E_INPUT",
    exit: EXIT.config,
    message: `cannot use ${shown(path)}: ${why}`,
    hints,
    ...(cause === undefined ? {} : { cause }),
  })
}
