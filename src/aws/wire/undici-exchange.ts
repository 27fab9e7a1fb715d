import type { Dispatcher } from "undici"
import type { Clock } from "../../kernel/clock.ts"
import type { Millis } from "../../kernel/units.ts"
import { RawHeaders } from "./raw-headers.ts"
import { MAX_ANSWER_BYTES, STREAMED_BYTES_PER_MS, type Receiver, type WireRequest } from "./transport.ts"
import { wireErrorOf } from "./wire-error.ts"

const NOTHING = Buffer.alloc(0)

/**
 * One request on its way through undici. It speaks undici's older handler interface: the newer one makes an object of all
 * headers for every answer, of which a copy reads three.
 */
export class UndiciExchange implements Dispatcher.DispatchHandler {
  readonly options: Dispatcher.DispatchOptions
  readonly #request: WireRequest
  readonly #receiver: Receiver
  readonly #inFlight: Set<UndiciExchange>
  #deadlineAt: Millis
  settled = false
  /** Tells the connection's keeper that undici is done with this exchange, whatever came of it. */
  released: () => void = () => undefined
  #abort: ((reason?: Error) => void) | undefined
  #status = 0
  #headers: Buffer[] = []
  #body: Buffer = NOTHING
  #more: Buffer[] | undefined
  #bytes = 0

  constructor(request: WireRequest, receiver: Receiver, clock: Clock, inFlight: Set<UndiciExchange>) {
    this.#request = request
    this.#receiver = receiver
    this.#inFlight = inFlight
    this.#deadlineAt = clock.mono() + request.deadlineMs
    this.options = {
      method: request.method,
      path: request.path,
      headers: request.headers.list(),
      body: request.body ?? null,
      // A HEAD would close its connection, in case a server sends a body with the answer. S3 does not.
      reset: false,
    }
    inFlight.add(this)
  }

  onConnect(abort: (reason?: Error) => void): void {
    // Thrown here, the request is dropped and the fresh connection stays.
    if (this.settled) throw new TypeError("given up before it was sent")
    this.#abort = abort
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    this.#status = status
    this.#headers = headers
    if (this.#sink !== undefined) this.#allowFor(new RawHeaders(status, headers, NOTHING).header("content-length"))
    return true
  }

  onData(chunk: Buffer): boolean {
    if (this.#sink === undefined) this.#keep(chunk)
    else this.#sink(chunk)
    return true
  }

  onComplete(): void {
    const body = this.#more === undefined ? this.#body : Buffer.concat(this.#more, this.#bytes)
    if (this.#settle()) this.#receiver.answered(new RawHeaders(this.#status, this.#headers, body))
    this.released()
  }

  onError(thrown: Error): void {
    if (this.#settle()) this.#receiver.failed(wireErrorOf(thrown, this.#abort !== undefined))
    this.released()
  }

  /** Past its deadline: the caller hears so now, and the connection is torn down with what may still come on it. */
  strikeAt(now: Millis): void {
    if (now >= this.#deadlineAt) this.giveUp("TimeoutError", `no whole answer within ${this.#request.deadlineMs} ms`)
  }

  giveUp(code: string, message: string): void {
    if (!this.#settle()) return
    this.#receiver.failed({ code, message, sent: this.#abort !== undefined })
    this.#abort?.()
  }

  #keep(chunk: Buffer): void {
    if (this.#bytes === 0) this.#body = chunk
    else (this.#more ??= [this.#body]).push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes > MAX_ANSWER_BYTES) this.giveUp("E_ANSWER", `the answer is longer than ${MAX_ANSWER_BYTES} bytes`)
  }

  get #sink(): ((chunk: Buffer) => void) | undefined {
    return this.#status < 300 ? this.#request.sink : undefined
  }

  #allowFor(length: string | undefined): void {
    this.#deadlineAt += Number(length ?? 0) / STREAMED_BYTES_PER_MS
  }

  #settle(): boolean {
    if (this.settled) return false
    this.settled = true
    this.#inFlight.delete(this)
    return true
  }
}
