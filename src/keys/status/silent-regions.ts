import type { AccountId, RegionName } from "../../kernel/brands.ts"
import { DrError, isSilence, messageOf } from "../../kernel/errors.ts"

/**
 * Remembers where nobody answers, per account and Region: after the first call without any answer nothing there is
 * asked again, and what is under way is given up. Of the caller, for one reading: the next one asks anew.
 */
export interface SilentRegions {
  /** @throws DrError E_REGION_SILENT instead of asking a Region that is known to be silent */
  ask<T>(account: AccountId, region: RegionName, call: () => Promise<T>): Promise<T>
}

export function silentRegions(): SilentRegions {
  const known = new Map<string, Breaker>()
  return {
    async ask(account, region, call) {
      const at = `${account} ${region}`
      const breaker = known.get(at) ?? newBreaker()
      known.set(at, breaker)
      if (breaker.open !== undefined) throw breaker.open
      try {
        return await Promise.race([call(), breaker.opened])
      } catch (thrown) {
        if (isSilence(thrown)) breaker.trip(silent(region, thrown))
        throw thrown
      }
    },
  }
}

interface Breaker {
  readonly open: DrError | undefined
  /** Only ever rejects. */
  readonly opened: Promise<never>
  trip(error: DrError): void
}

function newBreaker(): Breaker {
  let open: DrError | undefined
  let reject: (error: DrError) => void = () => undefined
  const opened = new Promise<never>((_, refuse) => (reject = refuse))
  opened.catch(() => undefined) // nobody may be waiting when it trips
  return {
    get open() {
      return open
    },
    opened,
    trip(error) {
      if (open !== undefined) return
      open = error
      reject(error)
    },
  }
}

function silent(region: RegionName, cause: unknown): DrError {
  const { aws } = cause as DrError
  return new DrError({
    code: "E_REGION_SILENT",
    message: `${region} does not answer: ${messageOf(cause)}`,
    ...(aws === undefined ? {} : { aws }),
    cause,
  })
}
