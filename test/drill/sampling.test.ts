import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { allocate, drawSample, stratumOf } from "../../src/drill/sampling.ts"
import { canaryDigest } from "../../src/drill/compare.ts"
import type { ListedObject } from "../../src/drill/ports.ts"

const object = (key: string, sizeBytes = 10, modifiedAt = 0): ListedObject => ({
  key,
  sizeBytes,
  modifiedAt,
  storageClass: "STANDARD",
})
async function* stream(objects: Iterable<ListedObject>): AsyncIterable<ListedObject> {
  yield* objects
}
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => object(`${index % 7 === 0 ? "rare" : "common"}/${index}`, index))

describe("the sample", () => {
  it("is the same for the same seed and another for another", async () => {
    const draw = async (seed: string) =>
      (await drawSample(stream(many(500)), 20, seed, "", 0)).objects.map((o) => o.key)
    expect(await draw("a")).toEqual(await draw("a"))
    expect(await draw("a")).not.toEqual(await draw("b"))
  })
  it("takes something of every stratum while it lasts", async () => {
    const objects = [
      ...Array.from({ length: 990 }, (_, i) => object(`bulk/${i}`)),
      object("tiny/1"),
      object("zero/1", 0),
    ]
    const drawn = await drawSample(stream(objects), 10, "s", "", 0)
    expect(drawn.objects.map((o) => o.key.split("/")[0])).toEqual(expect.arrayContaining(["bulk", "tiny", "zero"]))
    expect(drawn.objects).toHaveLength(10)
    expect(drawn.population).toEqual({ count: 992, bytes: 9910 })
  })
  it("is empty for an empty listing, and everything for a small one", async () => {
    expect((await drawSample(stream([]), 10, "s", "", 0)).objects).toEqual([])
    expect((await drawSample(stream(many(4)), 10, "s", "", 0)).objects).toHaveLength(4)
  })
  it("never draws an object twice, never more than asked for, and counts what it drew", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(300), fc.integer({ min: 1, max: 60 }), fc.string(), async (count, size, seed) => {
        const drawn = await drawSample(stream(many(count)), size, seed, "", 0)
        expect(new Set(drawn.objects.map((o) => o.key)).size).toBe(Math.min(count, size))
        expect(Object.values(drawn.strata).reduce((sum, n) => sum + n, 0)).toBe(drawn.objects.length)
      }),
      { numRuns: 60 },
    )
  })
  it("splits by size, age and first folder", () => {
    expect(stratumOf(object("p/acme/x", 20_000, 0), "p/", 3_600_000)).toBe("<1MiB <2h acme/")
    expect(stratumOf(object("p/x", 0, 0), "p/", 40 * 86_400_000)).toBe("empty >=30d /")
  })
  it("shares the rest by the size of the strata", () => {
    expect([
      ...allocate(
        [
          ["a", 90],
          ["b", 9],
          ["c", 1],
        ],
        10,
      ),
    ]).toEqual([
      ["a", 8],
      ["b", 1],
      ["c", 1],
    ])
  })
})

describe("a canary", () => {
  const digest = "ab".repeat(32)
  it("is named for its bytes", () => expect(canaryDigest(`canary/${digest}.bin`, "canary/")).toBe(digest))
  it.each([
    ["canary/readme", "canary/"],
    [`x/${digest}`, "canary/"],
    [`canary/${digest}`, undefined],
  ])("%s is none", (key, prefix) => expect(canaryDigest(key, prefix)).toBeUndefined())
})
