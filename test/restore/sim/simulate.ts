import type { DrEventData } from "../../../src/kernel/events.ts"
import type { SchedulerResult } from "../../../src/restore/engine/scheduler-init.ts"
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
}

export interface Outcome {
  readonly result: SchedulerResult
  readonly s3: SimulatedS3
  readonly seconds: number
  readonly paces: readonly DrEventData["restore.pace"][]
}

export const partitionOfKey = (key: string): string => key.slice(0, key.indexOf("/") + 1)

/** A whole run over simulated S3: one steady world, no surprises but the given ones. */
export async function simulate(seed: number, given: Case): Promise<Outcome> {
  const clock = new VirtualClock()
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
      source: sourceOf(pagesOf(given.objects, 1_000, given.partitions ?? 1)),
      attempt: s3.attempt,
      partitionOf: partitionOfKey,
      deadlineMs: given.deadlineMs ?? 24 * 3_600_000,
      onSettled: () => undefined,
      onPage: () => undefined,
      maxInFlight,
      pacers: new Pacers(0, { maxInFlight, ...(capPerSecond !== undefined && { capPerSecond }) }),
    }),
  )
  return { result, s3, seconds: clock.mono() / 1_000, paces }
}
