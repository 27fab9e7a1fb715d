import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { ListedObject } from "../../../src/restore/objects.ts"
import { faultsOfCopy } from "../support/copied.ts"
import { firstCalls, type FaultScript } from "../support/fake-faults.ts"
import {
  attemptUntilSettled,
  NEW_KEY,
  planned,
  restoreOne,
  routesIn,
  routeWorld,
  workOn,
  type RouteWorld,
} from "../support/route-world.ts"

type Step = "object" | "marker" | "large"

/** A key with this history, as a manifest of mode `all` lists it: oldest first. */
function history(world: RouteWorld, steps: readonly Step[], key = "data/a"): ListedObject[] {
  return steps.map((step, index) => {
    if (step === "marker") return { ...planned(world.s3.putMarker("live", key), true), deleteMarker: true as const }
    return planned(world.s3.put("live", key, { bytes: `${index}${step === "large" ? "x".repeat(20) : ""}` }), true)
  })
}

function differences(world: RouteWorld, key = "a"): string[] {
  const sources = world.s3.versions("live", `data/${key}`)
  const copies = world.s3.versions("copies", `restored/${key}`)
  if (sources.length !== copies.length) return [`${copies.length} of ${sources.length} versions`]
  return sources.flatMap((source, index) =>
    source.deleteMarker
      ? copies[index]?.deleteMarker === true
        ? []
        : [`${index} is no marker`]
      : faultsOfCopy(copies[index], source, NEW_KEY),
  )
}

const newest = (chain: readonly ListedObject[]): ListedObject => chain.at(-1) as ListedObject

