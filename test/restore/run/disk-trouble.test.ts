import { describe, expect, it } from "vitest"
import { CrashFiles, type Fault } from "../support/crash-files.ts"
import { NEW_KEY, OLD_KEY, routeWorld, type RouteWorld } from "../support/route-world.ts"
import { planned, runIn } from "./run-world.ts"
import { slowed } from "./slow-plane.ts"

const SLOW = process.env["DR_TEST_SLOW"] === "1"
const OBJECTS = 60
const CODES = ["ENOSPC", "EIO", "EROFS"] as const
/** Writes of the journal, its syncs and the making of its files counted in. */
const WRITES = 18

function filled(): RouteWorld {
  const world = routeWorld()
  for (let index = 0; index < OBJECTS; index++)
    world.s3.put("live", `data/${String(index).padStart(3, "0")}`, {
      bytes: Buffer.from(`body ${index}`),
      keyArn: OLD_KEY,
    })
  return world
}

/** Once each, as they were, under the new key. */
function expectRestored({ s3 }: RouteWorld): void {
  expect(s3.keys("copies")).toHaveLength(OBJECTS)
  for (let index = 0; index < OBJECTS; index++) {
    const [version, ...more] = s3.versions("copies", `restored/${String(index).padStart(3, "0")}`)
    expect([version?.bytes.toString(), version?.keyArn, more.length]).toEqual([`body ${index}`, NEW_KEY, 0])
  }
}

/** Runs into the fault, and again on the mended disk. */
async function stopsAndGoesOn(fault: Fault): Promise<{ readonly struck: boolean }> {
  const what = JSON.stringify(fault)
  const world = filled()
  const planning = await planned(world)
  const disk = new CrashFiles()
  disk.fault = fault
  const plane = slowed(world.plane, planning.time.clock, () => 80)
  const first = await runIn(planning, disk, plane).then(
    ({ verdict }) => ({ verdict }),
    (error: unknown) => error,
  )
  const struck = !(typeof first === "object" && first !== null && "verdict" in first)
  if (struck) expect(first, what).toMatchObject({ code: "E_JOURNAL", exit: 75 })
  const second = await runIn(planning, disk.forNextProcess(), plane)
  expect(second, what).toMatchObject({ verdict: "restored", parts: [{ accounts: { listed: OBJECTS, done: OBJECTS } }] })
  expectRestored(world)
  return { struck }
}

describe("a restore on a disk that fails", () => {
  it.each(CODES)("with %s from any write on stops with 75, and goes on to the same objects", async (code) => {
    let struck = 0
    for (let from = 0; from < WRITES; from += SLOW ? 1 : 3) if ((await stopsAndGoesOn({ code, from })).struck) struck++
    expect(struck).toBeGreaterThan(SLOW ? 12 : 3)
  })

  it.each(CODES)("with %s once, and never again, loses nothing either", async (code) => {
    for (let from = 1; from < WRITES; from += SLOW ? 1 : 5) await stopsAndGoesOn({ code, from, times: 1 })
  })

  it("begins nothing at AWS before it could write down what it does", async () => {
    const world = filled()
    const planning = await planned(world)
    const disk = new CrashFiles()
    disk.fault = { code: "EROFS", from: 0 }
    await expect(runIn(planning, disk, world.plane)).rejects.toMatchObject({ code: "E_JOURNAL", exit: 75 })
    expect(world.plane.countOf("CopyObject")).toBe(0)
  })
})
