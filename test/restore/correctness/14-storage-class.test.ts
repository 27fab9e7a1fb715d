import { describe, expect, it } from "vitest"
import { planned, restoreOne, routeWorld } from "../support/route-world.ts"

describe("14: the storage class", () => {
  it.each([
    ["one copy", 100],
    ["parts", 1],
  ])("is named in %s: each object's own, or the plan's", async (_route, copyLimitBytes) => {
    for (const [wanted, own, at] of [
      ["keep", "STANDARD_IA", "STANDARD_IA"],
      ["keep", "STANDARD", "STANDARD"],
      ["INTELLIGENT_TIERING", "STANDARD_IA", "INTELLIGENT_TIERING"],
    ] as const) {
      const world = routeWorld({ aim: { storageClass: wanted }, context: { copyLimitBytes } })
      const source = world.s3.put("live", "data/a", { bytes: "ab", storageClass: own })
      expect((await restoreOne(world, planned(source))).last.kind).toBe("done")
      expect(world.s3.current("copies", "restored/a")?.storageClass).toBe(at)
    }
  })

  it("is that of the source as it is now when it had to be planned anew", async () => {
    const world = routeWorld()
    const old = planned(world.s3.put("live", "data/a", { storageClass: "STANDARD_IA" }))
    world.s3.put("live", "data/a", { storageClass: "GLACIER_IR" })
    await restoreOne(world, old)
    expect(world.s3.current("copies", "restored/a")?.storageClass).toBe("GLACIER_IR")
  })
})
