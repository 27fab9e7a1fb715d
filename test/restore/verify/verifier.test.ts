import { describe, expect, it } from "vitest"
import type { ListedObject } from "../../../src/restore/objects.ts"
import { createVerifier, type VerifierOptions } from "../../../src/restore/verify/verifier.ts"
import { everyCall, firstCalls } from "../support/fake-faults.ts"
import type { FakeInit } from "../support/fake-s3.ts"
import {
  attemptUntilSettled,
  NEW_KEY,
  planned,
  routesIn,
  routeWorld,
  workOn,
  type RouteWorld,
} from "../support/route-world.ts"

const WRITES = ["CopyObject", "UpdateObjectEncryption", "CreateMultipartUpload", "DeleteObject", "UploadPartCopy"]

function verifierOf(world: RouteWorld, change: Partial<VerifierOptions> = {}) {
  const { aim, source, destination, clock } = world.context
  const routing = { multipartAboveBytes: 100, archived: "refuse" as const }
  return createVerifier({ aim, source, destination, clock, routing, operation: "copy", verify: "full", ...change })
}

/** A world with one object that was restored well, and a count of writes that must not grow. */
async function restored(init: FakeInit = {}) {
  const world = routeWorld()
  const source = world.s3.put("live", "data/a", {
    bytes: "good",
    tags: { t: "1" },
    metadata: new Map([["m", "1"]]),
    ...init,
  })
  await routesIn(world).attempt(workOn(planned(source)))
  const writes = () => world.plane.calls.filter((call) => WRITES.includes(call.operation)).length
  const before = writes()
  const verify = async (change: Partial<VerifierOptions> = {}) => {
    const { story } = await attemptUntilSettled(verifierOf(world, change).attempt, workOn(planned(source)))
    expect(writes()).toBe(before)
    return story
  }
  return { world, source, verify }
}

describe("a restore that is read back", () => {
  it("is done by bytes, or by HEAD where only that is asked", async () => {
    const { verify } = await restored()
    expect(await verify()).toEqual(["done bytes"])
    expect(await verify({ verify: "head" })).toEqual(["done head"])
  })

  it.each([
    ["other bytes", { bytes: Buffer.from("evil"), checksum: undefined }],
    ["another size", { bytes: Buffer.from("goo"), checksum: undefined }],
    ["another tag value", { tags: { t: "2" } }],
    ["a tag less", { tags: {} }],
    ["other metadata", { metadata: new Map() }],
    ["another header", { headers: {} }],
    ["another key", { keyArn: `${NEW_KEY}0` }],
    ["another class", { storageClass: "STANDARD_IA" }],
  ])("fails for %s", async (_what, change) => {
    const { world, verify } = await restored()
    Object.assign(world.s3.current("copies", "restored/a") ?? {}, change)
    expect(await verify()).toEqual(["failed MISMATCH"])
  })

  it("fails where nothing is, and is unknown where nothing can be told", async () => {
    const { world, source, verify } = await restored()
    world.plane.faults = everyCall("GetObject", { class: "refused" })
    expect(await verify()).toEqual(["unknown"])
    world.plane.faults = firstCalls("GetObject", { class: "throttled" })
    expect(await verify()).toEqual(["again throttled", "done bytes"])
    world.s3.put("live", "data/a", { bytes: "newer" })
    expect(await verify()).toEqual(["unknown"])
    world.s3.remove("copies", "restored/a")
    expect(await verify()).toEqual(["failed MISSING"])
    expect(source.bytes.toString()).toBe("good")
  })

  it("is skipped by the name that the plan gave it", async () => {
    const world = routeWorld()
    const source = world.s3.put("live", "data/a", { storageClass: "GLACIER", archived: true })
    const { story } = await attemptUntilSettled(verifierOf(world).attempt, workOn(planned(source)))
    expect(story).toEqual(["skipped NEEDS_THAW"])
    expect(world.plane.calls).toEqual([])
  })

  it("in place is under the key, with its date and ETag, and every byte can be read", async () => {
    const world = routeWorld()
    const source = world.s3.put("live", "data/a")
    const verify = async () =>
      (await attemptUntilSettled(verifierOf(world, { operation: "rekey" }).attempt, workOn(planned(source, true))))
        .story
    expect(await verify()).toEqual(["failed MISMATCH"])
    source.keyArn = NEW_KEY
    // The verifier's context has level `full`.
    expect(await verify()).toEqual(["done bytes"])
    expect(world.plane.countOf("UpdateObjectEncryption")).toBe(0)
  })

  it("with all versions has each in its place", async () => {
    const world = routeWorld()
    const chain: ListedObject[] = [
      planned(world.s3.put("live", "data/a", { bytes: "1" }), true),
      { ...planned(world.s3.putMarker("live", "data/a"), true), deleteMarker: true },
      planned(world.s3.put("live", "data/a", { bytes: "3" }), true),
    ]
    const verify = async () => {
      const { attempt } = verifierOf(world, { chainOf: () => chain })
      const stories: string[] = []
      for (const object of chain) stories.push(...(await attemptUntilSettled(attempt, workOn(object))).story)
      return stories
    }
    await routesIn(world, { chainOf: () => chain }).attempt(workOn(chain[2] as ListedObject))
    expect(await verify()).toEqual(["done bytes", "done head", "done bytes"])
    const [, marker] = world.s3.versions("copies", "restored/a")
    world.s3.remove("copies", "restored/a", marker?.versionId)
    expect(await verify()).toEqual(["failed MISSING", "failed MISSING", "failed MISSING"])
  })
})
