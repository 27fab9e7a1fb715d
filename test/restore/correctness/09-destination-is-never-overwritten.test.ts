import { describe, expect, it } from "vitest"
import type { FakeInit } from "../support/fake-s3.ts"
import { either, firstCalls } from "../support/fake-faults.ts"
import {
  attemptUntilSettled,
  NEW_KEY,
  planned,
  restoreOne,
  routesIn,
  routeWorld,
  workOn,
} from "../support/route-world.ts"

describe("9: what stands at the destination", () => {
  const ours: FakeInit = { bytes: "bytes", keyArn: NEW_KEY, metadata: new Map([["a", "1"]]), tags: { t: "1" } }

  it.each([
    ["other bytes of the same size", { bytes: "BYTES" }],
    ["another size", { bytes: "byte" }],
    ["another key", { keyArn: undefined }],
    ["no KMS key at all", { encryption: "AES256" }],
    ["a bucket key", { bucketKey: true }],
    ["another class", { storageClass: "STANDARD_IA" }],
    ["another header", { headers: { "content-type": "text/plain" } }],
    ["other metadata", { metadata: new Map([["a", "2"]]) }],
    ["a tag less", { tags: {} }],
    ["other bytes and no checksum to tell it", { bytes: "BYTES", checksum: undefined }],
    [
      "other bytes and a checksum of another kind",
      { bytes: "BYTES", checksum: { algorithm: "SHA256", type: "COMPOSITE", value: "x-2" } },
    ],
  ] as ReadonlyArray<readonly [string, FakeInit]>)("is kept and named when it has %s", async (_what, change) => {
    const world = routeWorld()
    const before = world.s3.put("copies", "restored/a", { ...ours, ...change })
    const source = world.s3.put("live", "data/a", { ...ours, keyArn: undefined })
    expect((await restoreOne(world, planned(source))).story).toEqual(["skipped DESTINATION_EXISTS"])
    expect(world.s3.versions("copies", "restored/a")).toEqual([before])
  })

  it.each([
    ["equal checksums", {}, "done head adopted"],
    ["equal bytes on both sides", { checksum: undefined }, "done bytes adopted"],
  ] as const)("is taken for this restore's own by %s", async (_how, change, end) => {
    const world = routeWorld()
    world.s3.put("copies", "restored/a", { ...ours, ...change })
    const source = world.s3.put("live", "data/a", ours)
    expect((await restoreOne(world, planned(source))).story).toEqual([end])
    expect(world.s3.versions("copies", "restored/a")).toHaveLength(1)
  })

  it("is unknown, not done, while its bytes cannot be read", async () => {
    const world = routeWorld()
    world.s3.put("copies", "restored/a", { ...ours, checksum: undefined, storageClass: "GLACIER", archived: true })
    const source = world.s3.put("live", "data/a", { ...ours, storageClass: "GLACIER" })
    expect((await restoreOne(world, planned(source))).story).toEqual(["unknown"])
  })

  it("is unknown when the source has changed since", async () => {
    const world = routeWorld()
    world.s3.put("copies", "restored/a", ours)
    const old = planned(world.s3.put("live", "data/a", ours))
    world.s3.put("live", "data/a", { ...ours, bytes: "newer" })
    expect((await restoreOne(world, old)).story).toEqual(["unknown"])
  })

  it("takes a 409 for no answer at all: the same copy is sent again", async () => {
    const world = routeWorld({ faults: firstCalls("CopyObject", { class: "conflict" }) })
    const source = world.s3.put("live", "data/a", ours)
    expect((await restoreOne(world, planned(source))).story).toEqual(["again conflict", "done answer"])
  })

  it("survives a writer that slips in between the HEAD and the copy", async () => {
    const world = routeWorld({ faults: either(firstCalls("CopyObject", { class: "transient" })) })
    const source = world.s3.put("live", "data/a", ours)
    let copies = 0
    world.plane.before = (call) => {
      if (call.operation === "CopyObject" && ++copies === 2) world.s3.put("copies", "restored/a", { bytes: "theirs" })
    }
    const ended = await attemptUntilSettled(routesIn(world).attempt, workOn(planned(source)))
    expect(ended.story).toEqual(["again transient", "skipped DESTINATION_EXISTS"])
    expect(world.s3.current("copies", "restored/a")?.bytes.toString()).toBe("theirs")
  })
})
