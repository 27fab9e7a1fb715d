import { describe, expect, it } from "vitest"
import type { VerifyLevel } from "../../../src/restore/plan/restore-plan.ts"
import { everyCall, firstCalls } from "../support/fake-faults.ts"
import { planned, restoreOne, routeWorld } from "../support/route-world.ts"

describe("17: levels of verification", () => {
  /** A service that answers well and stores something else, and whose checksums tell or do not tell it. */
  const lying = (verify: VerifyLevel, checksums: boolean) => {
    const world = routeWorld({ context: { verify } })
    const source = world.s3.put("live", "data/a", { bytes: "good", ...(checksums ? {} : { checksum: undefined }) })
    world.plane.before = (call) => {
      const copy = world.s3.current("copies", "restored/a")
      if (copy === undefined || call.operation === "CopyObject") return
      copy.bytes = Buffer.from("evil")
      copy.checksum = checksums ? { algorithm: "CRC64NVME", type: "FULL_OBJECT", value: "evil" } : undefined
    }
    return { world, run: () => restoreOne(world, planned(source)) }
  }

  it.each([
    ["answer", true, "done answer"],
    ["head", true, "failed MISMATCH"],
    ["head", false, "done head"],
    ["full", true, "failed MISMATCH"],
    ["full", false, "failed MISMATCH"],
  ] as const)("%s finds other bytes (checksums that tell it: %s): %s", async (verify, checksums, end) => {
    expect((await lying(verify, checksums).run()).story).toEqual([end])
  })

  it.each([
    ["answer", 0, 0],
    ["head", 2, 0],
    ["full", 2, 2],
  ] as const)("%s costs %i HEADs and %i reads", async (verify, heads, reads) => {
    const world = routeWorld({ context: { verify } })
    await restoreOne(world, planned(world.s3.put("live", "data/a")))
    expect(world.plane.countOf("CopyObject")).toBe(1)
    expect(world.plane.countOf("HeadObject")).toBe(heads)
    expect(world.plane.countOf("GetObject")).toBe(reads)
  })

  it("a read that cannot be done leaves the object unknown, which is no success", async () => {
    const world = routeWorld({ context: { verify: "full" }, faults: everyCall("GetObject", { class: "refused" }) })
    const { last } = await restoreOne(world, planned(world.s3.put("live", "data/a")))
    expect(last).toMatchObject({ kind: "unknown", message: expect.stringContaining("cannot be read") as string })
  })

  it("a copy that is gone when it is read back has failed", async () => {
    const world = routeWorld({ context: { verify: "head" } })
    const source = world.s3.put("live", "data/a")
    world.plane.before = (call) => {
      if (call.operation === "HeadObject") world.s3.remove("copies", "restored/a")
    }
    expect((await restoreOne(world, planned(source))).story).toEqual(["failed MISSING"])
  })

  it("a read-back that is throttled is done again, without a second copy", async () => {
    const world = routeWorld({ context: { verify: "full" }, faults: firstCalls("GetObject", { class: "throttled" }) })
    const { story } = await restoreOne(world, planned(world.s3.put("live", "data/a")))
    expect(story).toEqual(["again throttled", "done bytes adopted"])
    expect(world.plane.countOf("CopyObject")).toBe(1)
  })

  it("a source without bytes to compare with is unknown once it has changed", async () => {
    const world = routeWorld({ versioned: false, context: { verify: "head" } })
    const source = world.s3.put("live", "data/a")
    world.plane.before = (call) => {
      if (call.operation === "HeadObject") world.s3.put("live", "data/a", { bytes: "newer" })
    }
    expect((await restoreOne(world, planned(source))).story).toEqual(["unknown"])
  })
})
