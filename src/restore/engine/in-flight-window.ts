import type { Millis } from "../../kernel/units.ts"

const FIRST = 16
const FLOOR = 4
/** Added per success, divided by the limit: four slots per round trip. */
const GAIN = 4
const CUT = 0.7
/** One burst of throttles is one message, however many answers carry it. */
const CUT_EVERY_MS: Millis = 100

/**
 * How many requests may be on their way: doubles per round trip until the first throttle, then grows by four per round trip
 * and shrinks by 0.7 per throttle. It keeps requests from piling up; the rate is held by the pacer's tokens.
 */
export class InFlightWindow {
  readonly #most: number
  #limit: number
  #inFlight = 0
  #throttledAt: Millis | undefined

  constructor(most: number) {
    this.#most = most
    this.#limit = Math.min(FIRST, most)
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get limit(): number {
    return this.#limit
  }

  get open(): boolean {
    return this.#inFlight < Math.floor(this.#limit)
  }

  started(): void {
    this.#inFlight += 1
  }

  ended(): void {
    this.#inFlight -= 1
  }

  /** A window that is not used proves nothing, so it does not grow. */
  grow(): void {
    if (this.#inFlight * 2 < this.#limit) return
    const gain = this.#throttledAt === undefined ? 1 : GAIN / this.#limit
    this.#limit = Math.min(this.#most, this.#limit + gain)
  }

  cut(now: Millis): void {
    if (this.#throttledAt !== undefined && now - this.#throttledAt < CUT_EVERY_MS) return
    this.#throttledAt = now
    this.#limit = Math.max(Math.min(FLOOR, this.#most), this.#limit * CUT)
  }
}
