import { describe, expect, it } from "vitest"
import { exitOf, type RunSummary } from "../../src/drill/summary.ts"

type Drill = RunSummary["drills"][number]
const drill = (outcome: string, phase: Partial<Drill["phases"][number]> = {}): Drill => ({
  drill: "loki-sample",
  outcome,
  verdict: outcome === "passed" ? "met" : "not-proven",
  phases: [{ id: "preflight", kind: "machine", ok: outcome === "passed", durationS: 1, ...phase }],
  samples: { total: 0, ok: 0, failed: 0, unknown: 0, bytes: 0 },
  rto: { limitS: 14_400, verdict: "not-proven" },
  notTested: [],
})
const run = (...drills: readonly Drill[]): RunSummary => ({ outcome: "failed", verdict: "not-proven", drills })

describe("the exit code of a drill", () => {
  const missing = drill("failed", { code: "E_DRILL_RIGHTS" })
  it.each([
    ["a right was missing before anything was written", run(missing), 77],
    ["a role could not be assumed", run(drill("failed", { code: "E_ASSUME_ROLE" })), 77],
    ["the other drills passed", run(drill("passed"), missing), 77],
    ["another drill failed otherwise", run(missing, drill("failed")), 1],
    [
      "a right went missing after something was written",
      run(drill("failed", { id: "method", code: "E_ASSUME_ROLE" })),
      1,
    ],
    ["something else ended it", run(drill("failed", { code: "E_AWS_NOT_FOUND" })), 1],
    ["nothing ran", run(), 1],
  ])("when %s", (_name, summary, exit) => expect(exitOf(summary)).toBe(exit))
})
