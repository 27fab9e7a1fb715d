import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import type { GrowingFile } from "./ports.ts"
import type { RewrapCounts } from "./rewrap-plan.ts"

/** How far input, output and failures are, each on the disk. What lies behind the last mark is cut and done again. */
export interface Mark {
  readonly plan: string
  /** Of the input: lines and bytes that are settled, blank ones included. */
  readonly line: number
  readonly inputBytes: number
  /** A prefix of the input that reaches at least as far, and its SHA-256. */
  readonly readBytes: number
  readonly readSha256: string
  readonly outBytes: number
  readonly outSha256: string
  readonly failedBytes: number
  readonly failedSha256: string
  readonly counts: RewrapCounts
}

/** Newest last; a torn last line counts for nothing. @throws DrError E_REWRAP_MARKS (1) for any other line that is none */
export async function lastMark(file: GrowingFile): Promise<{ readonly mark?: Mark; readonly goodBytes: number }> {
  const size = file.sizeBytes()
  const parts: Buffer[] = []
  for await (const chunk of file.read(size)) parts.push(chunk)
  const text = Buffer.concat(parts)
  const goodBytes = text.lastIndexOf(0x0a) + 1
  if (goodBytes === 0) return { goodBytes }
  const from = text.lastIndexOf(0x0a, goodBytes - 2) + 1
  const mark = parse(text.subarray(from, goodBytes).toString("utf8"))
  if (mark === undefined) throw notOurs(file.path)
  return { mark, goodBytes }
}

function parse(line: string): Mark | undefined {
  try {
    const mark = JSON.parse(line) as Partial<Mark>
    const numbers = [mark.line, mark.inputBytes, mark.readBytes, mark.outBytes, mark.failedBytes]
    const sums = [mark.plan, mark.readSha256, mark.outSha256, mark.failedSha256]
    const whole = numbers.every(Number.isSafeInteger) && sums.every((sum) => typeof sum === "string")
    return whole && typeof mark.counts === "object" ? (mark as Mark) : undefined
  } catch {
    return undefined
  }
}

const notOurs = (path: string): DrError =>
  new DrError({
    code: "E_REWRAP_MARKS",
    exit: EXIT.failed,
    message: `${path} does not tell how far the run came: it was changed, or is not one of ours`,
    hints: ["name another --out: what is under the new key already may be done again without harm"],
  })
