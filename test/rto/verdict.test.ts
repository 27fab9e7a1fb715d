import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { HOUR, MINUTE } from "../../src/kernel/units.ts"
import { foldRun } from "../../src/rto/fold.ts"
import { noticeableFaultRate, sampleSizeFor } from "../../src/kernel/power.ts"
import type { RunRecord } from "../../src/rto/record.ts"
import { judge, worst, type Judgement, type Objective } from "../../src/rto/verdict.ts"
import { tell, type Story } from "./story.ts"

const LIMITS: Objective = { rtoKeyMs: 4 * HOUR, rtoDataMs: 24 * HOUR }
const judged = (record: RunRecord, objective = LIMITS, acceptSimulated = false): Judgement => {
  const drill = record.drills[0]
  if (drill === undefined) throw new Error("no drill in the story")
  return judge(drill, objective, { simulated: record.simulated, acceptSimulated, runOutcome: record.outcome })
}
const of = (story: Story, objective = LIMITS): Judgement => judged(foldRun(tell(story)), objective)

describe("the verdict on RTO-K", () => {
  it("is met from the drill's start to the end of verify", () => {
    expect(of({}).rtoKey).toEqual({ kind: "met", elapsed: 4800, spare: 4 * HOUR - 4800 })
  })

  it("is met to the millisecond and missed by one", () => {
    expect(of({}, { rtoKeyMs: 4800, rtoDataMs: HOUR }).rtoKey).toEqual({ kind: "met", elapsed: 4800, spare: 0 })
    expect(of({}, { rtoKeyMs: 4799, rtoDataMs: HOUR }).rtoKey).toEqual({ kind: "missed", elapsed: 4800, by: 1 })
  })

  it.each<[string, Story, RegExp]>([
    ["simulated", { simulated: true }, /not evidence/],
    ["an unknown object", { unknown: ["s3://loki/fake/chunk-003"] }, /1 objects could not be told/],
    ["no object at all", { objects: [] }, /no object/],
    ["a failed check", { failedCheck: true }, /rotation of alias\/data: expected every 365 days, observed off/],
    ["scratch objects left", { left: 3 }, /left 3 objects behind/],
  ])("is never met with %s", (_what, story, why) => {
    for (const verdict of [of(story).rtoKey, of(story).rtoData]) {
      expect(verdict.kind).toBe("not-proven")
      expect(verdict.kind === "not-proven" && verdict.missing.map((mark) => mark.why).join("\n")).toMatch(why)
    }
  })

  it("takes a simulated run only when told to", () => {
    expect(judged(foldRun(tell({ simulated: true })), LIMITS, true).rtoKey.kind).toBe("met")
  })

  it("is never met by a stream that was cut anywhere", () => {
    const events = tell()
    for (let length = 3; length < events.length; length++)
      expect(judged(foldRun(events.slice(0, length))).rtoKey.kind).toBe("not-proven")
  })

  it("is never met when any one mark is taken from the stream", () => {
    const marks = new Set([
      "run.started",
      "run.finished",
      "drill.finished",
      "sample.drawn",
      "object.copied",
      "object.verified",
      "cleanup.finished",
      "phase.finished",
    ])
    const events = tell()
    for (const [index, event] of events.entries()) {
      if (!marks.has(event.type) || event.type === "object.copied") continue
      expect([event.type, judged(foldRun(events.toSpliced(index, 1))).rtoKey.kind]).toEqual([event.type, "not-proven"])
    }
  })
})

