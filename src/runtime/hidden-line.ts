import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"

export const mayAskHidden = (silent: boolean): boolean =>
  process.stdin.isTTY && process.stderr.isTTY && !silent && typeof process.stdin.setRawMode === "function"

const [CTRL_C, CTRL_D, BACKSPACE, LINE_FEED, RETURN, DELETE] = [3, 4, 8, 10, 13, 127]
const LONGEST = 4_096

/** One line from the terminal, not echoed, as bytes of its own. The caller wipes it. Ctrl-C interrupts as always. */
export async function hiddenLine(question: string, signal: AbortSignal): Promise<Uint8Array> {
  const { stdin } = process
  const line = new Uint8Array(LONGEST)
  let size = 0
  signal.throwIfAborted()
  process.stderr.write(question)
  stdin.setRawMode(true)
  stdin.resume()
  let take: (chunk: Buffer) => void = () => {}
  let stop: () => void = () => {}
  try {
    await new Promise<void>((resolve, reject) => {
      stop = () => reject(signal.reason as Error)
      take = (chunk) => {
        for (const byte of chunk) {
          if (byte === RETURN || byte === LINE_FEED) resolve()
          else if (byte === CTRL_C) process.kill(process.pid, "SIGINT")
          else if (byte === CTRL_D) reject(ended())
          else if (byte === BACKSPACE || byte === DELETE) size = Math.max(0, size - 1)
          else if (size < LONGEST) line[size++] = byte
        }
        chunk.fill(0)
      }
      stdin.on("data", take)
      signal.addEventListener("abort", stop, { once: true })
    })
    return line.slice(0, size)
  } finally {
    stdin.off("data", take)
    signal.removeEventListener("abort", stop)
    stdin.setRawMode(false)
    stdin.pause()
    process.stderr.write("\n")
    line.fill(0)
  }
}

const ended = (): DrError =>
  new DrError({ code: "E_NO_INPUT", exit: EXIT.usage, message: "the terminal ended before it answered" })
