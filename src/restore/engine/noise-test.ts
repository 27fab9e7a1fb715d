/** Evidence of about 1 : 150 settles it. */
const CERTAIN = 5
/** Nothing is taken for impossible, or one stray answer would decide. */
const LEAST_SHARE = 0.01

/** The moment before the rate was cut for the first time: what was sent, what came through, what was throttled. */
export interface Baseline {
  readonly goodputPerSecond: number
  /** Throttled answers among all, 0 to 1. */
  readonly share: number
  /** The part of them that was known to be throttled at any rate. */
  readonly noise: number
}

export type Verdict = "cutting-helps" | "cutting-is-no-use" | "open"

/**
 * Tells a limit from noise. Behind a limit a cut rate is throttled less: at rate r a share of 1 - goodput / r. Answers that
 * are throttled at random, whatever the rate, keep their share. Each window of answers speaks for one of the two by the
 * ratio of their likelihoods; the sum decides (a sequential probability ratio test).
 */
export class NoiseTest {
  readonly #baseline: Baseline
  #evidence = 0
  #answers = 0
  #throttled = 0

  constructor(baseline: Baseline) {
    this.#baseline = baseline
  }

  /** Share of the throttled answers since the first cut. */
  get share(): number {
    return this.#answers === 0 ? this.#baseline.share : this.#throttled / this.#answers
  }

  /** Only answers to what was sent at this rate. */
  heard(perSecond: number, answers: number, throttled: number): Verdict {
    this.#answers += answers
    this.#throttled += throttled
    const byLimit = clamped(Math.max(this.#baseline.noise, 1 - this.#baseline.goodputPerSecond / perSecond))
    const byNoise = clamped(this.#baseline.share)
    this.#evidence +=
      throttled * Math.log(byNoise / byLimit) + (answers - throttled) * Math.log((1 - byNoise) / (1 - byLimit))
    if (this.#evidence > CERTAIN) return "cutting-is-no-use"
    return this.#evidence < -CERTAIN ? "cutting-helps" : "open"
  }
}

function clamped(share: number): number {
  return Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, share))
}
