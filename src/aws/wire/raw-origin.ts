import type { Clock } from "../../kernel/clock.ts"
import type { Millis } from "../../kernel/units.ts"
import { RawConnection, type Keeper } from "./raw-connection.ts"
import type { RawExchange } from "./raw-exchange.ts"

/**
 * The connections to one host. A connection that has its answer takes the next request that waits; the one used last is
 * taken first, so that those too many fall idle and close.
 */
export class RawOrigin implements Keeper {
  readonly #origin: string
  readonly #max: number
  readonly #clock: Clock
  readonly #all = new Set<RawConnection>()
  readonly #free: RawConnection[] = []
  #waiting: RawExchange[] = []
  #nextWaiting = 0
  connectionsOpened = 0

  constructor(origin: string, max: number, clock: Clock) {
    this.#origin = origin
    this.#max = max
    this.#clock = clock
  }

  /** Nothing to look after. */
  get isEmpty(): boolean {
    return this.#all.size === 0 && this.#nextWaiting === this.#waiting.length
  }

  dispatch(exchange: RawExchange): void {
    const connection = this.#free.pop()
    if (connection !== undefined) connection.send(exchange)
    else if (this.#all.size < this.#max) this.#open(exchange)
    else this.#waiting.push(exchange)
  }

  free(connection: RawConnection): void {
    const next = this.#nextOfWaiting()
    if (next !== undefined) return connection.send(next)
    connection.idleFrom(this.#clock.mono())
    this.#free.push(connection)
  }

  gone(connection: RawConnection): void {
    this.#all.delete(connection)
    const at = this.#free.indexOf(connection)
    if (at >= 0) this.#free.splice(at, 1)
    const next = this.#nextOfWaiting()
    if (next !== undefined) this.#open(next)
  }

  sweepAt(now: Millis): void {
    for (let at = this.#nextWaiting; at < this.#waiting.length; at++) this.#waiting[at]?.strikeAt(now)
    for (const connection of this.#all) connection.sweepAt(now)
  }

  giveUp(code: string, message: string): void {
    const waiting = this.#waiting.slice(this.#nextWaiting)
    this.#waiting = []
    this.#nextWaiting = 0
    for (const exchange of waiting) exchange.failed(code, message)
    for (const connection of this.#all) connection.giveUp(code, message)
  }

  #open(exchange: RawExchange): void {
    this.connectionsOpened++
    const connection = new RawConnection(this.#origin, this, this.#clock.mono())
    this.#all.add(connection)
    connection.send(exchange)
  }

  /** Those that were given up while they waited are passed over. */
  #nextOfWaiting(): RawExchange | undefined {
    while (this.#nextWaiting < this.#waiting.length) {
      const next = this.#waiting[this.#nextWaiting++]
      if (next?.settled === false) return next
    }
    this.#waiting = []
    this.#nextWaiting = 0
    return undefined
  }
}
