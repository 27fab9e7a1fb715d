import { describe, expect, it } from "vitest"
import { simulate } from "../sim/simulate.ts"

const OBJECTS = 1_500

describe("27 and 28: a service that turns requests away or breaks them", () => {
  it.each([
    ["half of all answers are 503", { error503: 0.5 }],
    ["three in ten are 500", { error500: 0.3 }],
    ["three in ten connections are reset", { reset: 0.3 }],
    ["one in ten copies is made and its answer lost", { cutAfterCommit: 0.1 }],
  ])("fails no object before the deadline and writes none twice while %s", async (_what, weather) => {
    const { result, s3 } = await simulate(27, { objects: OBJECTS, weather })
    expect(result.ended).toEqual({ kind: "finished" })
    expect(result.sums).toMatchObject({ listed: OBJECTS, done: OBJECTS, failed: 0, unknown: 0 })
    expect([s3.written.size, Math.max(...s3.written.values())]).toEqual([OBJECTS, 1])
    expect(s3.requests).toBeLessThanOrEqual(2.2 * OBJECTS)
  })

  it("keeps to what KMS gives a whole account, and never fails an object for it", async () => {
    const { result, s3, seconds } = await simulate(27, { objects: OBJECTS, kmsPerSecond: 500 })
    expect(result.sums).toMatchObject({ done: OBJECTS, failed: 0 })
    expect(OBJECTS / seconds).toBeGreaterThan(400)
    expect(s3.throttled / s3.requests).toBeLessThan(0.1)
  })

  it("that resets everything for a while is given pauses, with a name, and the run goes on behind it", async () => {
    const outages = [{ partition: "*", from: 1_000, to: 120_000, as: "reset" as const }]
    const { result, s3, paces } = await simulate(28, { objects: OBJECTS, perSecond: 500, burst: 50, outages })
    expect(result.sums).toMatchObject({ done: OBJECTS, failed: 0, unknown: 0 })
    const breaker = paces.filter(({ limit }) => limit === "breaker")
    expect(breaker[0]?.why).toMatch(/most calls fail, pausing for 30 s: .+/)
    expect(breaker.at(-1)?.why).toBe("calls go through again")
    expect(Math.max(...s3.written.values())).toBe(1)
  })
})
