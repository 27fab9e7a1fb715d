import { describe, expect, it } from "vitest"
import type { DrEventData } from "../../../src/kernel/events.ts"
import { unsettled, type PageSummary, type Sums } from "../../../src/restore/engine/accounting.ts"
import type { SchedulerInit } from "../../../src/restore/engine/scheduler-init.ts"
import { startScheduler } from "../../../src/restore/engine/scheduler.ts"
import type { Attempt, Fatal, Item, Settled, WorkPage } from "../../../src/restore/ports.ts"
import { listed, pagesOf, sourceOf } from "../sim/pages.ts"
import { VirtualClock } from "../sim/virtual-clock.ts"

const DONE: Attempt = { kind: "done", proof: { by: "answer", etag: '"e"' } }
const THROTTLED: Attempt = { kind: "again", cause: "throttled", message: "SlowDown" }
const CUT: Attempt = { kind: "again", cause: "transient", message: "ECONNRESET" }
const DENIED: Fatal = { kind: "fatal", why: "access-denied", message: "s3:PutObject on the bucket" }
const DENIED_END = { kind: "fatal", why: "access-denied", message: DENIED.message }
const HOUR = 3_600_000

const byPage = ([a = 0]: readonly number[], [b = 0]: readonly number[]): number => a - b

/** A world of one partition; each attempt takes 10 ms unless the script waits longer. */
class World {
  readonly clock = new VirtualClock()
  readonly stop = new AbortController()
  readonly settled = new Map<string, Settled>()
  readonly closed: PageSummary[] = []
  readonly paces: DrEventData["restore.pace"][] = []
  readonly attempted: string[] = []
  sums: () => Sums = () => {
    throw new Error("not running")
  }

  answer(attempt: Attempt, afterMs = 10): Promise<Attempt> {
    return new Promise((resolve) => this.clock.after(afterMs, () => resolve(attempt)))
  }

  run(
    pages: readonly WorkPage[],
    script: (item: Item) => Attempt | Promise<Attempt>,
    more: Partial<SchedulerInit> = {},
  ) {
    const scheduler = startScheduler({
      deps: {
        clock: this.clock,
        random: () => 0.5,
        emit: (type, data) => void (type === "restore.pace" && this.paces.push(data as DrEventData["restore.pace"])),
        signal: this.stop.signal,
      },
      source: sourceOf(pages),
      attempt: (item) => {
        this.attempted.push(item.object.key)
        const answer = script(item)
        return answer instanceof Promise ? answer : this.answer(answer)
      },
      partitionOf: () => "bucket/",
      deadlineMs: HOUR,
      onSettled: (item, settled) => void this.settled.set(`${item.page}:${item.index}`, settled),
      onPage: (page) => void this.closed.push(page),
      ...more,
    })
    this.sums = () => scheduler.sums()
    return this.clock.until(scheduler.result)
  }
}

describe("a run without trouble", () => {
  it("settles every object of every page and closes each page once", async () => {
    const world = new World()
    const { ended, sums, exhausted } = await world.run(pagesOf(2_500, 1_000, 1), () => DONE)
    expect({ ended, exhausted }).toEqual({ ended: { kind: "finished" }, exhausted: true })
    expect(sums).toMatchObject({ listed: 2_500, done: 2_500, attempts: 2_500, bytesDone: 2_500, throttled: 0 })
    expect(world.closed.map(({ page, objects, done }) => [page, objects, done]).toSorted(byPage)).toEqual([
      [0, 1_000, 1_000],
      [1, 1_000, 1_000],
      [2, 500, 500],
    ])
  })

  it("ends at once when there is nothing to do", async () => {
    const { ended, sums } = await new World().run([], () => DONE)
    expect(ended).toEqual({ kind: "finished" })
    expect(sums.listed).toBe(0)
  })

  it("does not touch what an earlier process settled, and closes a page of nothing else", async () => {
    const world = new World()
    const pages = pagesOf(20, 10, 1)
    const { sums } = await world.run(
      pages.map((page, at) => ({ ...page, settled: new Set(at === 0 ? [0, 1, 5, 9] : page.objects.keys()) })),
      () => DONE,
    )
    expect(sums).toMatchObject({ listed: 20, before: 14, done: 6, attempts: 6 })
    expect([...world.settled.keys()].toSorted()).toEqual(["0:2", "0:3", "0:4", "0:6", "0:7", "0:8"])
    expect(world.closed.map(({ page, before, done }) => [page, before, done]).toSorted(byPage)).toEqual([
      [0, 4, 6],
      [1, 10, 0],
    ])
  })

  it("begins with sixteen in flight and never has more than it may", async () => {
    const world = new World()
    let inFlight = 0
    let most = 0
    let first = 0
    await world.run(
      pagesOf(2_000, 1_000, 1),
      async () => {
        most = Math.max(most, ++inFlight)
        if (world.clock.mono() === 0) first = inFlight
        await world.answer(DONE)
        inFlight -= 1
        return DONE
      },
      { maxInFlight: 100 },
    )
    expect({ first, most }).toEqual({ first: 16, most: 100 })
  })

  it("pulls no more pages than the ring has room for", async () => {
    const world = new World()
    const source = sourceOf(pagesOf(50_000, 1_000, 1))
    world.clock.after(5_000, () => world.stop.abort())
    const { sums } = await world.run([], () => world.answer(DONE, 60_000), { source })
    expect(source.pulled).toBe(5)
    expect(sums).toMatchObject({ listed: 5_000, queued: 4_984, inFlight: 16 })
  })
})

