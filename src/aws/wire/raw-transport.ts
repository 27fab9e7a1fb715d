import type { Clock } from "../../kernel/clock.ts"
import { SECOND, type Millis } from "../../kernel/units.ts"
import { RawExchange } from "./raw-exchange.ts"
import { RawOrigin } from "./raw-origin.ts"
import { requestHead } from "./request-head.ts"
import type { Receiver, Transport, WireRequest } from "./transport.ts"

export interface RawTransportOptions {
  readonly clock: Clock
  /** Connections per origin; what comes above them waits here. */
  readonly maxInFlight: number
}

/** How late a deadline may strike: one sweep looks after all requests, so that none needs a timer. */
const SWEEP: Millis = SECOND / 4

/** Kept-alive HTTP/1.1 connections on bare sockets with our own reader: half of undici's CPU, and the younger code. */
export class RawTransport implements Transport {
  readonly #options: RawTransportOptions
  readonly #origins = new Map<string, RawOrigin>()
  readonly #closing = new AbortController()
  #sweeping = false

  constructor(options: RawTransportOptions) {
    this.#options = options
  }

  /** Opened so far, over all origins. */
  get connectionsOpened(): number {
    let opened = 0
    for (const origin of this.#origins.values()) opened += origin.connectionsOpened
    return opened
  }

  send(request: WireRequest, receiver: Receiver): void {
    const head = requestHead(request)
    if (head === undefined) {
      receiver.failed({ code: "InvalidURI", message: "a header or the path holds a line break", sent: false })
      return
    }
    const exchange = new RawExchange(request, head, receiver, this.#options.clock.mono())
    this.#originOf(request.origin).dispatch(exchange)
    if (!this.#sweeping) void this.#sweep()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    for (const origin of this.#origins.values()) origin.giveUp("AbortError", "the connection was closed")
  }

  #originOf(name: string): RawOrigin {
    const known = this.#origins.get(name)
    if (known !== undefined) return known
    const origin = new RawOrigin(name, this.#options.maxInFlight, this.#options.clock)
    this.#origins.set(name, origin)
    return origin
  }

  /** Ends with the last connection, which idles for 12 s at most: a process that does nothing else is not held. */
  async #sweep(): Promise<void> {
    const { clock } = this.#options
    this.#sweeping = true
    while (!this.#closing.signal.aborted && [...this.#origins.values()].some((origin) => !origin.isEmpty)) {
      // Rejects on close only, and then there is nothing left to sweep.
      await clock.sleep(SWEEP, this.#closing.signal).catch(() => undefined)
      const now = clock.mono()
      for (const origin of this.#origins.values()) origin.sweepAt(now)
    }
    this.#sweeping = false
  }
}
