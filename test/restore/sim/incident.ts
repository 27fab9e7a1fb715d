import { unsettled } from "../../../src/restore/engine/accounting.ts"
import { Pacers } from "../../../src/restore/engine/pacers.ts"
import { startScheduler } from "../../../src/restore/engine/scheduler.ts"
import type { Ended } from "../../../src/restore/engine/scheduler-init.ts"
import type { Item, Settled, WorkPage } from "../../../src/restore/ports.ts"
import { Dice } from "./dice.ts"
import { pagesOf, sourceOf } from "./pages.ts"
import { SimulatedS3, type Flaw, type Outage } from "./simulated-s3.ts"
import { partitionOfKey } from "./simulate.ts"
import { VirtualClock } from "./virtual-clock.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE

export interface IncidentReport {
  readonly ended: Ended["kind"]
  readonly hours: number
  /** Everything that is wrong; empty = as it must be. */
  readonly wrong: readonly string[]
}

/** One incident of hours, drawn from a seed: limits, bad weather, outages, broken objects, and perhaps an end before its time. */
export async function incident(seed: number): Promise<IncidentReport> {
  const clock = new VirtualClock()
  const dice = new Dice(seed)
  const wrong: string[] = []
  const partitions = dice.whole(1, 5)
  const pages = pagesOf(dice.whole(20, 500), dice.whole(10, 200), partitions).map((page) => partlySettled(page, dice))
  const maxInFlight = dice.whole(1, 64)
  const deadlineMs = dice.chance(0.2) ? dice.between(5, 30 * MINUTE) : 24 * HOUR
  const latency = dice.ratio(5, 2_000)
  const s3 = new SimulatedS3({
    clock,
    dice,
    latencyMs: () => latency * dice.ratio(0.5, dice.chance(0.02) ? 20 : 2),
    partitionOf: partitionOfKey,
    perSecond: dice.chance(0.3) ? Infinity : dice.ratio(0.5, 200),
    burst: dice.ratio(1, 50),
    kmsPerSecond: dice.chance(0.5) ? Infinity : dice.ratio(2, 200),
    weather: {
      error500: dice.chance(0.4) ? dice.between(0, 0.4) : 0,
      error503: dice.chance(0.4) ? dice.between(0, 0.6) : 0,
      reset: dice.chance(0.4) ? dice.between(0, 0.4) : 0,
      cutAfterCommit: dice.chance(0.4) ? dice.between(0, 0.3) : 0,
      conflict: dice.chance(0.3) ? dice.between(0, 0.3) : 0,
    },
    outages: outages(dice, partitions),
    flaws: flaws(dice, pages),
  })
  const stop = new AbortController()
  if (dice.chance(0.15)) clock.after(dice.ratio(1, HOUR), () => stop.abort())
  const diskFullAfter = dice.chance(0.1) ? dice.whole(0, 200) : Infinity
  const settled = new Map<string, Settled>()
  const closed = new Set<number>()
  const place = ({ page, index }: Item): string => `${page}:${index}`
  const scheduler = startScheduler({
    deps: { clock, random: dice.next, emit: () => undefined, signal: stop.signal },
    source: sourceOf(pages),
    attempt: (item) => {
      if (settled.has(place(item)) || pages[item.page]?.settled?.has(item.index))
        wrong.push(`${place(item)} was redone`)
      return s3.attempt(item)
    },
    partitionOf: partitionOfKey,
    deadlineMs,
    maxInFlight,
    pacers: new Pacers(0, { maxInFlight }),
    onSettled: (item, how) => {
      if (settled.size >= diskFullAfter) throw new Error("ENOSPC")
      if (settled.has(place(item))) wrong.push(`${place(item)} was settled twice`)
      settled.set(place(item), how)
      judge(item, how)
    },
    onPage: ({ page, objects, before, done, failed, skipped, unknown }) => {
      if (closed.has(page)) wrong.push(`page ${page} was closed twice`)
      closed.add(page)
      if (before + done + failed + skipped + unknown !== objects) wrong.push(`page ${page} does not add up`)
    },
  })
  /** An end must be true by the ledger of S3 itself. */
  function judge(item: Item, how: Settled): void {
    const there = s3.written.has(item.object.key)
    if (how.kind === "done" && !there) wrong.push(`${place(item)} is said to be done, and is not there`)
    if (how.kind !== "failed" || how.why !== "deadline") return
    if (there) wrong.push(`${place(item)} is said to have failed, and is there`)
    if (clock.mono() < deadlineMs) wrong.push(`${place(item)} failed for the deadline before it`)
  }
  function assertSums(): void {
    const sums = scheduler.sums()
    const found = sums.before + sums.done + sums.failed + sums.skipped + sums.unknown + unsettled(sums)
    if (found !== sums.listed) wrong.push(`${sums.listed} listed, ${found} found at ${clock.mono()}`)
    if (sums.inFlight > maxInFlight) wrong.push(`${sums.inFlight} in flight`)
    if (!over) clock.after(latency * 3, assertSums)
  }
  let over = false
  assertSums()
  const { ended, sums, exhausted } = await clock.until(scheduler.result)
  over = true
  const objects = pages.reduce((sum, page) => sum + page.objects.length, 0)
  const settledNow = sums.done + sums.failed + sums.skipped + sums.unknown
  if (settledNow !== settled.size) wrong.push(`${settledNow} counted, ${settled.size} recorded`)
  if ([...s3.written.values()].some((times) => times > 1)) wrong.push("written twice")
  if (ended.kind === "finished" && (!exhausted || sums.listed !== objects || unsettled(sums) > 0))
    wrong.push("finished, and something is left")
  if (ended.kind === "finished" && closed.size !== pages.length) wrong.push("a page was not closed")
  if (ended.kind === "deadline" && unsettled(sums) > 0) wrong.push("an object has no end")
  if (clock.mono() > deadlineMs + 11_000) wrong.push("ran on after its deadline")
  return { ended: ended.kind, hours: clock.mono() / HOUR, wrong }
}

function partlySettled(page: WorkPage, dice: Dice): WorkPage {
  if (!dice.chance(0.3)) return page
  const share = dice.next() * 1.2
  return { ...page, settled: new Set(page.objects.flatMap((_, index) => (dice.chance(share) ? [index] : []))) }
}

function outages(dice: Dice, partitions: number): Outage[] {
  const kinds = ["reset", "error503", "error503", "silence", "denied"] as const
  return Array.from({ length: dice.whole(0, 3) }, () => {
    const from = dice.chance(0.3) ? 0 : dice.ratio(100, 20 * MINUTE)
    const partition = dice.chance(0.4) ? "*" : `p${dice.whole(0, partitions - 1)}/`
    return { partition, from, to: from + dice.ratio(1_000, 2 * HOUR), as: kinds[dice.whole(0, 4)] ?? "reset" }
  })
}

function flaws(dice: Dice, pages: readonly WorkPage[]): Map<string, Flaw> {
  const share = dice.chance(0.4) ? dice.between(0, 0.1) : 0
  const kinds = ["gone", "refused", "denied"] as const
  const keys = pages.flatMap(({ objects }) => objects.map(({ key }) => key)).filter(() => dice.chance(share))
  return new Map(keys.map((key) => [key, kinds[dice.whole(0, 2)] ?? "gone"]))
}
