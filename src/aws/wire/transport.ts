import type { Millis } from "../../kernel/units.ts"

/**
 * Bytes to AWS and back: one request, one answer. A transport knows nothing of signatures, retries or XML. It never
 * follows a redirect, never pipelines and never sends a request twice.
 */
export interface Transport {
  /** Calls `receiver` exactly once. */
  send(request: WireRequest, receiver: Receiver): void
  /** Answers on their way are given up. */
  close(): Promise<void>
}

export interface WireRequest {
  /** `https://bucket.s3.eu-central-1.amazonaws.com`, without a path. */
  readonly origin: string
  readonly method: Method
  /** Encoded; with the query behind it. Goes out byte by byte. */
  readonly path: string
  readonly headers: Headers
  readonly body?: Buffer
  /** From `send` to the last byte of the answer; what a sink takes has time for 8 MB/s besides. */
  readonly deadlineMs: Millis
  /** Takes the body of a 2xx answer as it comes; the answer's own is then empty. */
  readonly sink?: (chunk: Buffer) => void
}

/** What goes out beside `host` and `content-length`, in the form that a transport asks for. */
interface Headers {
  /** name, value, name, value … in lower case, each name once. Values are latin1: one char is one byte. */
  list(): string[]
  /** `name: value` with a line end behind each. */
  text(): string
  /** No value ends its line or has a char that is no byte. */
  isClean(): boolean
}

export type Method = "GET" | "HEAD" | "PUT" | "POST" | "DELETE"

export interface Receiver {
  answered(answer: WireAnswer): void
  failed(error: WireError): void
}

export interface WireAnswer {
  readonly status: number
  /** By its lower-case name, as latin1; undefined = not there. */
  header(name: string): string | undefined
  /** Pairs as they came, names in lower case. */
  headers(): IterableIterator<readonly [name: string, value: string]>
  readonly body: Buffer
}

/** No answer, or none that is HTTP. */
export interface WireError {
  /** `ECONNRESET`, `ECONNREFUSED`, `TimeoutError`, `E_ANSWER` … as src/aws/errors.ts knows them. */
  readonly code: string
  readonly message: string
  /** The request may have reached AWS and been carried out. */
  readonly sent: boolean
}

/** Answers above this are cut off: 1,000 keys of 1,024 bytes each, three escaped bytes for one, are 3 MB. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/** The slowest stream that is worth waiting for. */
export const STREAMED_BYTES_PER_MS = 8_000
