import type { Socket } from "node:net"
import { messageOf } from "../../kernel/errors.ts"
import { SECOND, type Millis } from "../../kernel/units.ts"
import { AnswerReader } from "./answer-reader.ts"
import { BROKEN, MORE } from "./http-bytes.ts"
import { STREAMED_BYTES_PER_MS } from "./transport.ts"
import { openSocket, type SocketEvents } from "./raw-socket.ts"
import type { RawExchange } from "./raw-exchange.ts"

/** Whoever keeps the connections of one host. */
export interface Keeper {
  /** It takes the next request. */
  free(connection: RawConnection): void
  /** It carries nothing any more. */
  gone(connection: RawConnection): void
}

const CONNECT_TIMEOUT: Millis = 5 * SECOND
/** Below the 20 s or so after which S3 hangs up, so that no request meets a closing connection. */
const IDLE_TIMEOUT: Millis = 12 * SECOND
/** The server's clock began earlier than ours. */
const IDLE_MARGIN: Millis = SECOND

/** One connection, one request at a time. It ends with its first error and with every request that is given up on it. */
export class RawConnection implements SocketEvents {
  readonly #keeper: Keeper
  readonly #socket: Socket
  readonly #reader = new AnswerReader()
  #exchange: RawExchange | undefined
  #ready = false
  #gone = false
  /** Of connecting while that goes on, of idling afterwards. */
  #patientUntil: Millis

  constructor(origin: string, keeper: Keeper, now: Millis) {
    this.#keeper = keeper
    this.#patientUntil = now + CONNECT_TIMEOUT
    this.#socket = openSocket(origin, this)
  }

  send(exchange: RawExchange): void {
    this.#exchange = exchange
    if (this.#ready) this.#write(exchange)
  }

  /** Gives up what is too late: the caller hears so, and what may still come is not read. */
  sweepAt(now: Millis): void {
    if (this.#exchange?.strikeAt(now) === true) return this.#end()
    if (!this.#ready && now >= this.#patientUntil) this.#fail("ETIMEDOUT", "no connection within 5 s")
    else if (this.#exchange === undefined && now >= this.#patientUntil) this.#end()
  }

  giveUp(code: string, message: string): void {
    this.#fail(code, message)
  }

  /** Called when it falls idle, which is when its time to do so begins. */
  idleFrom(now: Millis): void {
    const told = this.#reader.head?.keepAliveSeconds
    const allowed = told === undefined ? IDLE_TIMEOUT : Math.min(IDLE_TIMEOUT, told * SECOND - IDLE_MARGIN)
    this.#patientUntil = now + allowed
  }

  ready(): void {
    this.#ready = true
    if (this.#exchange !== undefined) this.#write(this.#exchange)
  }

  bytes(bytes: Buffer): void {
    const exchange = this.#exchange
    // Bytes that nobody asked for: the next answer could not be told from them.
    if (exchange === undefined) return this.#end()
    const headless = this.#reader.head === undefined
    const end = this.#reader.read(bytes)
    if (headless && exchange.request.sink !== undefined) this.#allowForStream(exchange)
    if (end === MORE) return
    if (end === BROKEN) this.#fail("E_ANSWER", this.#reader.why)
    else this.#complete(exchange, end === bytes.length)
  }

  ended(): void {
    if (this.#exchange !== undefined && this.#reader.endsHere()) this.#complete(this.#exchange, false)
    else this.#fail("ECONNRESET", "the other side has closed")
  }

  failed(thrown: Error): void {
    this.#fail((thrown as NodeJS.ErrnoException).code ?? thrown.name, messageOf(thrown))
  }

  closed(): void {
    this.#fail("ECONNRESET", "the connection was closed")
  }

  #write(exchange: RawExchange): void {
    const { method, sink, body } = exchange.request
    this.#reader.begin(method, sink)
    exchange.sent = true
    if (body === undefined) {
      this.#socket.write(exchange.head, "latin1")
      return
    }
    this.#socket.cork()
    this.#socket.write(exchange.head, "latin1")
    this.#socket.write(body)
    this.#socket.uncork()
  }

  /** The connection is free before the caller hears: its next request finds it. */
  #complete(exchange: RawExchange, clean: boolean): void {
    const answer = this.#reader.answer()
    this.#exchange = undefined
    if (clean && this.#reader.head?.keepAlive === true && this.#reader.head.keepAliveSeconds !== 0) {
      this.#keeper.free(this)
    } else this.#end()
    exchange.answered(answer)
  }

  #allowForStream(exchange: RawExchange): void {
    const { status = 0, lengthBytes = 0 } = this.#reader.head ?? {}
    if (status < 300) exchange.deadlineAt += lengthBytes / STREAMED_BYTES_PER_MS
  }

  #fail(code: string, message: string): void {
    const exchange = this.#exchange
    this.#end()
    exchange?.failed(code, message)
  }

  #end(): void {
    this.#exchange = undefined
    if (this.#gone) return
    this.#gone = true
    this.#socket.destroy()
    this.#keeper.gone(this)
  }
}
