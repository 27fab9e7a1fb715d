import type { RegionName } from "../kernel/brands.ts"
import { isSilence } from "../kernel/errors.ts"
import { SECOND } from "../kernel/units.ts"
import type { CallDeps, Patience } from "./call.ts"

/** Another Region gives the same session, so the next is asked soon. */
const BRIEF: Patience = { deadlineMs: 3 * SECOND, attempts: 2, unanswered: 1 }

export type FirstThatAnswers = <T>(
  deps: CallDeps,
  ask: (deps: CallDeps, region: RegionName) => Promise<T>,
) => Promise<T>

/**
 * Asks STS in the first Region, and in the next when nobody answers; where it was silent it is not asked again. The last
 * one is asked with the patience of `deps`.
 */
export function firstThatAnswers(regions: readonly [RegionName, ...RegionName[]]): FirstThatAnswers {
  let known = 0
  return async (deps, ask) => {
    for (let at = known; at < regions.length - 1; at = Math.max(known, at + 1)) {
      try {
        return await ask({ patience: BRIEF, ...deps }, regions[at] as RegionName)
      } catch (thrown) {
        if (!isSilence(thrown)) throw thrown
        known = Math.max(known, at + 1)
      }
    }
    return ask(deps, regions.at(-1) as RegionName)
  }
}
