import { describe, expect, it } from "vitest"
import type { AccountId } from "../../../src/kernel/brands.ts"
import { bucketsIn, everyCallOf } from "../support/every-call.ts"
import { OWNER, planned, RECOVERY, restoreOne, routeWorld } from "../support/route-world.ts"

describe("13: the expected owners", () => {
  it("are named on every call, source and destination", async () => {
    const world = routeWorld({ context: { copyLimitBytes: 5 } })
    await everyCallOf(world)
    const operations = new Set(world.plane.calls.map((call) => call.operation))
    expect([...operations].toSorted()).toEqual([
      "AbortMultipartUpload",
      "CompleteMultipartUpload",
      "CopyObject",
      "CreateMultipartUpload",
      "DeleteObject",
      "GetObject",
      "GetObjectTagging",
      "HeadObject",
      "ListObjectVersions",
      "UpdateObjectEncryption",
      "UploadPartCopy",
    ])
    for (const call of world.plane.calls) {
      const named = bucketsIn(call.request)
      expect(named.length).toBeGreaterThan(0)
      for (const { bucket, owner } of named) expect(owner).toBe(bucket === "live" ? OWNER : RECOVERY)
    }
  })

  it("stop the run when the bucket is in other hands", async () => {
    const world = routeWorld()
    const source = world.s3.put("live", "data/a")
    world.s3.createBucket("copies", { owner: "999999999999" as AccountId })
    expect((await restoreOne(world, planned(source))).story).toEqual(["fatal access-denied"])
    expect(world.s3.keys("copies")).toEqual([])
  })
})