describe("the forecast for all data", () => {
  it("multiplies the wall time of one object by the number of objects", () => {
    // one at a time: 100 ms copy + 50 ms verification, 1,000 objects, 3 s before the first
    expect(of({}).forecast).toMatchObject({ fixedMs: 3000, pointMs: 153_000 })
  })

  it("is not proven when only the estimate is within the target", () => {
    const events = tell().map((event) =>
      event.type === "object.verified" && event.data.object.endsWith("7")
        ? { ...event, data: { ...event.data, durationMs: 600 } }
        : event,
    )
    const { forecast, rtoData } = judged(foldRun(events), { rtoKeyMs: HOUR, rtoDataMs: 3 * MINUTE })
    expect(forecast?.pointMs).toBeLessThan(3 * MINUTE)
    expect(forecast?.upperMs).toBeGreaterThan(3 * MINUTE)
    expect(rtoData).toMatchObject({ kind: "not-proven", missing: [{ mark: "interval" }] })
  })

  it("stretches the upper bound when the dataset's objects are larger than the sample's", () => {
    const even = of({ populationBytes: 1000 * 1000 }).forecast
    const heavy = of({ populationBytes: 1000 * 10_000 }).forecast
    expect(heavy?.pointMs).toBe(even?.pointMs)
    expect(heavy?.upperMs).toBeGreaterThan(9 * (even?.pointMs ?? 0))
  })

  it("needs ten measured objects unless the whole dataset was read", () => {
    const objects = ["a", "b", "c"]
    expect(of({ objects }).rtoData).toMatchObject({ kind: "not-proven", missing: [{ mark: "sample-size" }] })
    expect(of({ objects, population: 3 }).rtoData.kind).toBe("met")
  })
})

describe("laws of the verdict", () => {
  const stories = fc.record({
    objects: fc.integer({ min: 0, max: 15 }).map((n) => Array.from({ length: n }, (_, index) => `o${index}`)),
    population: fc.integer({ min: 15, max: 1_000_000 }),
    copyMs: fc.integer({ min: 1, max: 100_000 }),
    verifyMs: fc.integer({ min: 1, max: 100_000 }),
  })
  const limits = fc.integer({ min: 1, max: 100 * HOUR })

  it("a bigger budget never turns met into missed or not proven", () => {
    fc.assert(
      fc.property(stories, limits, limits, fc.nat(), (story, key, data, more) => {
        const before = of(story, { rtoKeyMs: key, rtoDataMs: data })
        const after = of(story, { rtoKeyMs: key + more, rtoDataMs: data + more })
        if (before.rtoKey.kind === "met") expect(after.rtoKey.kind).toBe("met")
        if (before.rtoData.kind === "met") expect(after.rtoData.kind).toBe("met")
      }),
    )
  })

  it("a slower run never turns missed into met", () => {
    fc.assert(
      fc.property(stories, limits, fc.nat({ max: 10_000 }), fc.nat({ max: 10_000 }), (story, limit, copy, verify) => {
        const objective = { rtoKeyMs: limit, rtoDataMs: limit }
        const fast = of(story, objective)
        const slow = of({ ...story, copyMs: story.copyMs + copy, verifyMs: story.verifyMs + verify }, objective)
        if (fast.rtoKey.kind === "missed") expect(slow.rtoKey.kind).toBe("missed")
        if (fast.rtoData.kind === "missed") expect(slow.rtoData.kind).toBe("missed")
      }),
    )
  })

  it("an unknown object is never met", () => {
    fc.assert(
      fc.property(stories, fc.nat(), (story, pick) => {
        const unknown = story.objects[pick % Math.max(1, story.objects.length)]
        const judgement = of({ ...story, unknown: unknown === undefined ? [] : [unknown] })
        if (unknown !== undefined)
          expect([judgement.rtoKey.kind, judgement.rtoData.kind]).toEqual(["not-proven", "not-proven"])
      }),
    )
  })

  it("together verdicts are met only when all are", () => {
    expect(worst([])).toBe("not-proven")
    expect(worst(["met", "met"])).toBe("met")
    expect(worst(["met", "not-proven"])).toBe("not-proven")
    expect(worst(["not-proven", "missed", "met"])).toBe("missed")
  })
})

describe("the power of a sample", () => {
  it.each([
    [0.01, 0.95, 299],
    [0.01, 0.99, 459],
    [0.001, 0.95, 2995],
    [0.0001, 0.99, 46_050],
  ])("to notice a share of %d with confidence %d takes %d objects", (rate, confidence, n) => {
    expect(sampleSizeFor(rate, confidence)).toBe(n)
  })
  it("is the other way round too", () => {
    expect(noticeableFaultRate(299)).toBeCloseTo(0.00997, 5)
    expect(noticeableFaultRate(0)).toBe(1)
  })
})