describe("objects that come back", () => {
  it("never fail for throttling before the deadline, however often it happens", async () => {
    const world = new World()
    const { ended, sums } = await world.run(pagesOf(3, 3, 1), ({ attempts }) => (attempts < 40 ? THROTTLED : DONE))
    expect(ended).toEqual({ kind: "finished" })
    expect(sums).toMatchObject({ done: 3, failed: 0, throttled: 117, attempts: 120 })
  })

  it("count while nothing else is queued or in flight", async () => {
    const world = new World()
    const { sums } = await world.run(pagesOf(1, 1, 1), ({ attempts }) => (attempts === 1 ? THROTTLED : DONE))
    expect(sums).toMatchObject({ listed: 1, done: 1 })
    expect(world.clock.mono()).toBe(10 + 200 + 10) // nothing else to do: as soon as may be
  })

  it("are in the sums at every moment", async () => {
    const world = new World()
    const seen: Sums[] = []
    for (const at of [5, 15, 205]) world.clock.after(at, () => seen.push(world.sums()))
    await world.run(pagesOf(2, 2, 1), ({ index, attempts }) => (index === 1 && attempts === 1 ? THROTTLED : DONE))
    expect(seen.map((one) => [one.listed, one.inFlight, one.backingOff, one.done])).toEqual([
      [2, 2, 0, 0],
      [2, 0, 1, 1],
      [2, 0, 1, 1],
    ])
  })

  it("fail by name at the deadline, or are unknown when they may be there", async () => {
    const world = new World()
    const { ended, sums } = await world.run(
      pagesOf(2, 2, 1),
      (item) => {
        item.doubtful = item.index === 1
        return item.doubtful ? CUT : THROTTLED
      },
      { deadlineMs: 60_000 },
    )
    expect(ended).toEqual({ kind: "deadline" })
    expect(sums).toMatchObject({ listed: 2, failed: 1, unknown: 1 })
    expect(world.settled.get("0:0")).toMatchObject({
      kind: "failed",
      why: "deadline",
      message: "the run's deadline is over: SlowDown",
    })
    expect(world.settled.get("0:1")).toMatchObject({ kind: "unknown" })
    expect(world.clock.mono()).toBe(60_000)
  })

  it("are unknown when they were sent and never answered", async () => {
    const world = new World()
    const { ended, sums, exhausted } = await world.run(
      pagesOf(5_000, 1_000, 1),
      () => new Promise<Attempt>(() => undefined),
      { deadlineMs: 60_000 },
    )
    expect(ended).toEqual({ kind: "deadline" })
    expect(sums).toMatchObject({ listed: 5_000, unknown: 16, failed: 4_984 })
    expect(exhausted).toBe(false)
    expect(world.clock.mono()).toBe(70_000)
  })
})

describe("fatal answers", () => {
  it("stop the run after five objects in a row and leave everything for a resume", async () => {
    const world = new World()
    const { ended, sums } = await world.run(pagesOf(1_000, 1_000, 1), () => DENIED)
    expect(ended).toEqual(DENIED_END)
    expect(sums).toMatchObject({ done: 0, failed: 0, listed: 1_000 })
    expect(unsettled(sums)).toBe(1_000)
    expect(world.attempted.length).toBeLessThanOrEqual(20)
    expect(world.clock.mono()).toBeLessThan(5_000)
  })

  it.each(["credentials", "wrong-region"] as const)("stop it at once for %s", async (why) => {
    const world = new World()
    const { ended } = await world.run(pagesOf(100, 100, 1), ({ index }) =>
      index === 0 ? { ...DENIED, why } : world.answer(DONE, 60_000),
    )
    expect(ended).toEqual({ kind: "fatal", why, message: DENIED.message })
    expect(world.clock.mono()).toBeLessThan(5_000)
  })

  it("of one object alone are its own failure, by name", async () => {
    const world = new World()
    const { ended, sums } = await world.run(pagesOf(500, 500, 1), ({ index }) => (index % 100 === 7 ? DENIED : DONE))
    expect(ended).toEqual({ kind: "finished" })
    expect(sums).toMatchObject({ done: 495, failed: 5 })
    expect(world.settled.get("0:7")).toEqual({ kind: "failed", why: "access-denied", message: DENIED.message })
  })
})

