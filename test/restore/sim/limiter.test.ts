import { describe, expect, it } from "vitest"
import { simulate } from "./simulate.ts"

const slow = process.env["DR_TEST_SLOW"] === "1"
/** Per second, and what the service forgives at once. */
const LIMITS: readonly (readonly [number, number])[] = [
  [500, 50],
  [2_000, 100],
]
const MORE_LIMITS: typeof LIMITS = [
  [500, 10],
  [500, 250],
  [2_000, 50],
  [2_000, 200],
]

/** A millisecond away, a listing before the first copy. */
const LOOPBACK = { objects: 2_000, roundTripMs: 1, firstPageMs: 250 }

describe("behind a limit, 20 ms away, with 256 in flight", () => {
  it.each(slow ? [...LIMITS, ...MORE_LIMITS] : LIMITS)(
    "of %i per second that forgives bursts of %i, the limit is used and hardly touched",
    async (perSecond, burst) => {
      const objects = slow ? 20_000 : Math.max(12_000, 10 * perSecond)
      const { result, s3, seconds } = await simulate(1, { objects, perSecond, burst })
      expect(result.ended).toEqual({ kind: "finished" })
      expect(result.sums).toMatchObject({ listed: objects, done: objects, failed: 0, unknown: 0 })
      expect(objects / seconds / perSecond).toBeGreaterThanOrEqual(0.97)
      expect(s3.throttled / s3.requests).toBeLessThanOrEqual(0.03)
    },
  )

  it("of KMS for the whole account, over four partitions, too", async () => {
    const { s3, seconds, result, paces } = await simulate(1, { objects: 10_000, kmsPerSecond: 1_000, partitions: 4 })
    expect(result.sums.done).toBe(10_000)
    expect(10_000 / seconds).toBeGreaterThanOrEqual(970)
    expect(s3.throttled / s3.requests).toBeLessThanOrEqual(0.03)
    expect(paces.map(({ limit }) => limit)).not.toContain("partition")
  })

  it("of each of four partitions, all are used at once", async () => {
    const { seconds, result } = await simulate(1, { objects: 5_000, perSecond: 250, burst: 25, partitions: 4 })
    expect(result.sums.done).toBe(5_000)
    expect(5_000 / seconds).toBeGreaterThanOrEqual(900)
  })
})

describe("in bad weather that no rate changes, nothing fails, and requests stay below 2.2 per object", () => {
  it.each([
    ["30 % HTTP 500", { error500: 0.3 }],
    ["50 % HTTP 503", { error503: 0.5 }],
    ["30 % resets", { reset: 0.3 }],
    ["20 % answers cut after the copy was made", { cutAfterCommit: 0.2 }],
    ["20 % conflicts", { conflict: 0.2 }],
  ])("%s", async (_name, weather) => {
    const { result, s3 } = await simulate(3, { objects: 2_000, weather })
    expect(result.ended).toEqual({ kind: "finished" })
    expect(result.sums).toMatchObject({ done: 2_000, failed: 0, unknown: 0 })
    expect(s3.requests / 2_000).toBeLessThanOrEqual(2.2)
    expect(Math.max(...s3.written.values())).toBe(1)
  })

  it.each([
    ["50 % HTTP 503", { error503: 0.5 }, {}],
    ["50 % HTTP 503, looked at every 30 ms", { error503: 0.5 }, { turnMs: 30 }],
    ["30 % HTTP 500, looked at every 30 ms", { error500: 0.3 }, { turnMs: 30 }],
    ["30 % resets, looked at every 30 ms", { reset: 0.3 }, { turnMs: 30 }],
  ])("%s, a millisecond away: 2,000 objects in less than 30 s", async (_name, weather, more) => {
    for (const seed of [1, 2, 3]) {
      const { result, s3, seconds } = await simulate(seed, { ...LOOPBACK, weather, ...more })
      expect(result.sums).toMatchObject({ done: 2_000, failed: 0, unknown: 0 })
      expect(seconds).toBeLessThan(30)
      expect(s3.requests / 2_000).toBeLessThanOrEqual(2.2)
    }
  })

  it("and 30 % resets with 30 % HTTP 500, HEADs included, are no outage to pause for", async () => {
    const weather = { error500: 0.3, reset: 0.3 }
    const { result, seconds, paces } = await simulate(1, { ...LOOPBACK, weather, turnMs: 5 })
    expect(result.sums).toMatchObject({ done: 2_000, failed: 0, unknown: 0 })
    expect(paces).toEqual([])
    expect(seconds).toBeLessThan(60)
  })

  it("and half of the calls throttled for ever do not bring the pace to the floor", async () => {
    const { seconds, paces } = await simulate(3, { objects: 8_000, weather: { error503: 0.5 } })
    expect(8_000 / seconds).toBeGreaterThan(100) // at the floor of 10 per second it would be 5
    expect(paces.some(({ why }) => why.includes("at any rate"))).toBe(true)
  })

  it("and a limit below the noise is still found", async () => {
    const { seconds, s3 } = await simulate(3, {
      objects: 10_000,
      perSecond: 500,
      burst: 50,
      weather: { error503: 0.2 },
    })
    expect(10_000 / seconds).toBeGreaterThan(350)
    expect(s3.throttled / s3.requests).toBeLessThan(0.3)
  })
})

describe("a cap", () => {
  it("of 200 per second is kept, and used", async () => {
    const { result, seconds } = await simulate(1, { objects: 4_000, capPerSecond: 200 })
    expect(result.sums).toMatchObject({ done: 4_000, throttled: 0 })
    expect(seconds).toBeGreaterThan(19.9)
    expect(seconds).toBeLessThan(20.1)
  })
})

describe("without any limit", () => {
  it("a thousand are soon in flight", async () => {
    const { seconds, s3 } = await simulate(1, { objects: 20_000, roundTripMs: 50, maxInFlight: 1_024 })
    expect(s3.mostInFlight).toBe(1_024)
    expect(seconds).toBeLessThan(1.5)
  })
})
