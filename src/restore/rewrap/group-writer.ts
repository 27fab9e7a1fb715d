import type { Hash } from "node:crypto"
import type { ReadMark } from "./input-lines.ts"
import type { Mark } from "./marks.ts"
import type { OpenFiles, Resumed } from "./resume.ts"
import type { RewrapCounts } from "./rewrap-plan.ts"

/** A line of the input whose fate is known, in the order of the input. */
export interface WrittenLine {
  readonly line: number
  readonly toByte: number
  readonly result: "blank" | "done" | "failed" | "unknown"
  /** With its line feed; of a blank line empty. */
  readonly text: string
}

/** Puts groups on the disk: output and failures first, then the mark that makes them count. Used by one caller at a time. */
export class GroupWriter {
  readonly #files: OpenFiles
  readonly #plan: string
  readonly #outHash: Hash
  readonly #failedHash: Hash
  #counts: RewrapCounts
  #line: number
  #inputBytes: number

  constructor(files: OpenFiles, from: Resumed, plan: string) {
    this.#files = files
    this.#plan = plan
    this.#outHash = from.outHash
    this.#failedHash = from.failedHash
    this.#counts = from.counts
    this.#line = from.position.line
    this.#inputBytes = from.position.byte
  }

  /** On the disk. */
  get counts(): RewrapCounts {
    return this.#counts
  }

  /** `read` must cover the lines. Throws the errors of the file system; the files must not be used after one. */
  async write(lines: readonly WrittenLine[], read: ReadMark): Promise<void> {
    const { out, failed, marks } = this.#files
    const [outSum, failedSum] = [this.#outHash, this.#failedHash]
    const good = Buffer.from(lines.map(({ result, text }) => (result === "done" ? text : "")).join(""))
    const bad = Buffer.from(lines.map(({ result, text }) => (result === "done" ? "" : text)).join(""))
    out.append(good)
    failed.append(bad)
    outSum.update(good)
    failedSum.update(bad)
    if (good.length > 0) await out.sync()
    if (bad.length > 0) await failed.sync()
    const last = lines.at(-1)
    this.#line = last?.line ?? this.#line
    this.#inputBytes = last?.toByte ?? this.#inputBytes
    const counts = added(this.#counts, lines)
    marks.append(Buffer.from(`${JSON.stringify(this.#mark(counts, read))}\n`))
    await marks.sync()
    this.#counts = counts
  }

  #mark(counts: RewrapCounts, read: ReadMark): Mark {
    return {
      plan: this.#plan,
      line: this.#line,
      inputBytes: this.#inputBytes,
      readBytes: read.bytes,
      readSha256: read.sha256,
      outBytes: this.#files.out.sizeBytes(),
      outSha256: this.#outHash.copy().digest("hex"),
      failedBytes: this.#files.failed.sizeBytes(),
      failedSha256: this.#failedHash.copy().digest("hex"),
      counts,
    }
  }
}

function added(before: RewrapCounts, lines: readonly WrittenLine[]): RewrapCounts {
  let { listed, done, failed, unknown } = before
  for (const { result } of lines) {
    if (result === "blank") continue
    listed++
    if (result === "done") done++
    else if (result === "failed") failed++
    else unknown++
  }
  return { listed, done, failed, unknown }
}
