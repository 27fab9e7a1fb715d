import { describe, expect, it } from "vitest"
import { briefly, NEW_KEY, OLD_KEY, planned, restoreOne, routesIn, routeWorld, workOn } from "../support/route-world.ts"

/** The answer of a copy is held against the key by the data plane; here: what HEAD says at the higher levels. */
describe("15: the key that really encrypts", () => {
  it.each([
    ["another key", { keyArn: OLD_KEY }],
    ["the same key's bare id", { keyArn: NEW_KEY.split("/")[1] }],
    ["the key of another Region", { keyArn: NEW_KEY.replace("eu-central-1", "eu-west-1") }],
    ["SSE-S3", { encryption: "AES256" }],
    ["DSSE", { encryption: "aws:kms:dsse" }],
    ["a bucket key that nobody asked for", { bucketKey: true }],
  ])("is a failure when HEAD says %s", async (_what, change) => {
    const world = routeWorld({ context: { verify: "head" } })
    const source = world.s3.put("live", "data/a")
    world.plane.before = (call) => {
      const copy = world.s3.current("copies", "restored/a")
      if (call.operation === "HeadObject" && copy !== undefined) Object.assign(copy, change)
    }
    expect((await restoreOne(world, planned(source))).story).toEqual(["failed MISMATCH"])
  })

  const rekeyed = async (change: Partial<Parameters<typeof routeWorld>[0]> = {}) => {
    const world = routeWorld(change)
    const aim = { ...world.context.aim, destination: world.context.aim.source, bucketKey: true }
    const source = world.s3.put("live", "data/a", { bytes: "x" })
    return {
      world,
      source,
      run: (routes = routesIn(world, { operation: "rekey", aim })) => routes.attempt(workOn(planned(source, true))),
    }
  }

  it("is told by a HEAD after every update in place, which changes nothing else", async () => {
    const { world, source, run } = await rekeyed()
    const before = { ...source }
    expect(briefly(await run())).toBe("done head")
    expect(world.s3.current("live", "data/a")).toEqual({ ...before, keyArn: NEW_KEY, bucketKey: true })
    expect(world.plane.calls.map((call) => call.operation)).toEqual(["UpdateObjectEncryption", "HeadObject"])
  })

  it("is a failure after an update that was answered and did nothing", async () => {
    const { world, run } = await rekeyed()
    world.plane.before = (call) => {
      const object = world.s3.current("live", "data/a")
      if (call.operation === "HeadObject" && object !== undefined) object.keyArn = OLD_KEY
    }
    expect(briefly(await run())).toBe("failed MISMATCH")
  })

  it("is not enough when ETag or date are no longer those of the plan", async () => {
    for (const change of [{ etag: '"other"' }, { modifiedAt: 1 }]) {
      const { world, run } = await rekeyed()
      world.plane.before = (call) => {
        const object = world.s3.current("live", "data/a")
        if (call.operation === "HeadObject" && object !== undefined) Object.assign(object, change)
      }
      expect(briefly(await run())).toBe("unknown")
    }
  })

  it("is sought without a write when an earlier answer was lost", async () => {
    const { world, source } = await rekeyed()
    const routes = routesIn(world, { operation: "rekey", aim: { ...world.context.aim, bucketKey: true } })
    source.keyArn = NEW_KEY
    source.bucketKey = true
    expect(briefly(await routes.attempt({ object: planned(source, true), doubtful: true }))).toBe("done head adopted")
    expect(world.plane.countOf("UpdateObjectEncryption")).toBe(0)
  })
})
