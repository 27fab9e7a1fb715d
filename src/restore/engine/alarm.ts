import type { Clock } from "../../kernel/clock.ts"
import type { Millis } from "../../kernel/units.ts"

/** Timers of Node overflow after 24 days; the scheduler looks up now and then anyway. */
const LONGEST_SLEEP_MS: Millis = 60_000

/** One sleep at a time, whatever there is to wait for. Waking too early is harmless: who is woken sets it again. */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #at: Millis = Infinity
  #sleep: AbortController | undefined

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Rings at `at` of the monotonic clock, or before. Infinity keeps what was set. */
  set(now: Millis, at: Millis): void {
    if (at >= this.#at) return
    this.clear()
    const sleep = new AbortController()
    this.#sleep = sleep
    this.#at = at
    const ended = (): void => {
      if (this.#sleep !== sleep) return
      this.#sleep = undefined
      this.#at = Infinity
      this.#ring()
    }
    // A clock that cannot sleep wakes the scheduler at once; only a sleep that was given up stays silent.
    this.#clock.sleep(Math.min(LONGEST_SLEEP_MS, Math.max(0, at - now)), sleep.signal).then(ended, ended)
  }

  clear(): void {
    const sleep = this.#sleep
    this.#sleep = undefined
    this.#at = Infinity
    sleep?.abort()
  }
}
