import type { DrEventData } from "../../../src/kernel/events.ts"
import type { SchedulerResult } from "../../../src/restore/engine/scheduler-init.ts"
import type { Attempt, Item, PageSource, WorkPage } from "../../../src/restore/ports.ts"
import { runScheduler } from "../../../src/restore/engine/scheduler.ts"
import { Pacers } from "../../../src/restore/engine/pacers.ts"
import { Dice } from "./dice.ts"
import { pagesOf, sourceOf } from "./pages.ts"
import { CALM, SimulatedS3, type S3Init } from "./simulated-s3.ts"
import { VirtualClock } from "./virtual-clock.ts"

export interface Case extends Partial<Omit<S3Init, "weather">> {
  readonly objects: number
  readonly weather?: Partial<S3Init["weather"]>
  readonly roundTripMs?: number
  readonly partitions?: number
  readonly maxInFlight?: number
  readonly capPerSecond?: number
  readonly deadlineMs?: number
  /** The first page comes after so long, as from a listing. */
  readonly firstPageMs?: number
  /** The client is busy: it sees answers only every so often, and of each turn those that came through before the errors. */
  readonly turnMs?: number
}

/** The process has done other things before. */
const STARTED_AT = 3_600_000

export interface Outcome {
  readonly result: SchedulerResult
  readonly s3: SimulatedS3
  readonly seconds: number
  readonly paces: readonly DrEventData["restore.pace"][]
}

export const partitionOfKey = (key: string): string => key.slice(0, key.indexOf("/") + 1)

/** A whole run over simulated S3: one steady world, no surprises but the given ones. */
export async function simulate(seed: number, given: Case): Promise<Outcome> {
  const clock = new VirtualClock(STARTED_AT)
  const dice = new Dice(seed)
  const { roundTripMs = 20, maxInFlight = 256, capPerSecond } = given
  const s3 = new SimulatedS3({
    latencyMs: () => roundTripMs * dice.between(0.9, 1.1),
    perSecond: Infinity,
    burst: 1,
    kmsPerSecond: Infinity,
    outages: [],
    flaws: new Map(),
    ...given,
    clock,
    dice,
    partitionOf: partitionOfKey,
    weather: { ...CALM, ...given.weather },
  })
  const paces: DrEventData["restore.pace"][] = []
  const result = await clock.until(
    runScheduler({
      deps: {
        clock,
        random: dice.next,
        emit: (type, data) => void (type === "restore.pace" && paces.push(data as DrEventData["restore.pace"])),
        signal: new AbortController().signal,
      },
      source: late(clock, given.firstPageMs ?? 0, sourceOf(pagesOf(given.objects, 1_000, given.partitions ?? 1))),
      attempt: given.turnMs === undefined ? s3.attempt : inTurns(clock, given.turnMs, s3.attempt),
      partitionOf: partitionOfKey,
      deadlineMs: given.deadlineMs ?? 24 * 3_600_000,
      onSettled: () => undefined,
      onPage: () => undefined,
      maxInFlight,
      pacers: new Pacers(STARTED_AT, { maxInFlight, ...(capPerSecond !== undefined && { capPerSecond }) }),
    }),
  )
  return { result, s3, seconds: (clock.mono() - STARTED_AT) / 1_000, paces }
}

function late(clock: VirtualClock, ms: number, source: PageSource): PageSource {
  let first = true
  const next = async (): Promise<WorkPage | undefined> => {
    if (first && ms > 0) await clock.sleep(ms)
    first = false
    return source.next()
  }
  return { next }
}

type Try = (item: Item) => Promise<Attempt>

function inTurns(clock: VirtualClock, turnMs: number, attempt: Try): Try {
  return async (item) => {
    const heard = await attempt(item)
    const now = clock.mono()
    const endOfTurn = Math.ceil(now / turnMs) * turnMs - now
    await clock.sleep(heard.kind === "done" ? endOfTurn : endOfTurn + 0.001)
    return heard
  }
}
