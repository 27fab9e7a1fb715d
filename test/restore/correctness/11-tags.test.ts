import { describe, expect, it } from "vitest"
import { everyCall } from "../support/fake-faults.ts"
import { planned, restoreOne, routeWorld } from "../support/route-world.ts"

describe("11: tags", () => {
  const tags = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`k${index}`, `v ${index} ü`]))

  it.each([
    ["one copy", 100, 0],
    ["parts", 1, 1],
  ])("survive %s", async (_route, copyLimitBytes, asked) => {
    const world = routeWorld({ context: { copyLimitBytes } })
    const source = world.s3.put("live", "data/a", { bytes: "ab", tags })
    expect((await restoreOne(world, planned(source))).last.kind).toBe("done")
    expect(world.s3.current("copies", "restored/a")?.tags).toEqual(tags)
    expect(world.plane.countOf("GetObjectTagging")).toBe(asked)
  })

  it("that may not be read stop parts with the right that is missing", async () => {
    const world = routeWorld({
      context: { copyLimitBytes: 1 },
      faults: everyCall("GetObjectTagging", { class: "access-denied" }),
    })
    const source = world.s3.put("live", "data/a", { bytes: "ab", tags })
    const { last } = await restoreOne(world, planned(source, true))
    expect(last).toMatchObject({
      kind: "fatal",
      message: expect.stringContaining("s3:GetObjectVersionTagging on arn:aws:s3:::live/data/a") as string,
    })
    expect(world.s3.uploads.size).toBe(0)
  })

  it("are counted again when they change while they are read", async () => {
    const world = routeWorld({ context: { copyLimitBytes: 1 } })
    const source = world.s3.put("live", "data/a", { bytes: "ab", tags: { a: "1" } })
    let reads = 0
    world.plane.before = (call) => {
      if (call.operation === "GetObjectTagging" && ++reads === 1) source.tags = { a: "1", b: "2" }
    }
    expect((await restoreOne(world, planned(source))).story).toEqual(["again conflict", "done answer"])
    expect(world.s3.current("copies", "restored/a")?.tags).toEqual({ a: "1", b: "2" })
  })

  it("that are missing at the destination are found by the level `head`", async () => {
    const world = routeWorld({ context: { verify: "head" } })
    const source = world.s3.put("live", "data/a", { tags })
    world.plane.before = (call) => {
      const copy = world.s3.current("copies", "restored/a")
      if (call.operation === "HeadObject" && copy !== undefined) copy.tags = {}
    }
    const { last } = await restoreOne(world, planned(source))
    expect(last).toMatchObject({
      kind: "failed",
      why: "MISMATCH",
      message: expect.stringContaining("0 tags") as string,
    })
  })
})
