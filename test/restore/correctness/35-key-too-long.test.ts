import { describe, expect, it } from "vitest"
import { planned, restoreOne, routeWorld } from "../support/route-world.ts"

/** `restored/` is four bytes longer than `data/`. */
describe("35: a key that is too long behind the new prefix", () => {
  it.each([
    ["1,024 bytes of ASCII", `data/${"a".repeat(1015)}`, "done answer"],
    ["1,025 bytes of ASCII", `data/${"a".repeat(1016)}`, "skipped KEY_TOO_LONG"],
    ["1,023 bytes in 341 characters of three", `data/${"漢".repeat(338)}`, "done answer"],
    ["1,026 bytes in 342 characters of three", `data/${"漢".repeat(339)}`, "skipped KEY_TOO_LONG"],
  ])("%s: counted in bytes, and refused before a call is made", async (_what, key, end) => {
    const world = routeWorld()
    expect((await restoreOne(world, planned(world.s3.put("live", key)))).story).toEqual([end])
    if (end.startsWith("skipped")) expect(world.plane.calls).toEqual([])
  })

  it("stays as long as it is in place", async () => {
    const world = routeWorld()
    const source = world.s3.put("live", `data/${"a".repeat(1019)}`)
    expect((await restoreOne(world, planned(source, true), { operation: "rekey" })).story).toEqual(["done head"])
  })
})
