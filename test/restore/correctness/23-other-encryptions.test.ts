import { describe, expect, it } from "vitest"
import { everyCall } from "../support/fake-faults.ts"
import { faultsOfCopy } from "../support/copied.ts"
import { NEW_KEY, planned, restoreOne, routeWorld } from "../support/route-world.ts"

describe("23: DSSE, unencrypted and aws/s3 sources", () => {
  it.each([
    ["aws:kms:dsse", "skipped DOUBLE_ENCRYPTED"],
    [undefined, "skipped UNENCRYPTED"],
    ["AES256", "done head"],
    ["aws:kms", "done head"],
  ])("in place: %s ends as %s", async (encryption, end) => {
    const world = routeWorld()
    const source = world.s3.put("live", "data/a", { encryption, keyArn: undefined })
    const { story } = await restoreOne(world, planned(source, true), { operation: "rekey" })
    expect(story).toEqual([end])
  })

  it.each(["aws:kms:dsse", undefined, "AES256"])("a copy of %s is under the planned key", async (encryption) => {
    const world = routeWorld({ context: { verify: "full" } })
    const source = world.s3.put("live", "data/a", { encryption, keyArn: undefined })
    expect((await restoreOne(world, planned(source))).story).toEqual(["done bytes"])
    expect(faultsOfCopy(world.s3.current("copies", "restored/a"), source, NEW_KEY)).toEqual([])
  })

  it.each([
    ["not-implemented", "NotImplemented"],
    ["refused", "MethodNotAllowed"],
  ] as const)("a service that has no update in place (%s) stops the run by name", async (cls, code) => {
    const world = routeWorld({ faults: everyCall("UpdateObjectEncryption", { class: cls, code }) })
    const source = world.s3.put("live", "data/a")
    const { last } = await restoreOne(world, planned(source, true), { operation: "rekey" })
    expect(last).toMatchObject({
      kind: "fatal",
      why: "not-supported",
      message: expect.stringContaining(`s3:UpdateObjectEncryption of s3://live/data/a`) as string,
    })
  })

  it("another refusal that the object does not explain is told as it came", async () => {
    const world = routeWorld({ faults: everyCall("UpdateObjectEncryption", { class: "refused" }) })
    const { story } = await restoreOne(world, planned(world.s3.put("live", "data/a"), true), { operation: "rekey" })
    expect(story).toEqual(["failed InvalidRequest"])
  })

  it("a disabled key stops the run and is named, in place and in copies", async () => {
    for (const operation of ["rekey", "copy"] as const) {
      const world = routeWorld()
      world.s3.badKeys.set(NEW_KEY, "KMS.DisabledException")
      const { last } = await restoreOne(world, planned(world.s3.put("live", "data/a"), true), { operation })
      expect(last).toMatchObject({
        kind: "fatal",
        why: "key-state",
        message: expect.stringContaining(NEW_KEY) as string,
      })
    }
  })

  it("a version that is gone, or only a marker, is named and not re-keyed", async () => {
    const world = routeWorld()
    const gone = planned(world.s3.put("live", "data/a"), true)
    world.s3.remove("live", "data/a")
    expect((await restoreOne(world, gone, { operation: "rekey" })).story).toEqual(["skipped SOURCE_GONE"])
    const marker = planned(world.s3.putMarker("live", "data/a"), true)
    expect((await restoreOne(world, marker, { operation: "rekey" })).story).toEqual(["skipped SOURCE_GONE"])
  })
})
