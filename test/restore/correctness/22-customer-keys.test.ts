import { describe, expect, it } from "vitest"
import { firstCalls } from "../support/fake-faults.ts"
import { planned, restoreOne, routeWorld } from "../support/route-world.ts"

describe("22: an object under a key that only its owner has (SSE-C)", () => {
  it.each([
    ["one copy", {}, 100],
    ["parts", {}, 1],
    ["a copy with its lock", { aim: { lock: "keep" as const } }, 100],
  ])("is told by name from %s", async (_route, options, copyLimitBytes) => {
    const world = routeWorld({ ...options, context: { copyLimitBytes } })
    const source = world.s3.put("live", "data/a", { bytes: "ab", customerKey: true })
    expect((await restoreOne(world, planned(source))).story).toEqual(["skipped NEEDS_CUSTOMER_KEY"])
    expect(world.s3.keys("copies")).toEqual([])
  })

  it("is told by name in place", async () => {
    const world = routeWorld()
    const source = world.s3.put("live", "data/a", { customerKey: true })
    const { story } = await restoreOne(world, planned(source, true), { operation: "rekey" })
    expect(story).toEqual(["skipped NEEDS_CUSTOMER_KEY"])
  })

  it("is not what a session is that ends in between: its HEAD is asked again with new credentials", async () => {
    const world = routeWorld({
      context: { copyLimitBytes: 1 },
      faults: firstCalls("HeadObject", { class: "expired-token", code: "HTTP 400" }),
    })
    const source = world.s3.put("live", "data/a", { bytes: "ab" })
    expect((await restoreOne(world, planned(source))).story).toEqual(["done answer"])
  })

  it("at the destination is somebody else's", async () => {
    const world = routeWorld()
    world.s3.put("copies", "restored/a", { customerKey: true })
    const { story } = await restoreOne(world, planned(world.s3.put("live", "data/a")))
    expect(story).toEqual(["skipped DESTINATION_EXISTS"])
  })
})
