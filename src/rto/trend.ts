import type { EnvironmentObjective } from "./check.ts"
import type { RunRecord } from "./record.ts"
import { judge, type Verdict } from "./verdict.ts"

/** One past run of a drill, or a slot of its schedule in which it did not run. */
export type TrendPoint =
  | {
      readonly kind: "run"
      readonly at: string
      readonly run: string
      readonly drill: string
      readonly simulated: boolean
      readonly verdict: Verdict["kind"]
      readonly elapsedMs: number
    }
  | { readonly kind: "missed-slot"; readonly at: string; readonly drill: string }

/** From schedule arithmetic: a drill that should have begun then, and did not within its grace. */
export interface MissedSlot {
  readonly drill: string
  readonly at: string
}

/**
 * Every run of an environment's drills, in order of time. A run without a proof has a time all the same: it is drawn, with
 * the mark of what it is, so that a trend is not made of the good days alone. A missed slot is a failed drill.
 */
export function trendOf(
  records: readonly RunRecord[],
  objective: EnvironmentObjective,
  missed: readonly MissedSlot[],
  options: { acceptSimulated: boolean },
): TrendPoint[] {
  const runs = records
    .filter((record) => record.env === objective.env)
    .flatMap((record) =>
      record.drills.map((drill): TrendPoint => {
        const { rtoKey } = judge(drill, objective, {
          simulated: record.simulated,
          acceptSimulated: options.acceptSimulated,
          runOutcome: record.outcome,
        })
        const elapsedMs = rtoKey.kind === "not-proven" ? drill.durationMs : rtoKey.elapsed
        return {
          kind: "run",
          at: drill.startedAt,
          run: record.run,
          drill: drill.drill,
          simulated: record.simulated,
          verdict: rtoKey.kind,
          elapsedMs,
        }
      }),
    )
  const slots = missed.map((slot): TrendPoint => ({ kind: "missed-slot", at: slot.at, drill: slot.drill }))
  return [...runs, ...slots].sort((a, b) => (a.at === b.at ? (a.drill < b.drill ? -1 : 1) : a.at < b.at ? -1 : 1))
}
