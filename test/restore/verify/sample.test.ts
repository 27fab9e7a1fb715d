import { describe, expect, it } from "vitest"
import type { ListedObject } from "../../../src/restore/objects.ts"
import type { Settled } from "../../../src/restore/ports.ts"
import { drawReadBack, sampleResult } from "../../../src/restore/verify/sample.ts"
import { routeWorld } from "../support/route-world.ts"

const way = {
  aim: routeWorld().context.aim,
  operation: "copy" as const,
  routing: { multipartAboveBytes: 1000, archived: "refuse" as const },
}

async function* listing(count: number): AsyncGenerator<ListedObject> {
  for (let index = 0; index < count; index++)
    yield {
      key: `data/${index % 3 === 0 ? "loki" : "mimir"}/${index}`,
      sizeBytes: index === 7 ? 5000 : 10,
      modifiedAt: 0,
      etag: '"x"',
      storageClass: index === 8 ? "STANDARD_IA" : index === 9 ? "GLACIER" : "STANDARD",
    }
}

const good: Settled = { kind: "done", proof: { by: "bytes", etag: '"x"' } }

describe("the sample that is read back", () => {
  it("has 299 objects or more, at least one of every class, size, route and folder, and none that was refused", async () => {
    const strata = await drawReadBack(listing(5000), { seed: "s", way })
    const drawn = strata.flatMap((stratum) => stratum.drawn)
    expect(drawn.length).toBeGreaterThanOrEqual(299)
    expect(drawn.length).toBeLessThan(299 + strata.length)
    expect(drawn.filter(({ route }) => route === "multipart")).toHaveLength(1)
    expect(drawn.filter(({ object }) => object.storageClass === "STANDARD_IA")).toHaveLength(1)
    expect(drawn.filter(({ object }) => object.storageClass === "GLACIER")).toEqual([])
  })

  it("is the same for the same seed, and another for another", async () => {
    const keys = async (seed: string) =>
      (await drawReadBack(listing(5000), { seed, way })).flatMap(({ drawn }) => drawn.map(({ object }) => object.key))
    expect(await keys("a")).toEqual(await keys("a"))
    expect(await keys("a")).not.toEqual(await keys("b"))
  })

  it("of 299 good objects would have shown a fault of 1 %", async () => {
    const strata = await drawReadBack(listing(5000), { seed: "s", way })
    const result = sampleResult(strata, () => good)
    expect(result).toMatchObject({ good: result.drawn, bad: [], unknown: [] })
    expect(result.wouldHaveShown).toBeLessThanOrEqual(0.01)
    expect(result.strata.reduce((sum, { population }) => sum + population, 0)).toBe(4999)
  })

  it.each([
    ["a failure", { kind: "failed", why: "MISMATCH", message: "differs" }, 1, 0],
    ["an unknown one", { kind: "unknown", message: "not told" }, 0, 1],
    ["one that was only looked at", { kind: "done", proof: { by: "head", etag: "" } }, 0, 1],
    ["one that was not read at all", undefined, 0, 1],
  ] as ReadonlyArray<readonly [string, Settled | undefined, number, number]>)(
    "proves nothing with %s in it",
    async (_what, ending, bad, unknown) => {
      const strata = await drawReadBack(listing(50), { seed: "s", way })
      const result = sampleResult(strata, (object) => (object.key === "data/mimir/7" ? ending : good))
      expect(result.bad).toHaveLength(bad)
      expect(result.unknown).toHaveLength(unknown)
      expect(result.good).toBe(result.drawn - 1)
      expect(result.wouldHaveShown).toBeUndefined()
    },
  )

  it("of nothing proves nothing", async () => {
    expect(sampleResult(await drawReadBack(listing(0), { seed: "s", way }), () => good).wouldHaveShown).toBeUndefined()
  })
})
