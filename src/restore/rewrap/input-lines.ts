import { createHash, type Hash } from "node:crypto"
import { isUtf8 } from "node:buffer"
import type { BadLine, LineProblem } from "./entry.ts"

/** A line is held in memory while its key is under way; above this it is named by its number and passed over. */
export const MOST_LINE_BYTES = 1024 ** 2

export interface InputLine {
  /** From 1. */
  readonly line: number
  /** Exclusive, behind the line feed. */
  readonly toByte: number
  /** A blank line has none of both. */
  readonly text?: string
  readonly bad?: BadLine
}

/** How much of the input has been read, and the SHA-256 of exactly that. */
export interface ReadMark {
  readonly bytes: number
  readonly sha256: string
}

export interface InputPosition {
  readonly line: number
  readonly byte: number
  /** Of what lies before `byte`. */
  readonly hash: Hash
}

export const START = (): InputPosition => ({ line: 0, byte: 0, hash: createHash("sha256") })

/** Cuts the input into lines and hashes it on the way. Memory: one chunk and one line. */
export class InputLines {
  readonly #chunks: AsyncIterator<Buffer>
  readonly #hash: Hash
  #line: number
  #byte: number
  #read: ReadMark
  #held: Buffer[] = []
  #heldBytes = 0
  #ended = false

  constructor(chunks: AsyncIterable<Buffer>, from: InputPosition) {
    this.#chunks = chunks[Symbol.asyncIterator]()
    this.#hash = from.hash
    this.#line = from.line
    this.#byte = from.byte
    this.#read = { bytes: from.byte, sha256: from.hash.copy().digest("hex") }
  }

  /** Covers at least every line that was given out. */
  get read(): ReadMark {
    return this.#read
  }

  /** The lines that end in the next chunk, maybe none; undefined after the last. */
  async next(): Promise<readonly InputLine[] | undefined> {
    if (this.#ended) return undefined
    const { done, value } = await this.#chunks.next()
    if (done === true) {
      this.#ended = true
      return this.#heldBytes === 0 ? undefined : [this.#close(this.#heldBytes)]
    }
    this.#hash.update(value)
    this.#read = { bytes: this.#read.bytes + value.length, sha256: this.#hash.copy().digest("hex") }
    return this.#cut(value)
  }

  #cut(chunk: Buffer): InputLine[] {
    const lines: InputLine[] = []
    let from = 0
    for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, from)) {
      this.#hold(chunk.subarray(from, at))
      lines.push(this.#close(this.#heldBytes + 1))
      from = at + 1
    }
    this.#hold(chunk.subarray(from))
    return lines
  }

  #hold(part: Buffer): void {
    if (part.length === 0) return
    this.#heldBytes += part.length
    if (this.#heldBytes > MOST_LINE_BYTES) this.#held = []
    else this.#held.push(part)
  }

  #close(sizeBytes: number): InputLine {
    const held = this.#held
    const tooLong = this.#heldBytes > MOST_LINE_BYTES
    this.#held = []
    this.#heldBytes = 0
    this.#line++
    this.#byte += sizeBytes
    const place = { line: this.#line, toByte: this.#byte }
    if (tooLong)
      return { ...place, bad: bad(this.#line, "LINE_TOO_LONG", `the line has over ${MOST_LINE_BYTES} bytes`) }
    const bytes = held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held)
    if (!isUtf8(bytes)) return { ...place, bad: bad(this.#line, "NOT_UTF8", "the line is no UTF-8") }
    const text = bytes.toString("utf8")
    return text.trim() === "" ? place : { ...place, text }
  }
}

const bad = (line: number, code: LineProblem, message: string): BadLine => ({
  kind: "bad",
  line,
  id: String(line),
  code,
  message,
})
