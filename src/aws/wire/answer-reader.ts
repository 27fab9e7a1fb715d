import { readHead, type AnswerHead } from "./answer-head.ts"
import { ChunkedBody } from "./chunked-body.ts"
import { HeadText } from "./head-text.ts"
import { BROKEN, MORE } from "./http-bytes.ts"
import { MAX_ANSWER_BYTES, type Method, type WireAnswer } from "./transport.ts"

const NOTHING = Buffer.alloc(0)
/** As much as Node's own reader takes. */
const MAX_HEAD_BYTES = 16 * 1024
const HEAD_END = Buffer.from("\r\n\r\n")

type Sink = (chunk: Buffer) => void

/**
 * Reads one answer of HTTP/1.1 after another, however its bytes are split. Strict where leniency would make something else
 * of an answer: two lengths, bare line feeds and unknown codings are refused. Keeps no reference to the bytes it is given.
 */
export class AnswerReader {
  why = ""
  #method: Method = "GET"
  #sink: Sink | undefined
  #rest: Buffer = NOTHING
  #head: AnswerHead | undefined
  #chunks: ChunkedBody | undefined
  /** Undefined while the length is not known. */
  #body: Buffer | undefined
  #parts: Buffer[] = []
  #got = 0

  /** The next answer belongs to this request. `sink` takes the body of a success. */
  begin(method: Method, sink: Sink | undefined): void {
    this.#method = method
    this.#sink = sink
    this.#rest = NOTHING
    this.#head = undefined
    this.#chunks = undefined
    this.#body = undefined
    this.#parts = []
    this.#got = 0
  }

  /** Undefined = its head has not come yet. */
  get head(): AnswerHead | undefined {
    return this.#head
  }

  /** The bytes are read up to the number given, and the answer is whole; else MORE or BROKEN. */
  read(bytes: Buffer): number {
    let from = 0
    while (this.#head === undefined) {
      const next = this.#readHead(bytes, from)
      if (next < 0) return next
      from = next
    }
    return this.#readBody(bytes, from)
  }

  /** The server has closed: true when that is how this answer ends. */
  endsHere(): boolean {
    return this.#head !== undefined && this.#untilClose(this.#head)
  }

  answer(): WireAnswer {
    const { status = 0, text = "" } = this.#head ?? {}
    const body = this.#body ?? (this.#parts.length === 0 ? NOTHING : Buffer.concat(this.#parts, this.#got))
    return new HeadText(status, text, body)
  }

  /** Hints of 1xx are passed over, so `#head` may still be open when this returns. */
  #readHead(bytes: Buffer, from: number): number {
    const known = this.#rest.length
    const all = known === 0 ? bytes : Buffer.concat([this.#rest, bytes.subarray(from)])
    const start = known === 0 ? from : 0
    const end = all.indexOf(HEAD_END, start)
    if ((end < 0 ? all.length : end) - start > MAX_HEAD_BYTES) return this.#refuse("its head is longer than 16 KiB")
    if (end < 0) {
      this.#rest = known === 0 ? Buffer.from(all.subarray(start)) : all
      return MORE
    }
    const head = readHead(all, start, end + 2)
    if (head === undefined) return this.#refuse("its head is not HTTP/1.1")
    this.#rest = NOTHING
    if (head.status >= 200) this.#open(head)
    const behind = end + HEAD_END.length
    return known === 0 ? behind : behind - known + from
  }

  #open(head: AnswerHead): void {
    this.#head = head
    if (this.#sink !== undefined && head.status >= 300) this.#sink = undefined
    if (head.chunked) this.#chunks = new ChunkedBody()
  }

  #readBody(bytes: Buffer, from: number): number {
    const head = this.#head as AnswerHead
    if (this.#method === "HEAD" || head.lengthBytes === 0) return from
    if (bodiless(head.status)) return head.lengthBytes === undefined ? from : this.#refuse("a body where none may be")
    if (this.#chunks !== undefined) return this.#readChunks(this.#chunks, bytes, from)
    if (head.lengthBytes === undefined) return this.#keep(bytes, from, bytes.length) ? MORE : BROKEN
    const to = Math.min(bytes.length, from + head.lengthBytes - this.#got)
    if (!this.#fill(head.lengthBytes, bytes, from, to)) return BROKEN
    return this.#got === head.lengthBytes ? to : MORE
  }

  #readChunks(chunks: ChunkedBody, bytes: Buffer, from: number): number {
    const end = chunks.read(bytes, from, (start, to) => this.#keep(bytes, start, to))
    if (end === BROKEN && this.why === "") return this.#refuse("its chunks are broken")
    return end
  }

  /** Of a known length: one buffer of that size, and nothing to join. */
  #fill(lengthBytes: number, bytes: Buffer, from: number, to: number): boolean {
    if (this.#sink !== undefined) return this.#keep(bytes, from, to)
    if (lengthBytes > MAX_ANSWER_BYTES) return this.#tooLong()
    this.#body ??= Buffer.allocUnsafe(lengthBytes)
    bytes.copy(this.#body, this.#got, from, to)
    this.#got += to - from
    return true
  }

  #keep(bytes: Buffer, from: number, to: number): boolean {
    if (from === to) return true
    this.#got += to - from
    if (this.#sink !== undefined) this.#sink(Buffer.from(bytes.subarray(from, to)))
    else if (this.#got > MAX_ANSWER_BYTES) return this.#tooLong()
    else this.#parts.push(Buffer.from(bytes.subarray(from, to)))
    return true
  }

  #tooLong(): false {
    this.why = `the answer is longer than ${MAX_ANSWER_BYTES} bytes`
    return false
  }

  #untilClose({ status, chunked, lengthBytes }: AnswerHead): boolean {
    return !chunked && lengthBytes === undefined && this.#method !== "HEAD" && !bodiless(status)
  }

  #refuse(why: string): number {
    this.why = why
    return BROKEN
  }
}

const bodiless = (status: number): boolean => status === 204 || status === 304