describe("stopping", () => {
  it("by the signal starts nothing more, waits for what is in flight, and leaves the rest", async () => {
    const world = new World()
    world.clock.after(95, () => world.stop.abort())
    const { ended, sums, exhausted } = await world.run(pagesOf(30_000, 1_000, 1), () => DONE, { maxInFlight: 16 })
    expect(ended).toEqual({ kind: "aborted" })
    expect(sums).toMatchObject({ done: 160, attempts: 160, inFlight: 0, failed: 0 })
    expect(exhausted).toBe(false)
    expect(world.clock.mono()).toBe(100)
  })

  it("by the signal waits no longer than ten seconds", async () => {
    const world = new World()
    world.clock.after(1_000, () => world.stop.abort())
    const { sums } = await world.run(pagesOf(100, 100, 1), () => world.answer(DONE, 60_000))
    expect(sums).toMatchObject({ inFlight: 16, queued: 84, done: 0, unknown: 0 })
    expect(world.clock.mono()).toBe(11_000)
  })

  it("before it began attempts nothing", async () => {
    const world = new World()
    world.stop.abort()
    expect((await world.run(pagesOf(10, 10, 1), () => DONE)).ended).toEqual({ kind: "aborted" })
    expect(world.attempted).toEqual([])
  })

  const full = new Error("ENOSPC")
  const refuse = (): never => {
    throw full
  }
  it.each<[string, Partial<SchedulerInit>]>([
    ["a record that cannot be written", { onSettled: refuse }],
    ["a page line that cannot be written", { onPage: refuse }],
    ["a journal that takes nothing more", { admit: () => Promise.reject(full) }],
    ["an attempt that throws", { attempt: refuse }],
    ["an attempt that rejects", { attempt: () => Promise.reject(full) }],
    ["a source that cannot be read", { source: { next: () => Promise.reject(full) } }],
  ])("for %s keeps the error and counts nothing twice", async (_name, broken) => {
    const world = new World()
    const { ended, sums } = await world.run(pagesOf(40, 10, 1), () => DONE, { ...broken, maxInFlight: 4 })
    expect(ended).toEqual({ kind: "halted", error: full })
    expect(sums.done + unsettled(sums)).toBe(sums.listed)
    expect(sums.inFlight).toBe(0)
  })

  it("waits while the journal is behind, and goes on when it has caught up", async () => {
    const world = new World()
    let behind = false
    world.clock.after(15, () => (behind = true))
    const startedAt: number[] = []
    const { sums } = await world.run(
      pagesOf(200, 100, 1),
      () => {
        startedAt.push(world.clock.mono())
        return DONE
      },
      {
        maxInFlight: 16,
        admit: () => {
          if (!behind) return true
          behind = false
          return world.answer(DONE, 5_000).then(() => undefined)
        },
      },
    )
    expect(sums.done).toBe(200)
    expect(startedAt.filter((at) => at > 15 && at < 5_000)).toEqual([])
  })
})

describe("versions of one key", () => {
  it("go one after the other, in their order, over pages and back-offs", async () => {
    const world = new World()
    const pages = [0, 1, 2].map((page) => ({ page, range: 0, objects: Array.from({ length: 4 }, () => listed("k")) }))
    const order: number[] = []
    const { sums } = await world.run(
      pages,
      ({ page, index, attempts }) => {
        if (index === 1 && attempts < 3) return THROTTLED
        order.push(page * 4 + index)
        return DONE
      },
      { inOrder: true },
    )
    expect(sums).toMatchObject({ listed: 12, done: 12 })
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  })

  it("all get an end at the deadline", async () => {
    const world = new World()
    const pages = [{ page: 0, range: 0, objects: Array.from({ length: 9 }, () => listed("k")) }]
    const { sums } = await world.run(pages, () => THROTTLED, { inOrder: true, deadlineMs: 1_000 })
    expect(sums).toMatchObject({ listed: 9, failed: 9 })
  })
})
