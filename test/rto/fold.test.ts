import { describe, expect, it } from "vitest"
import { foldRun, runFolder } from "../../src/rto/fold.ts"
import { RunRecord } from "../../src/rto/record.ts"
import { tell } from "./story.ts"

describe("the record of a run", () => {
  it("keeps who, what, when and every request id", () => {
    const record = foldRun(tell())
    expect(record).toMatchObject({
      env: "prod",
      kind: "DrillRun",
      simulated: false,
      trigger: "schedule",
      outcome: "passed",
      startedAt: "2026-11-16T02:00:04.000Z",
    })
    expect(record.calls.map((call) => call.requestId).slice(0, 2)).toEqual(["req-sts-1", "req-copy-0"])
    expect(record.calls[1]).toMatchObject({
      drill: "loki-sample",
      phase: "method",
      service: "s3",
      operation: "CopyObject",
    })
    expect(record.counts).toMatchObject({ drawn: 12, copied: 12, verified: 12, failed: 0, unknown: 0, calls: 13 })
    expect(record.identities).toHaveLength(1)
    expect(record.keys.map((key) => key.role)).toEqual(["primary", "recovery"])
    expect(RunRecord.parse(record)).toEqual(record)
  })

  it("times phases from the start of their drill", () => {
    const [drill] = foldRun(tell()).drills
    expect(drill?.phases.map((phase) => [phase.phase, phase.startMs, phase.durationMs])).toEqual([
      ["preflight", 0, 1000],
      ["steady-state", 1000, 1000],
      ["method", 2000, 2200],
      ["verify", 4200, 600],
      ["clean-up", 4800, 500],
    ])
    expect(drill?.copies[1]).toMatchObject({ dataset: "loki (recovery copy)", startMs: 3100, durationMs: 100 })
  })

  it("gives the same whether folded at once or step by step", () => {
    const events = tell()
    const folder = runFolder()
    for (const event of events) {
      folder.push(event)
      folder.record()
    }
    expect(folder.record()).toEqual(foldRun(events))
  })

  it("makes an interrupted run of every cut stream", () => {
    const events = tell()
    for (let length = 0; length < events.length; length++) {
      const record = foldRun(events.slice(0, length))
      expect(record.outcome).toBe("interrupted")
      expect(RunRecord.parse(record)).toEqual(record)
    }
    expect(foldRun(events.slice(1))).toMatchObject({
      outcome: "interrupted",
      simulated: true,
      reason: "the stream of events lacks its beginning",
    })
  })

  it("says what was not tested", () => {
    const [drill] = foldRun(tell({ population: 12_000 })).drills
    expect(drill?.notTested).toContain("11,988 of 12,000 objects of loki (recovery copy) were not read")
    expect(drill?.notTested).toContain("source s3://loki refuses the reader: the loss is not simulated here")
  })

  it("survives an object name that is not well-formed", () => {
    const [drill] = foldRun(tell({ objects: ["s3://loki/\ud800bad"] })).drills
    expect(drill?.copies[0]?.object).toBe("s3://loki/\ufffdbad")
  })
})
