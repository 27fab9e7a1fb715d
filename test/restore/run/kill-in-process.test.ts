import { describe, expect, it } from "vitest"
import { seededFraction } from "../../../src/kernel/random.ts"
import { CrashFiles } from "../support/crash-files.ts"
import type { FakeFault, FaultScript } from "../support/fake-faults.ts"
import { noFaults } from "../support/fake-faults.ts"
import { NEW_KEY, OLD_KEY, routeWorld, type RouteWorld } from "../support/route-world.ts"
import { planned, runIn, type RunWorld } from "./run-world.ts"
import { slowed } from "./slow-plane.ts"

const SLOW = process.env["DR_TEST_SLOW"] === "1"
const SEED = process.env["DR_TEST_SEED"] ?? "kill-in-process"
const OBJECTS = 240
/** Lives of one run: each but the last is killed. */
const KILLS_OF_A_RUN = 5
const RUNS = SLOW ? 200 : 6
const LEAST_MS = 5
const MOST_MS = 25
/** Settled in the 50 ms before a block is sealed, or under way: what a kill may cost at 16 requests in flight. A page has 1,000. */
const LOST_AT_MOST = 16 + 16 * (50 / LEAST_MS + 1)

/** The process is no more: nothing that it would have done happens. */
class Killed extends Error {}

function filled(): RouteWorld {
  const world = routeWorld()
  for (let index = 0; index < OBJECTS; index++)
    world.s3.put("live", keyOf(index), {
      bytes: Buffer.from(`body ${index}`),
      keyArn: OLD_KEY,
      headers: { "content-type": `text/x-${index}` },
      metadata: new Map([["index", String(index)]]),
    })
  return world
}

const keyOf = (index: number): string => `data/${String(index).padStart(4, "0")}`

/** 0 lost, 0 wrong, and none twice: the bucket keeps versions, so a second copy would be seen. */
function expectAllOnce({ s3 }: RouteWorld, what: string): void {
  expect(s3.keys("copies"), what).toHaveLength(OBJECTS)
  for (let index = 0; index < OBJECTS; index++) {
    const [version, ...more] = s3.versions("copies", keyOf(index).replace("data/", "restored/"))
    expect(
      [version?.bytes.toString(), version?.keyArn, version?.headers, version?.metadata, more.length],
      what,
    ).toEqual([`body ${index}`, NEW_KEY, { "content-type": `text/x-${index}` }, new Map([["index", String(index)]]), 0])
  }
}

const LOTS: ReadonlyArray<readonly [upTo: number, fault: FakeFault]> = [
  [0.1, { class: "throttled" }],
  [0.12, { class: "broken" }],
  [0.15, { class: "transient" }],
  [0.18, { class: "transient", committed: true }],
]

/** 10 % 503, 2 % errors inside 200, 3 % resets, 3 % answers that are cut after the copy was made. */
const weather =
  (seed: string): FaultScript =>
  ({ operation, nth }) => {
    if (operation !== "CopyObject") return undefined
    const lot = seededFraction(seed, String(nth))
    return LOTS.find(([upTo]) => lot < upTo)?.[1]
  }

const dice = (seed: string): ((most: number) => number) => {
  let turn = 0
  return (most) => Math.floor(seededFraction(seed, String(turn++)) * most)
}

/** What the next process may find: after a kill all that was written, after a power cut any byte of what was not synced. */
function found(disk: CrashFiles, roll: (most: number) => number): CrashFiles {
  if (roll(2) === 0) return disk.afterKill()
  const states = [...disk.powerCuts(5)].filter(({ changes }) => changes === disk.changes.length)
  return states[roll(states.length)]?.files ?? disk.afterKill()
}

/** One life: killed at a random moment of a random copy. Resolves to what the next process finds. */
async function livesShortly(
  planning: RunWorld,
  world: RouteWorld,
  disk: CrashFiles,
  roll: (most: number) => number,
): Promise<CrashFiles | undefined> {
  const moment = (["sent", "arrived", "answered"] as const)[roll(3)]
  let left = 1 + roll(90)
  let next: CrashFiles | undefined
  const plane = slowed(
    world.plane,
    planning.time.clock,
    () => LEAST_MS + roll(MOST_MS - LEAST_MS),
    (now) => {
      if (next === undefined && now === moment && --left === 0) next = found(disk, roll)
      if (next !== undefined && now !== "answered") throw new Killed("killed")
    },
  )
  await runIn(planning, disk, plane).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error
  })
  return next
}

async function killedAgainAndAgain(seed: string, faults: FaultScript): Promise<{ kills: number; redone: number }> {
  const roll = dice(seed)
  const world = filled()
  const planning = await planned(world)
  world.plane.faults = faults
  let disk = new CrashFiles()
  let kills = 0
  for (; kills < KILLS_OF_A_RUN; kills++) {
    const next = await livesShortly(planning, world, disk, roll)
    if (next === undefined) break
    disk = next
  }
  const last = await runIn(planning, disk, world.plane)
  expect(last, `${seed} ${JSON.stringify(last.parts[0]?.ended)}`).toMatchObject({
    verdict: "restored",
    parts: [{ accounts: { listed: OBJECTS, done: OBJECTS }, closing: { joined: { matched: OBJECTS, missing: 0 } } }],
  })
  expectAllOnce(world, seed)
  return { kills, redone: redoneIn(world) }
}

/** Requests that found their object there: of a copy that nobody had recorded. */
const redoneIn = ({ plane }: RouteWorld): number => Math.max(0, plane.countOf("CopyObject") - OBJECTS)

describe(`a restore that is killed in process, over S3 in memory (seed ${SEED}; real kills: ../cli/kill-nine.test.ts)`, () => {
  it(`loses nothing in ${RUNS} runs of up to ${KILLS_OF_A_RUN} kills, and does little again`, async () => {
    let kills = 0
    for (let index = 0; index < RUNS; index++) {
      const done = await killedAgainAndAgain(`${SEED}/${index}`, noFaults)
      kills += done.kills
      expect(done.redone, `${SEED}/${index}`).toBeLessThanOrEqual(done.kills * LOST_AT_MOST)
    }
    expect(kills).toBeGreaterThan(RUNS * 2)
  }, 600_000)

  it(`nor in ${RUNS} runs in which one call in five or six fails`, async () => {
    for (let index = 0; index < RUNS; index++) {
      const seed = `${SEED}/weather/${index}`
      await killedAgainAndAgain(seed, weather(seed))
    }
  }, 600_000)
})
