import type { Clock } from "../../kernel/clock.ts"
import { SECOND, type Millis } from "../../kernel/units.ts"
import type { Receiver, Transport, WireRequest } from "./transport.ts"
import { UndiciExchange } from "./undici-exchange.ts"
import { UndiciOrigin } from "./undici-origin.ts"

export interface UndiciTransportOptions {
  readonly clock: Clock
  /** Connections per origin; what comes above them waits here. */
  readonly maxInFlight: number
}

/** How late a deadline may strike: one sweep looks after all requests, so that none needs a timer. */
const SWEEP: Millis = SECOND / 4

/** Kept-alive HTTP/1.1 connections by undici, as many as requests are in flight at once and never more. */
export class UndiciTransport implements Transport {
  readonly #options: UndiciTransportOptions
  readonly #origins = new Map<string, UndiciOrigin>()
  readonly #inFlight = new Set<UndiciExchange>()
  readonly #closing = new AbortController()
  #sweeping = false

  constructor(options: UndiciTransportOptions) {
    this.#options = options
  }

  /** Opened so far, over all origins. */
  get connectionsOpened(): number {
    let opened = 0
    for (const origin of this.#origins.values()) opened += origin.connectionsOpened
    return opened
  }

  send(request: WireRequest, receiver: Receiver): void {
    const exchange = new UndiciExchange(request, receiver, this.#options.clock, this.#inFlight)
    this.#originOf(request.origin).dispatch(exchange)
    if (!this.#sweeping) void this.#sweep()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    for (const exchange of this.#inFlight) exchange.giveUp("AbortError", "the connection was closed")
    await Promise.all([...this.#origins.values()].map((origin) => origin.close()))
  }

  #originOf(name: string): UndiciOrigin {
    const known = this.#origins.get(name)
    if (known !== undefined) return known
    const origin = new UndiciOrigin(name, this.#options.maxInFlight)
    this.#origins.set(name, origin)
    return origin
  }

  async #sweep(): Promise<void> {
    this.#sweeping = true
    while (this.#inFlight.size > 0 && !this.#closing.signal.aborted) {
      // Rejects on close only, and then there is nothing left to sweep.
      await this.#options.clock.sleep(SWEEP, this.#closing.signal).catch(() => undefined)
      const now = this.#options.clock.mono()
      for (const exchange of this.#inFlight) exchange.strikeAt(now)
    }
    this.#sweeping = false
  }
}
