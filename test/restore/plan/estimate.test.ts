import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { costOf } from "../../../src/restore/plan/cost.ts"
import { estimateOf, type PartWork } from "../../../src/restore/plan/estimate.ts"
import { kmsCallsPerObject, kmsQuotaOf } from "../../../src/restore/plan/kms-calls.ts"
import { paceOf, requestsOf, type Engine, type Work } from "../../../src/restore/plan/limits.ts"

const HOUR = 3_600_000
const engine: Engine = { maxInFlight: 1_024, partitions: 1, latencyMs: 100 }
const work: PartWork = {
  objects: 10_000_000,
  bytes: 0,
  parts: 0,
  multipart: 0,
  operation: "copy",
  verify: "answer",
  kms: { source: 1, destination: 1 },
  regions: { source: "eu-central-1", destination: "eu-west-1" },
  pages: 10_000,
  writesByClass: { STANDARD: 10_000_000 },
  bytesByClass: { STANDARD: 0 },
}

describe("the four limits", () => {
  it.each<[string, Partial<Work>, Partial<Engine>, string, number]>([
    ["one cold prefix", {}, {}, "partitions", 3_500],
    [
      "a small Region: KMS before a single prefix",
      { regions: { source: "eu-north-1", destination: "eu-north-1" } },
      {},
      "kms",
      2_500,
    ],
    [
      "the source's Region alone",
      { regions: { source: "eu-north-1", destination: "us-east-1" }, kms: { source: 2, destination: 1 } },
      {},
      "kms",
      2_500,
    ],
    ["100 ms and 256 in flight", {}, { maxInFlight: 256 }, "window", 2_560],
    [
      "eight partitions",
      { regions: { source: "us-east-1", destination: "us-east-1" } },
      { partitions: 8, latencyMs: 50 },
      "client",
      12_000,
    ],
    [
      "a HEAD of each as well",
      { verify: "head" },
      { partitions: 8, latencyMs: 50, maxInFlight: 4_096 },
      "client",
      6_000,
    ],
    [
      "a re-key is read back",
      { operation: "rekey" },
      { partitions: 8, latencyMs: 50, maxInFlight: 4_096 },
      "client",
      6_000,
    ],
    ["5 GB in each copy: the window", { bytes: 10_000_000 * 5 * 1024 ** 3 }, { maxInFlight: 256 }, "window", 2.5],
  ])("%s", (_name, more, settings, binds, rate) => {
    expect(paceOf({ ...work, ...more }, { ...engine, ...settings })).toMatchObject({ binds, objectsPerSecond: rate })
  })

  it("10 M objects take 48 minutes at what one partition allows", () => {
    expect(Math.floor(paceOf(work, engine).etaMs / 60_000)).toBe(47)
  })

  it("never makes a restore shorter that has more to do", () => {
    const some = fc.record({
      objects: fc.integer({ min: 0, max: 1e9 }),
      bytes: fc.integer({ min: 0, max: 1e15 }),
      verify: fc.constantFrom("answer" as const, "head" as const, "full" as const),
      operation: fc.constantFrom("copy" as const, "rekey" as const),
    })
    fc.assert(
      fc.property(some, fc.integer({ min: 0, max: 1e6 }), (given, more) => {
        const before = paceOf({ ...work, ...given }, engine).etaMs
        expect(paceOf({ ...work, ...given, objects: given.objects + more }, engine).etaMs).toBeGreaterThanOrEqual(
          before * 0.999,
        )
        expect(paceOf({ ...work, ...given, verify: "full" }, engine).etaMs).toBeGreaterThanOrEqual(before)
      }),
    )
  })

  it("counts what goes in parts", () => {
    expect(requestsOf({ ...work, objects: 10, multipart: 2, parts: 160 })).toEqual({ writes: 172, heads: 2, reads: 0 })
  })
})

describe("KMS", () => {
  it.each<[string, Parameters<typeof kmsCallsPerObject>[0], number, number]>([
    ["a copy", { operation: "copy", bucketKey: false, shares: {}, verifies: "answer" }, 1, 1],
    ["under a bucket key", { operation: "copy", bucketKey: true, shares: {}, verifies: "answer" }, 1, 0.01],
    ["from SSE-S3", { operation: "copy", bucketKey: false, shares: { "not-kms": 1 }, verifies: "answer" }, 0, 1],
    [
      "half from bucket keys",
      { operation: "copy", bucketKey: false, shares: { "source-bucket-key": 0.5 }, verifies: "answer" },
      0.505,
      1,
    ],
    ["read back", { operation: "copy", bucketKey: false, shares: {}, verifies: "full" }, 2, 2],
    ["a re-key", { operation: "rekey", bucketKey: true, shares: { "not-kms": 1 }, verifies: "answer" }, 1, 1],
  ])("%s", (_name, load, source, destination) => {
    const calls = kmsCallsPerObject(load)
    expect(calls.source).toBeCloseTo(source, 10)
    expect(calls.destination).toBeCloseTo(destination, 10)
  })

  it.each([
    ["us-east-1", 100_000],
    ["eu-central-1", 20_000],
    ["eu-north-1", 10_000],
  ])("in %s: %i a second", (region, quota) => {
    expect(kmsQuotaOf(region)).toBe(quota)
  })
})

describe("the estimate", () => {
  it("is green, advises, and is red", () => {
    const shareOf = (objects: number) => estimateOf([{ ...work, objects }], engine, 4 * HOUR)
    expect(shareOf(10_000_000)).toMatchObject({ share: 0.1984, advice: [] })
    expect(shareOf(30_000_000).share).toBe(0.5952)
    expect(shareOf(30_000_000).advice).toEqual([
      expect.stringContaining("3,500 writes per second") as string,
      expect.stringContaining("Batch") as string,
    ])
    expect(shareOf(60_000_000).advice[0]).toContain("does not fit")
  })

  it("adds parts up", () => {
    const two = estimateOf([work, { ...work, operation: "rekey" }], engine, 4 * HOUR)
    expect(two.requests).toEqual({
      CopyObject: 10_000_000,
      UpdateObjectEncryption: 10_000_000,
      HeadObject: 10_000_000,
      ListObjects: 40_000,
    })
    expect(two.kmsCalls).toBe(40_000_000)
  })

  it("has nothing to do in no time", () => {
    expect(estimateOf([], engine, HOUR)).toMatchObject({ etaMs: 0, share: 0, costUsd: 0, requests: {} })
  })

  it("costs what the list says", () => {
    // 10 M copies at $5 and 20 M KMS calls at $3 a million; 1,000 lists at half a cent.
    const bill = { writes: { STANDARD: 10_000_000 }, lists: 1_000, reads: 0, kmsCalls: 20_000_000, bytesRead: {} }
    expect(costOf(bill)).toBe(110.01)
    expect(costOf({ ...bill, writes: {}, lists: 0, kmsCalls: 0, bytesRead: { STANDARD_IA: 1024 ** 4 } })).toBe(10.24)
  })
})
