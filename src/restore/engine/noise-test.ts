/** Evidence of about 1 : 150 settles it … */
const CERTAIN = 5
/** … and one window never does: at its beginning a service may still spend what it had saved. */
const MOST_PER_WINDOW = 2
/** Nothing is taken for impossible, or one stray answer would decide. */
const LEAST_SHARE = 0.01

/** Before the rate was changed: what came through, and what was throttled. */
export interface Baseline {
  readonly goodputPerSecond: number
  /** Throttled answers among all, 0 to 1. */
  readonly share: number
}

export type Verdict = "limit" | "noise" | "open"

/**
 * Tells a limit from noise. Behind a limit, a share of 1 - goodput / rate is throttled, less at a lower rate. Noise throttles
 * the same share at every rate. Each window of answers speaks for one of the two by the ratio of their likelihoods; the sum
 * decides (a sequential probability ratio test).
 */
export class NoiseTest {
  readonly #baseline: Baseline
  #evidence = 0
  #answers = 0
  #throttled = 0

  constructor(baseline: Baseline) {
    this.#baseline = baseline
  }

  /** Share of the throttled among the answers heard since. */
  get share(): number {
    return this.#answers === 0 ? this.#baseline.share : this.#throttled / this.#answers
  }

  /** Answers to what was sent at this rate. */
  heard(perSecond: number, answers: number, throttled: number): Verdict {
    this.#answers += answers
    this.#throttled += throttled
    const byLimit = clamped(1 - this.#baseline.goodputPerSecond / perSecond)
    const byNoise = clamped(this.#baseline.share)
    const evidence =
      throttled * Math.log(byNoise / byLimit) + (answers - throttled) * Math.log((1 - byNoise) / (1 - byLimit))
    this.#evidence += Math.min(MOST_PER_WINDOW, Math.max(-MOST_PER_WINDOW, evidence))
    if (this.#evidence > CERTAIN) return "noise"
    return this.#evidence < -CERTAIN ? "limit" : "open"
  }
}

function clamped(share: number): number {
  return Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, share))
}
