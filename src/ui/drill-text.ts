import { display } from "../kernel/display.ts"
import { formatDuration } from "../kernel/duration.ts"
import type { RunSummary } from "../drill/summary.ts"
import { table } from "./table.ts"

/** A policy statement must come through whole, to be pasted. */
const LONGEST = 4_000

/** What a failed phase says beyond the reason of the drill: all missing rights, or that its scratch objects are still there. */
function noteLines(
  { id, ok, note }: RunSummary["drills"][number]["phases"][number],
  reason: string | undefined,
): string[] {
  if (ok || note === undefined || note === reason) return []
  const [first = "", ...more] = note.split("\n").map((line) => display(line, LONGEST))
  return [`  ${id}: ${first}`, ...more.map((line) => `    ${line}`)]
}

const MARK = { met: "✓ met", missed: "✕ missed", "not-proven": "? not proven" } as const

/** The result of `dr drill run` for people. */
export function drillText(summary: RunSummary, facts: { simulated: boolean; record: string }): string {
  const rows = summary.drills.map((drill) => [
    drill.drill,
    drill.outcome === "passed" ? "✓ passed" : `✕ ${drill.outcome}`,
    `${drill.samples.ok}/${drill.samples.total} verified`,
    drill.rto.actualS === undefined
      ? "? not proven"
      : `${MARK[drill.rto.verdict]} ${formatDuration(drill.rto.actualS * 1000)} of ${formatDuration(drill.rto.limitS * 1000)}`,
    drill.rto.forecast === undefined
      ? "? not proven"
      : `${MARK[drill.rto.forecast.verdict]} ≤ ${formatDuration(drill.rto.forecast.upperS * 1000)} of ${formatDuration(drill.rto.forecast.limitS * 1000)}`,
  ])
  const reasons = summary.drills.flatMap((drill) =>
    drill.reason === undefined
      ? []
      : [
          `✕ ${drill.drill}: ${display(drill.reason, LONGEST)}`,
          ...drill.phases.flatMap((phase) => noteLines(phase, drill.reason)),
        ],
  )
  return [
    table(["DRILL", "OUTCOME", "OBJECTS", "RTO-K (measured)", "RTO-D (forecast)"], rows),
    ...reasons,
    ...(facts.simulated ? ["! simulated: emulated AWS, not evidence; `dr rto check` will not count it"] : []),
    `record: ${display(facts.record)}`,
  ].join("\n")
}
