import { describe, expect, it } from "vitest"
import type { ObjectLock } from "../../../src/restore/data-plane.ts"
import { isWeaker } from "../../../src/restore/verify/compare-heads.ts"
import { planned, restoreOne, routeWorld, type RouteWorld } from "../support/route-world.ts"

const UNTIL = "2027-06-01T00:00:00.000Z"
const LATER = "2027-07-01T00:00:00.000Z"
const PAST = "2020-01-01T00:00:00.000Z"
const governance: ObjectLock = { mode: "GOVERNANCE", until: UNTIL }
const compliance: ObjectLock = { mode: "COMPLIANCE", until: UNTIL }
const held: ObjectLock = { legalHold: true }

describe("19: Object Lock and legal hold", () => {
  it.each([
    ["one copy", 100],
    ["parts", 1],
  ])("come with %s when the plan keeps them, as far as they still hold", async (_route, copyLimitBytes) => {
    for (const [own, at] of [
      [governance, governance],
      [compliance, compliance],
      [held, held],
      [
        { ...governance, legalHold: true },
        { ...governance, legalHold: true },
      ],
      [{ mode: "GOVERNANCE", until: PAST }, undefined],
      [{ mode: "GOVERNANCE", until: PAST, legalHold: true }, held],
      [undefined, undefined],
    ] as ReadonlyArray<readonly [ObjectLock | undefined, ObjectLock | undefined]>) {
      const world = routeWorld({ aim: { lock: "keep" }, context: { copyLimitBytes, verify: "head" } })
      const source = world.s3.put("live", "data/a", { bytes: "ab", lock: own })
      expect((await restoreOne(world, planned(source))).last.kind).toBe("done")
      expect(world.s3.current("copies", "restored/a")?.lock).toEqual(at)
    }
  })

  it("are not asked for when the plan does not keep them", async () => {
    const world = routeWorld()
    await restoreOne(world, planned(world.s3.put("live", "data/a", { lock: governance })))
    expect(world.plane.countOf("HeadObject")).toBe(0)
    expect(world.s3.current("copies", "restored/a")?.lock).toBeUndefined()
  })

  it("that a service loses are found when the copy is read back", async () => {
    const world = routeWorld({ aim: { lock: "keep" }, context: { verify: "head" } })
    const source = world.s3.put("live", "data/a", { lock: governance })
    world.plane.before = (call) => {
      const copy = world.s3.current("copies", "restored/a")
      if (call.operation === "HeadObject" && copy !== undefined)
        copy.lock = { mode: "GOVERNANCE", until: "2027-01-01T00:00:00Z" }
    }
    expect((await restoreOne(world, planned(source))).last).toMatchObject({
      kind: "failed",
      message: expect.stringContaining("lock is weaker") as string,
    })
  })

  it.each([
    [undefined, governance, true],
    [governance, governance, false],
    [{ mode: "GOVERNANCE", until: LATER }, governance, false],
    [governance, { mode: "GOVERNANCE", until: LATER }, true],
    [governance, compliance, true],
    [compliance, governance, false],
    [governance, { ...governance, legalHold: true }, true],
    [{ ...compliance, legalHold: true }, held, false],
    [held, governance, true],
  ] as ReadonlyArray<readonly [ObjectLock | undefined, ObjectLock, boolean]>)(
    "%j instead of %j is weaker: %s",
    (lock, than, weaker) => {
      expect(isWeaker(lock, than)).toBe(weaker)
    },
  )

  const inPlace = (world: RouteWorld, lock: ObjectLock) =>
    restoreOne(world, planned(world.s3.put("live", "data/a", { lock }), true), { operation: "rekey" })

  it.each([governance, compliance, held])(
    "%j: a key cannot be changed in place, which is said by name",
    async (lock) => {
      const world = routeWorld()
      expect((await inPlace(world, lock)).story).toEqual(["skipped LOCKED"])
    },
  )

  it("a denial under a lock that has run out is a missing right", async () => {
    const world = routeWorld()
    expect((await inPlace(world, { mode: "GOVERNANCE", until: PAST })).story).toEqual(["fatal access-denied"])
  })
})
