import { SECOND, type Millis } from "../../kernel/units.ts"
import { InFlightWindow } from "./in-flight-window.ts"
import { Noise } from "./noise.ts"
import { RateWindow } from "./rate-window.ts"
import { TokenBucket } from "./token-bucket.ts"

const WINDOW_MS: Millis = 200
/** At a low rate, 200 ms hold two or three answers: they would be congested by chance, and never tell noise. */
const LEAST_ANSWERS = 20
const NOISY_ANSWERS = 64
const LONGEST_WINDOW_MS: Millis = 3 * SECOND
/** The rate is never cut below: less could not tell whether things have got better. */
const LEAST_PER_SECOND = 10
/** A first throttle tells a rate only when so much was heard, or a second of a slow service. */
const FIRST_AFTER_ANSWERS = 32
const FIRST_AFTER_MS: Millis = SECOND
/** So bad that the rate is set to what came through, without waiting for the end of the window. */
const HARD_SHARE = 0.25
const HARD_THROTTLES = 16
const HARD_AFTER_MS: Millis = 50
/** Steps up, one per calm window: 1 %, 2 % … 10 %. */
const MOST_STEPS = 10
/** Until a limit is met: the first throttle may have told too low a rate, and noise tells none. */
const FINDING = 1.5
/** Back to a rate that held before. */
const CATCH_UP = 1.5
/** A window that used less says nothing about a higher rate. */
const USED_SHARE = 0.85
/** The pace is told again when it has halved or doubled since it was told last, and not oftener than this. */
const TELL_EVERY_MS: Millis = SECOND

export interface PacerLimits {
  /** In flight at once. */
  readonly maxInFlight: number
  /** Never more per second: a drill's share, a quota's share. */
  readonly capPerSecond?: number
}

/** `neutral`: an answer that says nothing about this limit; it only gives its slot back. */
export type Heard = "ok" | "throttled" | "neutral"

export interface PaceChange {
  readonly perSecond: number
  readonly why: string
}

/**
 * Holds what goes to one limit (an S3 partition, KMS of an account) just below it. No limit until the first throttle; then
 * the rate is what came through (goodput), cut while windows of 200 ms are congested, raised step by step while they are
 * calm and used. Throttling that does not get less by cutting is noise: the rate is held, and only more than that noise
 * counts as congestion from then on (decision 17). Pure: time is passed in.
 */
export class Pacer {
  readonly name: string
  readonly window: InFlightWindow
  readonly #cap: number
  readonly #tokens: TokenBucket
  readonly #answers: RateWindow
  readonly #noise = new Noise()
  /** Raised with every change of the rate; a request carries the number under which it was sent. */
  #epoch = 0
  #cutEpoch = 0
  #newestHeard = 0
  #steps = 0
  #finding = true
  #congested = false
  /** The last rate that went through; worth going back to quickly. */
  #reached = 0
  #told: { readonly at: Millis; readonly perSecond: number } | undefined

  constructor(name: string, now: Millis, limits: PacerLimits) {
    this.name = name
    this.window = new InFlightWindow(limits.maxInFlight)
    this.#cap = limits.capPerSecond ?? Infinity
    this.#tokens = new TokenBucket(now, this.#cap)
    this.#answers = new RateWindow(now)
  }

  /** Infinity = no limit is known. */
  get perSecond(): number {
    return this.#tokens.perSecond
  }

  /** Share of the answers that is throttled at any rate, as far as it is known. */
  get noise(): number {
    return this.#noise.share
  }

  /** Until one more may start: 0 = now, Infinity = not before an answer has come. */
  waitMs(now: Millis): Millis {
    return this.window.open ? this.#tokens.waitMs(now) : Infinity
  }

  /** Only after `waitMs` said 0 at this moment. The ticket comes back with the answer. */
  start(now: Millis): number {
    if (this.window.inFlight === 0 && this.#isIdle(now)) this.#answers.beginAnew(now)
    this.#tokens.take()
    this.window.started()
    this.#answers.started()
    return this.#epoch
  }

  /** What became of a request; a change of pace that is worth telling. */
  answered(now: Millis, ticket: number, heard: Heard): PaceChange | undefined {
    this.window.ended()
    const change = this.#isFull(now) ? this.#judge(now) : undefined
    if (heard === "neutral") return change
    this.#newestHeard = Math.max(this.#newestHeard, ticket)
    this.#answers.heard(heard === "ok", ticket >= this.#cutEpoch)
    if (heard === "ok") {
      this.window.grow()
      return change
    }
    if (this.#noise.share === 0 || this.#congested) this.window.cut(now)
    if (this.perSecond === Infinity) return this.#firstThrottle(now)
    return this.#isHard(now) ? this.#judge(now) : change
  }

  /** A listing came first, or other work: that time is no part of any rate. */
  #isIdle(now: Millis): boolean {
    return this.perSecond === Infinity || this.#answers.elapsedMs(now) >= LONGEST_WINDOW_MS
  }

  /** A few answers tell nothing, and beside noise many tell little: then the window waits for more of them. */
  #isFull(now: Millis): boolean {
    const elapsedMs = this.#answers.elapsedMs(now)
    if (elapsedMs < WINDOW_MS) return false
    const enough = this.#noise.share === 0 ? LEAST_ANSWERS : NOISY_ANSWERS
    return this.#answers.judged >= enough || elapsedMs >= LONGEST_WINDOW_MS
  }

