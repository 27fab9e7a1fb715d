import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { recover } from "../../../src/restore/journal/recover.ts"
import { emptyTally, settledIn } from "../../../src/restore/journal/tally.ts"
import { CrashFiles, type Fault } from "../support/crash-files.ts"
import { expectedTally, IDENTITY, toyRun, type ToyOptions, type ToyResult, type ToyWorld } from "../support/toy-run.ts"

const SLOW = process.env["DR_TEST_SLOW"] === "1"
const SMALL: ToyOptions = { segmentBytes: 20_000 }
const world = (...pages: number[]): ToyWorld => ({ pages, copied: new Map() })
/** Number of a change that is a sync in the middle of the run. */
const SYNC = 33
const FULL = world(100, 100, 100, 100, 100)

/** Objects that had been reported as being on the disk when so many changes were behind it. */
function reported({ reports }: ToyResult, changes: number): number {
  return reports.findLast((report) => report.changes <= changes)?.objects ?? 0
}

/** Looks at every state, and lets a sample of them go on to the end. */
async function survivesPowerCuts(files: CrashFiles, run: ToyResult, perMoment: number): Promise<number> {
  let states = 0
  for (const { files: found, changes } of files.powerCuts(perMoment)) {
    const recovered = await recover(found, { identity: IDENTITY })
    expect(settledIn(recovered?.tally ?? emptyTally())).toBeGreaterThanOrEqual(reported(run, changes))
    if (states++ % 101 === 0) expect((await toyRun(found, FULL, SMALL)).tally).toEqual(expectedTally(FULL))
  }
  return states
}

describe("after a power cut at any moment", () => {
  it("the journal recovers, and holds all that was ever reported as being on the disk", async () => {
    const files = new CrashFiles()
    const run = await toyRun(files, FULL, SMALL)
    expect(await survivesPowerCuts(files, run, SLOW ? 300 : 30)).toBeGreaterThan(SLOW ? 20_000 : 2_000)
  }, 600_000)

  it("so it does for a run that goes on after a crash", async () => {
    const first = new CrashFiles()
    await toyRun(first, FULL, { ...SMALL, dieAfter: 260 })
    const second = first.forNextProcess()
    const run = await toyRun(second, FULL, SMALL)
    expect(await survivesPowerCuts(second, run, SLOW ? 150 : 8)).toBeGreaterThan(SLOW ? 4_000 : 300)
  }, 600_000)

  it("so it does where a sync failed and the page cache pretends that all is well", async () => {
    const first = new CrashFiles()
    first.fault = { code: "EIO", from: SYNC, times: 1 }
    await expect(toyRun(first, FULL, SMALL)).rejects.toMatchObject({ code: "E_JOURNAL", exit: 75 })
    expect(first.changes.some(({ kind }) => kind === "doom")).toBe(true)
    const second = first.forNextProcess()
    const run = await toyRun(second, FULL, SMALL)
    expect(await survivesPowerCuts(second, run, SLOW ? 150 : 8)).toBeGreaterThan(SLOW ? 4_000 : 300)
  }, 600_000)
})

describe("a disk that fails", () => {
  const long = world(100, 150, 1, 249)
  const chatty: ToyOptions = { ...SMALL, tickMs: 60, window: 4 }
  const faults = Array.from({ length: 200 }, (_, from) =>
    (["ENOSPC", "EIO", "EROFS"] as const).map((code): Fault => ({ code, from })),
  )

  it("at any of the first 200 writes stops the run with 75, and it goes on where it was", async () => {
    for (const fault of faults.flatMap((kinds, at) => (SLOW ? kinds : kinds.slice(at % 3, (at % 3) + 1)))) {
      const failing = new CrashFiles()
      failing.fault = fault
      await expect(toyRun(failing, long, chatty), JSON.stringify(fault)).rejects.toMatchObject({
        code: "E_JOURNAL",
        exit: 75,
      })
      const mended = failing.forNextProcess()
      const { tally, chain } = await toyRun(mended, long, SMALL)
      expect(tally).toEqual(expectedTally(long))
      expect(await recover(mended, { identity: IDENTITY, endsWith: chain ?? "" })).toMatchObject({ ended: true, tally })
    }
  }, 600_000)

  it("when it is full still takes what is under way, on the room that the ballast gives back", async () => {
    const ballastBytes = 100_000
    for (let capacityBytes = 0; capacityBytes < 160_000; capacityBytes += SLOW ? 499 : 9_973) {
      const files = new CrashFiles()
      files.capacityBytes = capacityBytes
      const { copied } = long
      copied.clear()
      await expect(toyRun(files, long, { ...SMALL, ballastBytes }), String(capacityBytes)).rejects.toMatchObject({
        code: "E_JOURNAL",
        exit: 75,
      })
      const left = await recover(files)
      expect(settledIn(left?.tally ?? emptyTally())).toBe(copied.size) // nothing that was copied is forgotten
      files.capacityBytes = Infinity
      expect((await toyRun(files.forNextProcess(), long, SMALL)).tally).toEqual(expectedTally(long))
      expect([...copied.values()].every((times) => times === 1)).toBe(true)
    }
  })
})

describe("a run that is killed again and again", () => {
  it("ends as one that nobody disturbed, and does no more than a window and a block again for each kill", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 6 }),
        fc.boolean(),
        async (pages, kills, power) => {
          const toy = world(...pages)
          let files = new CrashFiles()
          for (const dieAfter of kills) {
            await toyRun(files, toy, { ...SMALL, dieAfter })
            const cuts = power ? [...files.powerCuts(3)] : []
            files = cuts.at(-1 - (dieAfter % Math.max(1, cuts.length)))?.files ?? files.afterKill()
          }
          expect((await toyRun(files, toy, SMALL)).tally).toEqual(expectedTally(toy))
          expect(toy.copied.size).toBe(pages.reduce((sum, size) => sum + size, 0))
          const again = [...toy.copied.values()].reduce((sum, times) => sum + times - 1, 0)
          if (!power) expect(again).toBeLessThanOrEqual(kills.length * 261)
        },
      ),
      { numRuns: SLOW ? 2_000 : 60 },
    )
  }, 600_000)
})
