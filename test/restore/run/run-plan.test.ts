import { describe, expect, it } from "vitest"
import type { FaultScript } from "../support/fake-faults.ts"
import { everyCall, firstCalls, noFaults } from "../support/fake-faults.ts"
import { NEW_KEY, OLD_KEY, routeWorld, type RouteWorld } from "../support/route-world.ts"
import { planned, run } from "./run-world.ts"

const OBJECTS = 60

function filled(options: Parameters<typeof routeWorld>[0] = {}, objects = OBJECTS): RouteWorld {
  const world = routeWorld(options)
  for (let index = 0; index < objects; index++)
    world.s3.put("live", `data/${String(index).padStart(3, "0")}`, {
      bytes: Buffer.from(`body ${index}`),
      keyArn: OLD_KEY,
    })
  return world
}

function copies({ s3 }: RouteWorld): Map<string, string> {
  return new Map(
    s3.keys("copies").map((key) => {
      const version = s3.current("copies", key)
      return [key, `${version?.keyArn ?? ""} ${version?.bytes.toString() ?? ""}`]
    }),
  )
}

function expectAllCopied(world: RouteWorld, objects = OBJECTS): void {
  const found = copies(world)
  expect(found.size).toBe(objects)
  for (let index = 0; index < objects; index++)
    expect(found.get(`restored/${String(index).padStart(3, "0")}`)).toBe(`${NEW_KEY} body ${index}`)
}

/** The nth of these calls is the last of the process: nothing it would have done after that happens. */
class Killed extends Error {}

describe("a run", () => {
  it("restores every object, lists again, reads a sample back, and its sums close", async () => {
    const world = filled()
    const planning = await planned(world)
    const result = await run(planning, world.plane)
    expect(result.verdict).toBe("restored")
    expect(result.parts[0]?.accounts).toMatchObject({
      listed: OBJECTS,
      done: OBJECTS,
      failed: 0,
      skipped: 0,
      unknown: 0,
    })
    expect(result.parts[0]?.closing?.joined).toMatchObject({ matched: OBJECTS, missing: 0, different: 0 })
    expect(result.parts[0]?.closing?.sample).toMatchObject({ drawn: OBJECTS, good: OBJECTS })
    expect(world.plane.countOf("CopyObject")).toBe(OBJECTS)
    expectAllCopied(world)
    expect(planning.events.filter(({ type }) => type === "restore.page")).toHaveLength(1)
  })

  it("run a second time finds everything there and copies nothing twice", async () => {
    const world = filled()
    const planning = await planned(world)
    await run(planning, world.plane)
    planning.journals.contents.clear() // another run of the same plan
    const result = await run(planning, world.plane)
    expect(result.verdict).toBe("restored")
    expect(world.s3.keys("copies")).toHaveLength(OBJECTS)
    expectAllCopied(world)
  })

  it.each<[string, FaultScript]>([
    [
      "one copy in three answers 500",
      ({ operation, nth }) => (operation === "CopyObject" && nth % 3 === 0 ? { class: "transient" } : undefined),
    ],
    [
      "half of the copies are throttled",
      ({ operation, nth }) => (operation === "CopyObject" && nth % 2 === 0 ? { class: "throttled" } : undefined),
    ],
    [
      "answers are lost after the copy was made",
      ({ operation, nth }) =>
        operation === "CopyObject" && nth % 3 === 0 ? { class: "transient", committed: true } : undefined,
    ],
    [
      "broken bodies inside 200",
      ({ operation, nth }) =>
        operation === "CopyObject" && nth % 4 === 0 ? { class: "broken", committed: true } : undefined,
    ],
  ])("loses nothing when %s", async (_what, faults) => {
    const world = filled()
    const planning = await planned(world)
    world.plane.faults = faults
    const result = await run(planning, world.plane)
    expect(result.verdict).toBe("restored")
    expectAllCopied(world)
  })

  it("stops at a right that is missing, names action and ARN, and goes on when it is mended", async () => {
    const world = filled()
    const planning = await planned(world)
    world.plane.faults = everyCall("CopyObject", { class: "access-denied" })
    const stopped = await run(planning, world.plane)
    expect(stopped.verdict).toBe("stopped")
    expect(stopped.parts[0]?.ended).toMatchObject({ kind: "fatal", why: "access-denied" })
    expect(JSON.stringify(stopped.parts[0]?.ended)).toContain(NEW_KEY)
    expect(planning.time.clock.mono()).toBeLessThan(5_000)
    world.plane.faults = noFaults
    expect((await run(planning, world.plane)).verdict).toBe("restored")
    expectAllCopied(world)
  })

  it("says incomplete when an object fails, and not proven when one is left out by name", async () => {
    const world = filled()
    const planning = await planned(world)
    world.plane.faults = firstCalls("CopyObject", { class: "refused", code: "InvalidRequest" })
    const failed = await run(planning, world.plane)
    expect(failed).toMatchObject({ verdict: "incomplete", parts: [{ accounts: { failed: 1, done: OBJECTS - 1 } }] })

    const archived = filled()
    archived.s3.put("live", "data/zz", {
      bytes: Buffer.from("cold"),
      keyArn: OLD_KEY,
      storageClass: "GLACIER",
      archived: true,
    })
    const skipped = await run(await planned(archived), archived.plane)
    expect(skipped).toMatchObject({ verdict: "not-proven", parts: [{ accounts: { skipped: 1, done: OBJECTS } }] })
  })

  it("ends at its deadline with everything told: throttled to the end is failed, never lost", async () => {
    const world = filled()
    const planning = await planned(world)
    world.plane.faults = everyCall("CopyObject", { class: "throttled" })
    const result = await run(planning, world.plane, 60_000)
    expect(result).toMatchObject({ verdict: "incomplete", parts: [{ accounts: { listed: OBJECTS, failed: OBJECTS } }] })
  })

  it("killed before and after any copy, goes on and ends with the same objects; what was recorded is not copied again", async () => {
    for (let at = 1; at <= OBJECTS; at += 7) {
      for (const committed of [false, true]) {
        const world = filled()
        const planning = await planned(world)
        let copied = 0
        world.plane.before = ({ operation }) => {
          if (operation !== "CopyObject" || ++copied < at) return
          if (copied === at && committed) return
          throw new Killed("killed")
        }
        await run(planning, world.plane).catch((error: unknown) => {
          if (!(error instanceof Killed)) throw error
        })
        world.plane.before = () => undefined
        const result = await run(planning, world.plane)
        expect(result.verdict).toBe("restored")
        expect(result.parts[0]?.accounts).toMatchObject({ listed: OBJECTS, done: OBJECTS })
        expectAllCopied(world)
      }
    }
  })

  it("keeps all versions of a key in their order, delete markers in their place", async () => {
    const world = filled({}, 3)
    for (const body of ["one", "two"]) world.s3.put("live", "data/v", { bytes: Buffer.from(body), keyArn: OLD_KEY })
    const planning = await planned(world, { mode: { kind: "all" } })
    const result = await run(planning, world.plane)
    expect(result.verdict).toBe("restored")
    expect(world.s3.current("copies", "restored/v")?.bytes.toString()).toBe("two")
  })
})
