import { SECOND, type Millis } from "../../kernel/units.ts"

/** A fiftieth of a second's worth may go at once: enough for a timer that wakes late, too little to hurt a limiter. */
const BURST_SECONDS = 0.02
/** A wait computed to end with a whole token must not end a rounding error short of it. */
const ROUNDING = 1e-6

/** Tokens at a rate per second. Infinity = no limit. In any stretch of t seconds it gives at most `burst + t * rate`. */
export class TokenBucket {
  #perSecond: number
  #tokens: number
  #at: Millis

  constructor(now: Millis, perSecond: number) {
    this.#perSecond = perSecond
    this.#tokens = this.burst
    this.#at = now
  }

  get perSecond(): number {
    return this.#perSecond
  }

  /** The most that can have gathered; at least one, or nothing would ever go. */
  get burst(): number {
    return Math.max(1, this.#perSecond * BURST_SECONDS)
  }

  /** A bucket that had no limit before begins empty: what went without tokens was burst enough. */
  setRate(now: Millis, perSecond: number): void {
    this.#refill(now)
    const hadNoLimit = this.#perSecond === Infinity
    this.#perSecond = perSecond
    this.#tokens = hadNoLimit ? 0 : Math.min(this.#tokens, this.burst)
  }

  /** Until a token can be taken; 0 = now. */
  waitMs(now: Millis): Millis {
    if (this.#perSecond === Infinity) return 0
    this.#refill(now)
    return this.#tokens >= 1 - ROUNDING ? 0 : ((1 - this.#tokens) / this.#perSecond) * SECOND
  }

  /** Only after `waitMs` said 0 at the same moment. */
  take(): void {
    if (this.#perSecond !== Infinity) this.#tokens -= 1
  }

  #refill(now: Millis): void {
    const passedMs = Math.max(0, now - this.#at)
    this.#at = now
    if (this.#perSecond !== Infinity)
      this.#tokens = Math.min(this.burst, this.#tokens + (passedMs / SECOND) * this.#perSecond)
  }
}
