import { describe, expect, it } from "vitest"
import { faultsOfCopy } from "../support/copied.ts"
import { NEW_KEY, planned, restoreOne, routeWorld } from "../support/route-world.ts"

describe.each([
  ["one copy", 100],
  ["parts", 1],
])("8: the source changes between plan and %s", (_route, copyLimitBytes) => {
  const world = () => routeWorld({ context: { copyLimitBytes } })

  it("is planned anew once, and copied as it is now", async () => {
    const one = world()
    const old = planned(one.s3.put("live", "data/a", { bytes: "before" }))
    const now = one.s3.put("live", "data/a", { bytes: "afterwards" })
    expect((await restoreOne(one, old)).story).toEqual(["again conflict", "done answer"])
    expect(faultsOfCopy(one.s3.current("copies", "restored/a"), now, NEW_KEY)).toEqual([])
  })

  it("is left out by name when it changes again", async () => {
    const one = routeWorld({ versioned: false, context: { copyLimitBytes } })
    const old = planned(one.s3.put("live", "data/a", { bytes: "before" }))
    let turn = 0
    // Another writer, just before every write of ours, in a bucket that keeps no versions.
    one.plane.before = (call) => {
      if (["CopyObject", "UploadPartCopy"].includes(call.operation))
        one.s3.put("live", "data/a", { bytes: `now ${turn++}` })
    }
    expect((await restoreOne(one, old)).story).toEqual(["again conflict", "skipped SOURCE_CHANGED"])
    expect(one.s3.current("copies", "restored/a")).toBeUndefined()
    expect(one.s3.uploads.size).toBe(0)
  })

  it("is left out by name when it is deleted", async () => {
    const one = world()
    const old = planned(one.s3.put("live", "data/a", { bytes: "before" }))
    one.s3.putMarker("live", "data/a")
    expect((await restoreOne(one, old)).story).toEqual(["skipped SOURCE_GONE"])
  })

  it("never stands in for a version that the plan names", async () => {
    const one = world()
    const version = one.s3.put("live", "data/a", { bytes: "before" })
    one.s3.put("live", "data/a", { bytes: "afterwards" })
    expect((await restoreOne(one, planned(version, true))).story).toEqual(["done answer"])
    expect(one.s3.current("copies", "restored/a")?.bytes.toString()).toBe("before")
    one.s3.remove("live", "data/a", version.versionId)
    one.s3.remove("copies", "restored/a")
    expect((await restoreOne(one, planned(version, true))).story).toEqual(["skipped SOURCE_GONE"])
    expect(one.s3.current("copies", "restored/a")).toBeUndefined()
  })

  it("is not mixed into what an earlier attempt has copied", async () => {
    const one = world()
    const old = planned(one.s3.put("live", "data/a", { bytes: "aaaaaa" }))
    let parts = 0
    one.plane.before = (call) => {
      if (call.operation === "UploadPartCopy" && ++parts === 1) one.s3.put("live", "data/a", { bytes: "bbbbbb" })
    }
    const { last } = await restoreOne(one, old)
    const bytes = one.s3.current("copies", "restored/a")?.bytes.toString()
    expect(last.kind).toBe("done")
    expect(bytes).toBe(copyLimitBytes === 1 ? "bbbbbb" : "aaaaaa")
  })
})