describe("18: all versions of a key", () => {
  it.each([
    [["object"]],
    [["marker"]],
    [["object", "object", "object"]],
    [["object", "marker"]],
    [["marker", "object"]],
    [["object", "marker", "marker", "object", "large", "marker"]],
  ] as ReadonlyArray<readonly [readonly Step[]]>)("%j arrive oldest first, markers in their place", async (steps) => {
    const world = routeWorld({ context: { copyLimitBytes: 10 } })
    const chain = history(world, steps)
    const { last } = await restoreOne(world, newest(chain), { chainOf: () => chain })
    expect(last.kind).toBe("done")
    expect(differences(world)).toEqual([])
  })

  it("go one by one where each version is a work of its own, without reading what this process made", async () => {
    const world = routeWorld()
    const chain = history(world, ["object", "marker", "object", "object"])
    const routes = routesIn(world, { chainOf: () => chain })
    for (const object of chain) expect((await routes.attempt(workOn(object))).kind).toBe("done")
    expect(differences(world)).toEqual([])
    expect(world.plane.countOf("ListObjectVersions")).toBe(1)
    expect(world.plane.calls).toHaveLength(5)
  })

  it("are taken up by another process after any step, whatever its journal knows", async () => {
    for (let made = 0; made <= 4; made++) {
      const world = routeWorld()
      const chain = history(world, ["object", "marker", "object", "object"])
      const first = routesIn(world, { chainOf: () => chain })
      for (const object of chain.slice(0, made)) await first.attempt(workOn(object))
      const second = routesIn(world, { chainOf: () => chain })
      for (const object of chain) {
        const { last } = await attemptUntilSettled(second.attempt, { object, doubtful: true })
        expect(last.kind).toBe("done")
      }
      expect(differences(world)).toEqual([])
    }
  })

  it.each([
    [
      "a version that is not of this restore",
      (world: RouteWorld) => void world.s3.put("copies", "restored/a", { bytes: "theirs" }),
    ],
    [
      "a version under a delete marker",
      (world: RouteWorld) => {
        world.s3.put("copies", "restored/a", { bytes: "theirs" })
        world.s3.putMarker("copies", "restored/a")
      },
    ],
  ])("are not piled on %s", async (_what, prepare) => {
    const world = routeWorld()
    prepare(world)
    const before = [...world.s3.versions("copies", "restored/a")]
    const chain = history(world, ["object", "object"])
    const { story } = await restoreOne(world, newest(chain), { chainOf: () => chain })
    expect(story).toEqual(["skipped DESTINATION_EXISTS"])
    expect(world.s3.versions("copies", "restored/a")).toEqual(before)
  })

  it("are not begun when one of them cannot be carried over", async () => {
    const world = routeWorld()
    const chain = history(world, ["object", "object"])
    const archived = chain.map((object, index) => (index === 0 ? { ...object, storageClass: "GLACIER" } : object))
    const { story } = await restoreOne(world, newest(archived), {
      chainOf: () => archived,
      routing: { multipartAboveBytes: 100, archived: "refuse" },
    })
    expect(story).toEqual(["skipped NEEDS_THAW"])
    expect(world.s3.keys("copies")).toEqual([])
  })

  it("stop the run at a bucket that keeps none", async () => {
    const world = routeWorld()
    world.s3.createBucket("copies", { owner: world.context.aim.destination.owner, versioned: false })
    const chain = history(world, ["object", "object"])
    expect((await restoreOne(world, newest(chain), { chainOf: () => chain })).story).toEqual(["fatal not-supported"])
  })

  it("tell how far they came when one of them is gone", async () => {
    const world = routeWorld()
    const chain = history(world, ["object", "object", "object"])
    world.s3.remove("live", "data/a", chain[1]?.versionId)
    const { last } = await restoreOne(world, newest(chain), { chainOf: () => chain })
    expect(last).toMatchObject({
      kind: "skipped",
      why: "SOURCE_GONE",
      message: expect.stringContaining("1 of 3 versions of this key are there") as string,
    })
  })

  it("of another key that begins with this one are not counted", async () => {
    const world = routeWorld()
    world.s3.put("copies", "restored/ab", { bytes: "other" })
    const chain = history(world, ["object", "object"])
    expect((await restoreOne(world, newest(chain), { chainOf: () => chain })).last.kind).toBe("done")
    expect(differences(world)).toEqual([])
  })

  it("property: any history arrives whole under any lost, throttled or broken answers", async () => {
    const step = fc.constantFrom<Step>("object", "marker", "large")
    const fault = fc.constantFrom(
      undefined,
      undefined,
      { class: "transient" as const },
      { class: "transient" as const, committed: true as const },
      { class: "broken" as const, committed: true as const },
      { class: "throttled" as const },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 5 }),
        fc.array(fault, { maxLength: 30 }),
        fc.boolean(),
        async (steps, faults, oneByOne) => {
          const script: FaultScript = (call) => faults[call.nth - 1]
          const world = routeWorld({ faults: script, context: { copyLimitBytes: 10 } })
          const chain = history(world, steps)
          const routes = routesIn(world, { chainOf: () => chain })
          for (const object of oneByOne ? chain : [newest(chain)]) {
            const { last } = await attemptUntilSettled(routes.attempt, workOn(object), 50)
            expect(last.kind).toBe("done")
          }
          expect(differences(world)).toEqual([])
          expect(world.s3.uploads.size).toBeLessThanOrEqual(faults.length)
        },
      ),
      { numRuns: 200 },
    )
  })

  it("a marker whose answer was lost is not put twice", async () => {
    const world = routeWorld({ faults: firstCalls("DeleteObject", { class: "transient", committed: true }) })
    const chain = history(world, ["object", "marker"])
    const { story } = await restoreOne(world, newest(chain), { chainOf: () => chain })
    expect(story).toEqual(["again transient", "done answer adopted"])
    expect(differences(world)).toEqual([])
  })
})

it("18: an object that its chain does not hold halts the run, and is not taken for done", async () => {
  const world = routeWorld()
  const versions = ["old", "new"].map((bytes) => planned(world.s3.put("live", "data/a", { bytes }), true))
  const { attempt } = routesIn(world, { chainOf: () => versions.map((version) => ({ ...version })) })
  await expect(attempt(workOn(versions[1] as (typeof versions)[number]))).rejects.toThrow("s3://copies/restored/a")
  expect(world.s3.keys("copies")).toEqual([])
})
