import { describe, expect, it } from "vitest"
import { briefly, NEW_KEY, planned, restoreOne, routesIn, routeWorld, workOn } from "../support/route-world.ts"

const refuse = { routing: { multipartAboveBytes: 100, archived: "refuse" as const } }

describe("21: archived objects", () => {
  it.each(["GLACIER", "DEEP_ARCHIVE"])("%s is refused by the listing alone, without a call", async (storageClass) => {
    const world = routeWorld()
    const source = world.s3.put("live", "data/a", { storageClass, archived: true })
    expect((await restoreOne(world, planned(source), refuse)).story).toEqual(["skipped NEEDS_THAW"])
    expect(world.plane.calls).toEqual([])
  })

  it.each([
    ["one copy", 100],
    ["parts", 1],
  ])("what only S3 knows to be archived is told by name from %s", async (_route, copyLimitBytes) => {
    const world = routeWorld({ context: { copyLimitBytes } })
    const source = world.s3.put("live", "data/a", { bytes: "ab", storageClass: "INTELLIGENT_TIERING", archived: true })
    expect((await restoreOne(world, planned(source))).story).toEqual(["skipped NEEDS_THAW"])
    expect(world.s3.uploads.size).toBe(0)
  })

  it("a thawed one is copied, and archived again at its destination", async () => {
    const world = routeWorld()
    const source = world.s3.put("live", "data/a", { storageClass: "GLACIER", archived: false })
    expect((await restoreOne(world, planned(source))).story).toEqual(["done answer"])
    expect(world.s3.current("copies", "restored/a")?.storageClass).toBe("GLACIER")
  })

  it("needs no thaw to be re-keyed in place", async () => {
    const world = routeWorld()
    const source = world.s3.put("live", "data/a", { storageClass: "DEEP_ARCHIVE", archived: true })
    const attempt = await routesIn(world, { operation: "rekey", ...refuse }).attempt(workOn(planned(source, true)))
    expect(briefly(attempt)).toBe("done head")
    expect(source.keyArn).toBe(NEW_KEY)
  })
})
