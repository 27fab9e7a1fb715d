import { describe, expect, it } from "vitest"
import { attemptMultipart } from "../../../src/restore/routes/multipart.ts"
import { faultsOfCopy } from "../support/copied.ts"
import { either, everyCall, firstCalls } from "../support/fake-faults.ts"
import {
  attemptUntilSettled,
  NEW_KEY,
  planned,
  restoreOne,
  routesIn,
  routeWorld,
  workOn,
  type FakeUploadLog,
  type RouteWorld,
  type WorldOptions,
} from "../support/route-world.ts"

const BYTES = Buffer.alloc(45, "0123456789")

describe("7: an upload that is not completed", () => {
  const inParts = (options: WorldOptions = {}) => {
    const world = routeWorld({ ...options, context: { copyLimitBytes: 9, ...options.context } })
    return { world, source: world.s3.put("live", "data/a", { bytes: BYTES }) }
  }
  const logOf = (world: RouteWorld) => (world.context.uploads.log as FakeUploadLog).lines
  const small = { routing: { multipartAboveBytes: 9, archived: "try" as const } }

  it("is written down before its first part is sent", async () => {
    const { world, source } = inParts()
    let written = -1
    world.plane.before = (call) => {
      if (call.operation === "UploadPartCopy" && written < 0) written = logOf(world).length
    }
    await restoreOne(world, planned(source), small)
    expect(written).toBe(1)
    expect(logOf(world).map((line) => line.split(" ")[0])).toEqual(["opened", "closed"])
  })

  it("is aborted when it cannot be written down", async () => {
    const { world, source } = inParts()
    world.context.uploads.log.opened = () => Promise.reject(new Error("ENOSPC"))
    await expect(routesIn(world).attempt(workOn(planned(source)))).rejects.toThrow("ENOSPC")
    expect(world.s3.uploads.size).toBe(0)
    expect(world.plane.countOf("UploadPartCopy")).toBe(0)
  })

  it.each(["access-denied", "key-state", "refused", "not-implemented"] as const)(
    "is aborted when a part ends in %s",
    async (cls) => {
      const { world, source } = inParts({ faults: everyCall("UploadPartCopy", { class: cls }) })
      const { last } = await restoreOne(world, planned(source), small)
      expect(last.kind).not.toBe("done")
      expect(world.s3.uploads.size).toBe(0)
      expect(world.s3.current("copies", "restored/a")).toBeUndefined()
      expect(logOf(world).at(-1)).toMatch(/^closed/)
    },
  )

  it("keeps the parts that it has while others are throttled", async () => {
    const throttled = { class: "throttled" as const }
    const { world, source } = inParts({ faults: everyThird(throttled) })
    const { story } = await attemptUntilSettled(
      // Parts of ten bytes, whatever the plan would make them.
      (work) => attemptMultipart(world.context, work, 10),
      workOn(planned(source)),
    )
    expect(story.at(-1)).toBe("done answer")
    expect(story.length).toBeGreaterThan(1)
    expect(world.plane.countOf("CreateMultipartUpload")).toBe(1)
    expect(faultsOfCopy(world.s3.current("copies", "restored/a"), source, NEW_KEY)).toEqual([])
  })

  it("of an earlier process is aborted before another is begun", async () => {
    const { world, source } = inParts()
    const log = world.context.uploads.log as FakeUploadLog
    const head = await world.plane.head({
      bucket: world.context.aim.source.bucket,
      key: "data/a",
      owner: world.context.aim.source.owner,
    })
    if (head.kind === "error") throw new Error("no head")
    const destination = { ...world.context.aim.destination, key: "restored/a" }
    const left = await world.plane.createUpload({
      destination,
      keyArn: NEW_KEY,
      bucketKey: false,
      storageClass: "STANDARD",
      like: head.value,
      tags: {},
    })
    const leftId = left.kind === "ok" ? left.value.uploadId : ""
    log.leave("data/a", leftId, "upload-long-gone")
    const { last } = await restoreOne(world, planned(source), small)
    expect(last.kind).toBe("done")
    expect(world.s3.uploads.size).toBe(0)
    expect(log.left(planned(source))).toEqual([])
  })

  it("begins anew when S3 no longer knows it", async () => {
    const { world, source } = inParts()
    let dropped = false
    world.plane.before = (call) => {
      if (call.operation !== "CompleteMultipartUpload" || dropped) return
      dropped = true
      world.s3.uploads.clear()
    }
    const { story } = await restoreOne(world, planned(source), small)
    expect(story).toEqual(["again conflict", "done answer"])
    expect(faultsOfCopy(world.s3.current("copies", "restored/a"), source, NEW_KEY)).toEqual([])
  })

  it("is begun anew after a conflict", async () => {
    const { world, source } = inParts({ faults: firstCalls("CompleteMultipartUpload", { class: "conflict" }) })
    expect((await restoreOne(world, planned(source), small)).story).toEqual(["again conflict", "done answer"])
    expect(world.plane.countOf("CreateMultipartUpload")).toBe(2)
    expect(world.s3.uploads.size).toBe(0)
  })

  it("is aborted when the run ends before the object has", async () => {
    const { world, source } = inParts({ faults: everyCall("CompleteMultipartUpload", { class: "throttled" }) })
    const routes = routesIn(world, small)
    expect(await routes.attempt(workOn(planned(source)))).toMatchObject({ kind: "again" })
    expect(world.s3.uploads.size).toBe(1)
    await routes.abandonUploads()
    expect(world.s3.uploads.size).toBe(0)
  })

  it("stays in the log when even the abort is refused", async () => {
    const { world, source } = inParts({
      faults: either(
        everyCall("UploadPartCopy", { class: "access-denied" }),
        everyCall("AbortMultipartUpload", { class: "access-denied" }),
      ),
    })
    await restoreOne(world, planned(source), small)
    expect(world.s3.uploads.size).toBe(1)
    expect(logOf(world).map((line) => line.split(" ")[0])).toEqual(["opened"])
  })
})

/** Of the parts, every third call fails. */
function everyThird(fault: { readonly class: "throttled" }) {
  let count = 0
  return (call: { readonly operation: string }) =>
    call.operation === "UploadPartCopy" && ++count % 3 === 0 ? fault : undefined
}
