/** A token bucket that holds a twentieth of a second: what S3 lets through is not known to be more patient. */
export class Limiter {
  readonly #perMs: number
  readonly #burst: number
  #tokens: number
  #at: number

  constructor(perSecond: number, now: number) {
    this.#perMs = perSecond / 1000
    this.#burst = Math.max(1, perSecond / 20)
    this.#tokens = this.#burst
    this.#at = now
  }

  takes(now: number): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) * this.#perMs)
    this.#at = now
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
