import { describe, expect, it } from "vitest"
import { DAY, HOUR } from "../../src/kernel/units.ts"
import { checkRto, exitOf, type CheckOptions, type EnvironmentObjective, type RtoCheck } from "../../src/rto/check.ts"
import { foldRun } from "../../src/rto/fold.ts"
import { trendOf } from "../../src/rto/trend.ts"
import { tell, type Story } from "./story.ts"

const NOW = Date.parse("2026-11-20T00:00:00.000Z")
const PROD: EnvironmentObjective = {
  env: "prod",
  rtoKeyMs: 4 * HOUR,
  rtoDataMs: 4 * HOUR,
  proofMaxAgeMs: 35 * DAY,
  drills: ["loki-sample"],
}
const check = (
  stories: readonly Story[],
  options: CheckOptions = { acceptSimulated: false },
  objective = PROD,
): RtoCheck =>
  checkRto(
    stories.map((story) => foldRun(tell(story))),
    [objective],
    NOW,
    options,
  )
const first = (result: RtoCheck) => result.environments[0]

describe("dr rto check", () => {
  it("says yes with the last proof's time, age and limit in seconds", () => {
    const result = check([{}])
    expect(first(result)).toMatchObject({
      env: "prod",
      verdict: "met",
      actualS: 4.8,
      limitS: 14_400,
      ageS: 338_395,
      stale: false,
      simulated: false,
      hints: [],
    })
    expect(exitOf(result)).toBe(0)
  })

  it("without any record proves nothing and says what to run", () => {
    const result = check([])
    expect(first(result)).toMatchObject({ verdict: "not-proven", actualS: null, ageS: null })
    expect(first(result)?.drills[0]?.rtoKey.missing).toEqual([
      { mark: "record", why: "drill loki-sample has no record" },
    ])
    expect(first(result)?.hints).toEqual(["dr drill run loki-sample -e prod"])
    expect(exitOf(result)).toBe(3)
    expect(first(check([], undefined, { ...PROD, drills: [] }))?.hints).toEqual(["dr drill run -e prod"])
  })

  it("with no environment to check does not say yes", () => {
    expect(exitOf(checkRto([], [], NOW, { acceptSimulated: false }))).toBe(3)
  })

  it("does not count a proof of another estate, or of one that nobody can compare", () => {
    for (const scopes of [new Map([["loki-sample", "sha256:other"]]), new Map<string, string>()]) {
      const result = check([{}], undefined, { ...PROD, scopes })
      expect(first(result)?.verdict).toBe("not-proven")
      expect(first(result)?.drills[0]?.rtoKey.missing.map((mark) => mark.mark)).toEqual(["scope"])
      expect(exitOf(result)).toBe(3)
    }
  })

  it("does not count a proof from the future", () => {
    const before = Date.parse("2026-11-01T00:00:00.000Z") // the record is of 16 November
    const result = checkRto([foldRun(tell({}))], [PROD], before, { acceptSimulated: false })
    expect(first(result)).toMatchObject({ verdict: "not-proven", stale: true })
    expect(exitOf(result)).toBe(3)
  })

  it("does not count a proof that is too old", () => {
    const result = check([{ at: "2026-10-01T02:00:00.000Z" }])
    expect(first(result)).toMatchObject({ verdict: "not-proven", stale: true })
    expect(exitOf(result)).toBe(3)
  })

  it("judges by the last run, good or bad", () => {
    const bad: Story = { at: "2026-11-18T00:00:00.000Z", unknown: ["s3://loki/fake/chunk-001"] }
    expect(first(check([{}, bad]))?.verdict).toBe("not-proven")
    expect(first(check([bad, {}]))?.verdict).toBe("not-proven")
    expect(first(check([{ ...bad, at: "2026-11-10T00:00:00.000Z" }, {}]))?.verdict).toBe("met")
  })

  it("never lets a rehearsal take the place of a run against AWS", () => {
    const rehearsal: Story = { simulated: true, at: "2026-11-18T00:00:00.000Z" }
    expect(first(check([{}, rehearsal]))).toMatchObject({ verdict: "met", simulated: false })
    expect(first(check([rehearsal]))?.verdict).toBe("not-proven")
    expect(first(check([rehearsal], { acceptSimulated: true }))).toMatchObject({ verdict: "met", simulated: true })
  })

  it("is as good as its worst drill", () => {
    const result = check([{}, { drill: "mimir-sample", copyMs: 1_500_000 }])
    expect(first(result)?.drills.map((drill) => [drill.drill, drill.rtoKey.verdict])).toEqual([
      ["loki-sample", "met"],
      ["mimir-sample", "missed"],
    ])
    expect(first(result)?.verdict).toBe("missed")
  })

  it("takes no account of other environments", () => {
    expect(first(check([{ env: "staging" }]))?.verdict).toBe("not-proven")
  })

  it("proves nothing on a broken chain, whatever the records say", () => {
    const result = check([{}], { acceptSimulated: true, broken: [{ file: "000001-x.json", why: "altered" }] })
    expect(first(result)?.verdict).toBe("not-proven")
    expect(exitOf(result)).toBe(3)
  })
})

describe("the trend", () => {
  it("shows runs without a proof and slots without a run", () => {
    const records = [{}, { at: "2026-11-18T00:00:00.000Z", left: 1 }].map((story) => foldRun(tell(story)))
    const points = trendOf(records, PROD, [{ drill: "loki-sample", at: "2026-11-17T02:00:00.000Z" }], {
      acceptSimulated: false,
    })
    expect(points.map((point) => (point.kind === "run" ? point.verdict : point.kind))).toEqual([
      "met",
      "missed-slot",
      "not-proven",
    ])
  })
})
