import { SECOND, type Millis } from "../../kernel/units.ts"

/** Goodput is not read off a shorter stretch. */
const SHORTEST_STRETCH_MS: Millis = 20

/** What was sent and what came back in one stretch of time. */
export class RateWindow {
  #since: Millis
  #started = 0
  #ok = 0
  #judged = 0
  #throttled = 0
  /** Of the window before. */
  #okBefore = 0
  #judgedBefore = 0
  #lastedMs: Millis = 0

  constructor(now: Millis) {
    this.#since = now
  }

  /** Answers to what was sent at the present rate or later. */
  get judged(): number {
    return this.#judged
  }

  /** The throttled ones among them. */
  get throttled(): number {
    return this.#throttled
  }

  get share(): number {
    return this.#judged === 0 ? 0 : this.#throttled / this.#judged
  }

  elapsedMs(now: Millis): Millis {
    return now - this.#since
  }

  /** Answers of this window and the one before. */
  get judgedLately(): number {
    return this.#judgedBefore + this.#judged
  }

  /** This window and the one before. */
  latelyMs(now: Millis): Millis {
    return this.#lastedMs + this.elapsedMs(now)
  }

  /** As `goodput`, over this window and the one before: one that has just begun tells nothing. */
  goodputLately(now: Millis): number {
    return ((this.#okBefore + this.#ok) / Math.max(this.latelyMs(now), SHORTEST_STRETCH_MS)) * SECOND
  }

  /** Answers of any age that came through, per second. */
  goodput(now: Millis): number {
    return (this.#ok / Math.max(this.elapsedMs(now), SHORTEST_STRETCH_MS)) * SECOND
  }

  /** Started of what this rate allows, 0 to about 1. */
  used(now: Millis, perSecond: number): number {
    return this.#started / ((perSecond * this.elapsedMs(now)) / SECOND)
  }

  started(): void {
    this.#started += 1
  }

  /** `judged`: it was sent at the present rate. */
  heard(ok: boolean, judged: boolean): void {
    this.#ok += ok ? 1 : 0
    this.#judged += judged ? 1 : 0
    this.#throttled += judged && !ok ? 1 : 0
  }

  /** After idleness: what was before says nothing about a rate. */
  beginAnew(now: Millis): void {
    this.begin(now)
    this.#okBefore = 0
    this.#judgedBefore = 0
    this.#lastedMs = 0
  }

  begin(now: Millis): void {
    this.#okBefore = this.#ok
    this.#judgedBefore = this.#judged
    this.#lastedMs = now - this.#since
    this.#since = now
    this.#started = 0
    this.#ok = 0
    this.#judged = 0
    this.#throttled = 0
  }
}