  #isHard(now: Millis): boolean {
    const { throttled, share } = this.#answers
    const enough = throttled >= (this.#noise.share === 0 ? HARD_THROTTLES : NOISY_ANSWERS)
    return enough && share - this.#noise.share > HARD_SHARE && this.#answers.elapsedMs(now) >= HARD_AFTER_MS
  }

  #firstThrottle(now: Millis): PaceChange | undefined {
    if (this.#answers.judgedLately < FIRST_AFTER_ANSWERS && this.#answers.latelyMs(now) < FIRST_AFTER_MS)
      return undefined
    this.#reached = this.#answers.goodputLately(now)
    this.#cutTo(now, this.#reached)
    this.#answers.begin(now)
    return this.#tell(now, "throttled for the first time")
  }

  /** Ends the window and draws its conclusion. */
  #judge(now: Millis): PaceChange | undefined {
    const told = this.perSecond === Infinity || this.#answers.judged === 0 ? undefined : this.#conclude(now)
    this.#answers.begin(now)
    return told
  }

  #conclude(now: Millis): PaceChange | undefined {
    const verdict = this.#noise.hear(this.perSecond, this.#answers)
    if (verdict === "noise") return this.#hold(now)
    if (verdict === "limit") this.#noise.refuted(now)
    this.#congested = this.#noise.isCongested(this.#answers)
    return this.#congested ? this.#cut(now) : this.#calm(now)
  }

  #hold(now: Millis): PaceChange | undefined {
    this.#congested = false
    this.#finding = true
    if (this.#noise.share === 0) this.#told = undefined // news, whatever was told last
    this.#setRate(now, this.#noise.found(now))
    if (this.#noise.share === 0) return this.#tell(now, "calm")
    return this.#tell(now, `${Math.round(this.#noise.share * 100)} % of the calls are throttled at any rate: held`)
  }

  #cut(now: Millis): PaceChange | undefined {
    this.#noise.congested(now, this.perSecond, this.#answers)
    this.#finding = false
    this.#steps = 0
    // What must be sent for this goodput, if a part of it is throttled whatever the rate.
    const through = this.#answers.goodput(now) / (1 - this.#noise.share)
    if (through > 0) this.#reached = through
    // At the floor nothing can be cut any more; a look upwards tells whether that was of use.
    if (this.perSecond <= LEAST_PER_SECOND && through > 0) this.#cutTo(now, 2 * LEAST_PER_SECOND)
    else if (this.#answers.share - this.#noise.share > HARD_SHARE) this.#cutTo(now, through)
    else this.#cutTo(now, 0.5 * this.perSecond + 0.49 * through)
    return this.#tell(now, "throttled")
  }

  #calm(now: Millis): PaceChange | undefined {
    this.#noise.calm(this.perSecond, this.#answers)
    if (this.#noise.examining) {
      const before = this.#noise.giveUp(now)
      if (before !== undefined) this.#setRate(now, before)
      return undefined
    }
    const lower = this.#noise.examine(now, this.perSecond, this.#answers)
    if (lower !== undefined) {
      this.#cutTo(now, lower)
      return undefined
    }
    // An answer to the last step must have come, or a slow service is climbed blindly.
    const used = this.#answers.used(now, this.perSecond) >= USED_SHARE && this.#newestHeard >= this.#epoch
    if (used && (this.#finding || this.#answers.share <= this.#noise.share)) this.#raise(now)
    return this.#tell(now, "calm")
  }

  #raise(now: Millis): void {
    this.#steps = Math.min(MOST_STEPS, this.#steps + 1)
    const step = this.#finding ? FINDING : 1 + this.#steps / 100
    const catchUp = Math.min(this.perSecond * CATCH_UP, this.#reached)
    this.#setRate(now, Math.max(catchUp, this.perSecond * step))
    this.#reached = Math.max(this.#reached, this.perSecond)
  }

  #setRate(now: Millis, perSecond: number): void {
    this.#tokens.setRate(now, Math.min(this.#cap, Math.max(LEAST_PER_SECOND, perSecond)))
    this.#epoch += 1
  }

  /** Answers to what was sent before say nothing about the new rate. */
  #cutTo(now: Millis, perSecond: number): void {
    this.#setRate(now, perSecond)
    this.#cutEpoch = this.#epoch
  }

  #tell(now: Millis, why: string): PaceChange | undefined {
    const { perSecond } = this
    if (this.#told !== undefined) {
      const ratio = perSecond / this.#told.perSecond
      if (now - this.#told.at < TELL_EVERY_MS || (ratio > 0.5 && ratio < 2)) return undefined
    }
    this.#told = { at: now, perSecond }
    return { perSecond, why }
  }
}
