import { SECOND, type Millis } from "../../kernel/units.ts"

const WATCHED_SECONDS = 30
const PAUSE_MS: Millis = 30 * SECOND
/** Fewer answers are no proof of an outage. */
const LEAST_ANSWERS = 100
/** Up to here enough gets through to go on: two thirds of the calls may fail, and objects still take three attempts. */
const OUTAGE_SHARE = 0.8
/** So many in a row prove an outage as well … */
const IN_A_ROW = 30
/** … if they came for so long: Node hands over the answers of one turn first and its errors afterwards, hundreds in a row. */
const ROW_LASTS_MS: Millis = SECOND

export type BreakerTurn = "opened" | "closed"

/**
 * Pauses for 30 s when over four fifths of the answers of the last 30 s were transient failures, or all of the last second's
 * (a network or a service that is down), then lets one probe go: its answer closes the breaker or begins the next pause. Pure:
 * time is passed in.
 */
export class Breaker {
  /** One pair of counts per second, used in turn. */
  readonly #counts = Array.from({ length: WATCHED_SECONDS }, () => ({ second: -1, answers: 0, failures: 0 }))
  #row = 0
  #rowSince: Millis = 0
  #openUntil: Millis | undefined
  #probing = false

  /** Until something may start: 0 = now, Infinity = the probe's answer is awaited. */
  waitMs(now: Millis): Millis {
    if (this.#openUntil === undefined) return 0
    return this.#probing ? Infinity : Math.max(0, this.#openUntil - now)
  }

  /** Only after `waitMs` said 0. True: this request is the probe. */
  started(): boolean {
    if (this.#openUntil === undefined) return false
    this.#probing = true
    return true
  }

  /**
   * `failure`: the share of the attempt's calls that failed by network or service, 0 to 1. Only the probe's own answer ends
   * a pause, not one that was still on its way.
   */
  heard(now: Millis, failure: number, probe: boolean): BreakerTurn | undefined {
    if (this.#openUntil !== undefined) return probe ? this.#probed(now, failure > 0) : undefined
    this.#count(now, failure)
    return failure > 0 && this.#isOutage(now) ? this.#open(now) : undefined
  }

  #probed(now: Millis, transient: boolean): BreakerTurn {
    if (transient) return this.#open(now)
    this.#openUntil = undefined
    this.#probing = false
    return "closed"
  }

  #open(now: Millis): BreakerTurn {
    this.#openUntil = now + PAUSE_MS
    this.#probing = false
    this.#row = 0
    for (const count of this.#counts) count.second = -1
    return "opened"
  }

  #count(now: Millis, failure: number): void {
    const second = Math.floor(now / SECOND)
    const count = this.#counts[second % WATCHED_SECONDS]
    if (count === undefined) return
    if (count.second !== second) Object.assign(count, { second, answers: 0, failures: 0 })
    count.answers += 1
    count.failures += failure
    if (this.#row === 0) this.#rowSince = now
    this.#row = failure > 0 ? this.#row + failure : 0
  }

  #isOutage(now: Millis): boolean {
    if (this.#row >= IN_A_ROW && now - this.#rowSince >= ROW_LASTS_MS) return true
    const oldest = Math.floor(now / SECOND) - WATCHED_SECONDS
    let answers = 0
    let failures = 0
    for (const count of this.#counts) {
      if (count.second <= oldest) continue
      answers += count.answers
      failures += count.failures
    }
    return answers >= LEAST_ANSWERS && failures > OUTAGE_SHARE * answers
  }
}
