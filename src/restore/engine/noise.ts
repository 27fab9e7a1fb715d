import { SECOND, type Millis } from "../../kernel/units.ts"
import { NoiseTest, type Verdict } from "./noise-test.ts"
import type { RateWindow } from "./rate-window.ts"

/** So much above the noise is congestion. */
const CONGESTED_SHARE = 0.01
/** Less noise is not worth telling from a limit: cutting for it costs little. */
const LEAST_NOISE = 0.03
/** Noise is a finding, not a fact: it is examined again, by a rate cut for a moment. */
const EXAMINE_EVERY_MS: Millis = 10 * SECOND
const EXAMINED_AT = 0.8
const LONGEST_EXAMINATION = 10

/** The share of answers that is throttled whatever the rate, as far as it is known. */
export class Noise {
  #share = 0
  /** At this rate it was found; at a higher one a rise may be the rate's own. */
  #foundAtRate = 0
  #congestedWindows = 0
  #test: NoiseTest | undefined
  #examinedAt: Millis = 0
  /** The rate before the cuts under test. */
  #rateBefore = 0
  /** Windows of an examination so far; undefined = the test came from congestion, or there is none. */
  #examination: number | undefined

  get share(): number {
    return this.#share
  }

  get examining(): boolean {
    return this.#examination !== undefined
  }

  /** More is throttled than noise and chance explain. */
  isCongested(window: RateWindow): boolean {
    return window.share - this.#share > this.#margin(window)
  }

  /** What this window adds to a question that is open. */
  hear(perSecond: number, window: RateWindow): Verdict {
    const verdict = this.#test?.heard(perSecond, window.judged, window.throttled) ?? "open"
    if (this.#examination !== undefined) this.#examination += 1
    return verdict
  }

  /** A congested window: the question is asked. The first one still holds what the service had saved up, the second counts. */
  congested(now: Millis, perSecond: number, window: RateWindow): void {
    this.#examination = undefined
    this.#congestedWindows += 1
    const worthIt = this.#congestedWindows > 1 && window.share >= LEAST_NOISE
    if (worthIt && this.#test === undefined) this.#ask(now, perSecond, window)
  }

  calm(perSecond: number, window: RateWindow): void {
    const { share } = window
    if (this.#test === undefined) this.#congestedWindows = 0
    if (perSecond <= this.#foundAtRate || share < this.#share - this.#margin(window))
      this.#set(this.#share + 0.2 * (share - this.#share))
  }

  /** Cutting was of no use. The rate to go back to. */
  found(now: Millis): number {
    this.#set(this.#test?.share ?? this.#share)
    this.#foundAtRate = this.#rateBefore
    this.#forget(now)
    return this.#rateBefore
  }

  /** Cutting helped: what was throttled was a limit. */
  refuted(now: Millis): void {
    if (this.#examination !== undefined) this.#set(Math.min(this.#share, this.#test?.share ?? 0))
    this.#forget(now)
  }

  /** The rate at which to examine it once more, or undefined. */
  examine(now: Millis, perSecond: number, window: RateWindow): number | undefined {
    const due = this.#share > 0 && this.#test === undefined && now - this.#examinedAt >= EXAMINE_EVERY_MS
    if (!due) return undefined
    this.#ask(now, perSecond, window)
    this.#examination = 0
    return perSecond * EXAMINED_AT
  }

  /** The rate to go back to when an examination led to nothing. */
  giveUp(now: Millis): number | undefined {
    if (this.#examination === undefined || this.#examination < LONGEST_EXAMINATION) return undefined
    this.#forget(now)
    return this.#rateBefore
  }

  #ask(now: Millis, perSecond: number, window: RateWindow): void {
    this.#test = new NoiseTest({ goodputPerSecond: window.goodput(now), share: window.share })
    this.#rateBefore = perSecond
  }

  #forget(now: Millis): void {
    this.#test = undefined
    this.#examination = undefined
    this.#congestedWindows = 0
    this.#examinedAt = now
  }

  #set(share: number): void {
    this.#share = share < LEAST_NOISE ? 0 : share
  }

  /** By how much a share may exceed the noise by chance alone: two standard deviations. */
  #margin({ judged }: RateWindow): number {
    return Math.max(CONGESTED_SHARE, 2 * Math.sqrt((this.#share * (1 - this.#share)) / judged))
  }
}
