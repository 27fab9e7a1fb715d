import { SECOND, type Millis } from "../../kernel/units.ts"
import { InFlightWindow } from "./in-flight-window.ts"
import { NoiseTest } from "./noise-test.ts"
import { TokenBucket } from "./token-bucket.ts"

const WINDOW_MS: Millis = 200
/** The rate is never cut below: less could not tell whether things have got better. */
const LEAST_PER_SECOND = 10
/** Above it a window is congested. */
const CONGESTED_SHARE = 0.01
/** So bad that the rate is set to what came through, without waiting for the end of the window. */
const HARD_SHARE = 0.25
const HARD_THROTTLES = 16
const HARD_AFTER_MS: Millis = 50
/** Goodput is not read off a shorter stretch. */
const SHORTEST_STRETCH_MS: Millis = 20
/** Steps up, one per calm window: 1 %, 2 % … 10 %. */
const MOST_STEPS = 10
/** Back to a rate that held before: half as much again per window. */
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
 * counts as congestion from then on. Pure: time is passed in.
 */
export class Pacer {
  readonly name: string
  readonly window: InFlightWindow
  readonly #cap: number
  readonly #tokens: TokenBucket
  /** Raised with every change of the rate; a request carries the number under which it was sent. */
  #epoch = 0
  #cutEpoch = 0
  #newestHeard = 0
  #since: Millis
  #started = 0
  #ok = 0
  #judged = 0
  #judgedThrottled = 0
  #steps = 0
  #congested = false
  /** Share of the answers that is throttled at any rate. */
  #noise = 0
  #noiseAtRate = 0
  #test: NoiseTest | undefined
  /** The last rate that went through; worth going back to quickly. */
  #reached = 0
  #told: { readonly at: Millis; readonly perSecond: number } | undefined

  constructor(name: string, now: Millis, limits: PacerLimits) {
    this.name = name
    this.window = new InFlightWindow(limits.maxInFlight)
    this.#cap = limits.capPerSecond ?? Infinity
    this.#tokens = new TokenBucket(now, this.#cap)
    this.#since = now
  }

  /** Infinity = no limit is known. */
  get perSecond(): number {
    return this.#tokens.perSecond
  }

  get noise(): number {
    return this.#noise
  }

  /** Until one more may start: 0 = now, Infinity = not before an answer has come. */
  waitMs(now: Millis): Millis {
    return this.window.open ? this.#tokens.waitMs(now) : Infinity
  }

  /** Only after `waitMs` said 0 at the same moment. The ticket comes back with the answer. */
  start(): number {
    this.#tokens.take()
    this.window.started()
    this.#started += 1
    return this.#epoch
  }

  /** What became of a request; a change of pace that is worth telling. */
  answered(now: Millis, ticket: number, heard: Heard): PaceChange | undefined {
    this.window.ended()
    const change = now - this.#since >= WINDOW_MS ? this.#judge(now) : undefined
    if (heard === "neutral") return change
    this.#newestHeard = Math.max(this.#newestHeard, ticket)
    if (ticket >= this.#cutEpoch) this.#judged += 1
    if (heard === "ok") {
      this.#ok += 1
      this.window.grow()
      return change
    }
    if (ticket >= this.#cutEpoch) this.#judgedThrottled += 1
    if (this.#noise === 0 || this.#congested) this.window.cut(now)
    if (this.perSecond === Infinity) return this.#firstThrottle(now)
    return this.#isHard(now) ? this.#judge(now) : change
  }

  #isHard(now: Millis): boolean {
    return (
      this.#judgedThrottled >= HARD_THROTTLES &&
      now - this.#since >= HARD_AFTER_MS &&
      this.#judgedThrottled / this.#judged - this.#noise > HARD_SHARE
    )
  }

  #firstThrottle(now: Millis): PaceChange | undefined {
    this.#reached = this.#goodput(now)
    this.#setRate(now, this.#reached)
    this.#cutEpoch = this.#epoch
    this.#beginWindow(now)
    return this.#tell(now, "throttled for the first time")
  }

  /** Ends the window and draws its conclusion. */
  #judge(now: Millis): PaceChange | undefined {
    const change = this.perSecond === Infinity || this.#judged === 0 ? undefined : this.#conclude(now)
    this.#beginWindow(now)
    return change
  }

  #conclude(now: Millis): PaceChange | undefined {
    const share = this.#judgedThrottled / this.#judged
    const verdict = this.#test?.heard(this.perSecond, this.#judged, this.#judgedThrottled)
    if (verdict === "cutting-is-no-use") return this.#holdAgainstNoise(now)
    if (verdict === "cutting-helps") this.#test = undefined
    this.#congested = share - this.#noise > this.#margin()
    return this.#congested ? this.#cut(now, share) : this.#calm(now, share)
  }

  /** By how much the share may exceed the noise by chance alone. */
  #margin(): number {
    return Math.max(CONGESTED_SHARE, 2 * Math.sqrt((this.#noise * (1 - this.#noise)) / this.#judged))
  }

  #holdAgainstNoise(now: Millis): PaceChange | undefined {
    this.#noise = this.#test?.share ?? 0
    this.#noiseAtRate = this.perSecond
    this.#test = undefined
    this.#congested = false
    return this.#tell(now, `${Math.round(this.#noise * 100)} % of the calls are throttled at any rate: held`)
  }

  #cut(now: Millis, share: number): PaceChange | undefined {
    // What must be sent for this goodput, if a part of it is throttled whatever the rate.
    const through = this.#goodput(now) / (1 - this.#noise)
    this.#test ??= new NoiseTest({ goodputPerSecond: this.#goodput(now), share, noise: this.#noise })
    if (through > 0) this.#reached = through
    this.#setRate(now, share - this.#noise > HARD_SHARE ? through : 0.5 * this.perSecond + 0.49 * through)
    this.#cutEpoch = this.#epoch
    this.#steps = 0
    return this.#tell(now, "throttled")
  }

  #calm(now: Millis, share: number): PaceChange | undefined {
    const used = this.#started >= USED_SHARE * this.perSecond * ((now - this.#since) / SECOND)
    // An answer to the last step must have come, or a slow service is climbed blindly.
    if (used && share <= this.#noise && this.#newestHeard >= this.#epoch) this.#raise(now)
    // Upwards only where the rate cannot be the cause, or a real limit would be taken for noise bit by bit.
    if (share < this.#noise || this.perSecond <= this.#noiseAtRate) this.#noise += 0.1 * (share - this.#noise)
    if (this.#noise < CONGESTED_SHARE) this.#noise = 0
    return this.#tell(now, "calm")
  }

  #raise(now: Millis): void {
    this.#steps = Math.min(MOST_STEPS, this.#steps + 1)
    const catchUp = Math.min(this.perSecond * CATCH_UP, this.#reached)
    this.#setRate(now, Math.max(catchUp, this.perSecond * (1 + this.#steps / 100)))
    this.#reached = Math.max(this.#reached, this.perSecond)
  }

  #goodput(now: Millis): number {
    return (this.#ok / Math.max(now - this.#since, SHORTEST_STRETCH_MS)) * SECOND
  }

  #setRate(now: Millis, perSecond: number): void {
    this.#tokens.setRate(now, Math.min(this.#cap, Math.max(LEAST_PER_SECOND, perSecond)))
    this.#epoch += 1
  }

  #beginWindow(now: Millis): void {
    this.#since = now
    this.#started = 0
    this.#ok = 0
    this.#judged = 0
    this.#judgedThrottled = 0
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
