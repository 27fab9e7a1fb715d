import type { Clock } from "../kernel/clock.ts"
import type { AwsCredentials, CredentialSource } from "./clients.ts"

/**
 * Credentials of an assumed role that outlive its hour: renewed at half their life, one renewal at a time. While STS is
 * out the old session goes on until it really expires; `invalidate` is for an ExpiredToken answer (reliability S7).
 */
export class RefreshingCredentials {
  readonly #assume: () => Promise<AwsCredentials>
  readonly #clock: Clock
  readonly #once: boolean
  #current: { credentials: AwsCredentials; renewAt: number; expiresAt: number } | undefined
  #renewing: Promise<AwsCredentials> | undefined

  /** `once`: a second factor was used, whose code works a single time. */
  constructor(clock: Clock, assume: () => Promise<AwsCredentials>, { once = false }: { once?: boolean } = {}) {
    this.#once = once
    this.#clock = clock
    this.#assume = assume
  }

  /**
   * Asked at every request: the SDK would keep what it got until five minutes before its end by our clock, past every
   * renewal and every `invalidate`. Its own mark for sources that remember by themselves.
   */
  readonly source: CredentialSource = Object.assign(() => this.#give(), { memoized: true })

  async #give(): Promise<AwsCredentials> {
    const current = this.#current
    if (current === undefined) return this.#renew()
    if (this.#clock.now() < current.renewAt) return current.credentials
    try {
      return await this.#renew()
    } catch (error) {
      if (this.#clock.now() < current.expiresAt) return current.credentials
      throw error
    }
  }

  invalidate(): void {
    this.#current = undefined
  }

  #renew(): Promise<AwsCredentials> {
    this.#renewing ??= this.#assume()
      .then((credentials) => {
        const now = this.#clock.now()
        const expiresAt = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY
        this.#current = { credentials, expiresAt, renewAt: this.#once ? expiresAt : now + (expiresAt - now) / 2 }
        return credentials
      })
      .finally(() => (this.#renewing = undefined))
    return this.#renewing
  }
}
