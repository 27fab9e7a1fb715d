import type { Millis } from "../kernel/units.ts"
import { forecast, type Forecast } from "./forecast.ts"
import { missingMarks, type Mark } from "./marks.ts"
import type { DrillRecord, Outcome } from "./record.ts"

export type Verdict =
  | { readonly kind: "met"; readonly elapsed: Millis; readonly spare: Millis }
  | { readonly kind: "missed"; readonly elapsed: Millis; readonly by: Millis }
  | { readonly kind: "not-proven"; readonly missing: readonly Mark[] }

export interface Objective {
  readonly rtoKeyMs: Millis
  readonly rtoDataMs: Millis
}

/** What the drill's record alone does not tell. */
export interface RunFacts {
  readonly simulated: boolean
  /** For rehearsals: judge a simulated run as if it were evidence. Whoever shows the verdict must say so. */
  readonly acceptSimulated: boolean
  readonly runOutcome: Outcome
  /** What the drill would be about today; a record of something else is no proof. Left out = not asked. */
  readonly expectedScope?: string | undefined
}

export interface Judgement {
  readonly rtoKey: Verdict
  readonly rtoData: Verdict
  /** Present whenever it could be computed, also when the verdict is not-proven. */
  readonly forecast: Forecast | undefined
}

/** Fewer measured objects than this give an interval that nobody should plan with. */
const MIN_MEASURED = 10

/**
 * RTO-K runs from the drill's start (the declaration) to the end of the verify phase: by then a reader without the source
 * has read every sampled object under the recovery key. RTO-D is the forecast for all data. A mark that is missing is
 * never made up for: the verdict is then not-proven, whatever the clock says.
 */
export function judge(drill: DrillRecord, objective: Objective, facts: RunFacts): Judgement {
  const missing = missingMarks(drill, facts)
  const estimate = drill.copies.length > 0 ? forecast(drill) : undefined
  return {
    rtoKey: judgeKey(drill, objective.rtoKeyMs, missing),
    rtoData: judgeData(estimate, objective.rtoDataMs, missing),
    forecast: estimate,
  }
}

function judgeKey(drill: DrillRecord, limit: Millis, missing: readonly Mark[]): Verdict {
  const verified = drill.phases.findLast((phase) => phase.phase === "verify")
  if (missing.length > 0 || verified?.durationMs === undefined) return { kind: "not-proven", missing }
  return measured(verified.startMs + verified.durationMs, limit)
}

function judgeData(estimate: Forecast | undefined, limit: Millis, missing: readonly Mark[]): Verdict {
  if (missing.length > 0) return { kind: "not-proven", missing }
  if (estimate === undefined)
    return notProven(
      "forecast",
      "no rate could be measured: some dataset has no object that was both copied and verified",
    )
  if (estimate.pointMs > limit) return { kind: "missed", elapsed: estimate.pointMs, by: estimate.pointMs - limit }
  if (estimate.smallestSample !== undefined && estimate.smallestSample < MIN_MEASURED) {
    return notProven(
      "sample-size",
      `${estimate.smallestSample} measured objects in one dataset; a forecast needs ${MIN_MEASURED}, or all there are`,
    )
  }
  if (estimate.upperMs > limit)
    return notProven(
      "interval",
      "the estimate is within the target, the upper bound of its 95 % interval is not: draw a larger sample",
    )
  return { kind: "met", elapsed: estimate.upperMs, spare: limit - estimate.upperMs }
}

function measured(elapsed: Millis, limit: Millis): Verdict {
  return elapsed <= limit
    ? { kind: "met", elapsed, spare: limit - elapsed }
    : { kind: "missed", elapsed, by: elapsed - limit }
}

function notProven(mark: Mark["mark"], why: string): Verdict {
  return { kind: "not-proven", missing: [{ mark, why }] }
}

const WEIGHT = { met: 0, missed: 1, "not-proven": 2 } as const

/** What several verdicts are together: met only when all are; a miss is said before what could not be proven. */
export function worst(kinds: readonly Verdict["kind"][]): Verdict["kind"] {
  if (kinds.includes("missed")) return "missed"
  return kinds.length === 0 ? "not-proven" : kinds.reduce((a, b) => (WEIGHT[b] > WEIGHT[a] ? b : a))
}
