import { describe, expect, it } from "vitest"
import type { DrError } from "../../../src/kernel/errors.ts"
import { decideFence, type FenceFound, type FenceQuestion } from "../../../src/restore/fence/decide.ts"
import type { FenceHolder, FenceRecord, FenceStore, StoredFence } from "../../../src/restore/fence/fence-store.ts"
import { holdFence, type FenceDeps, type FenceRequest } from "../../../src/restore/fence/hold.ts"
import { fakeClock, START } from "../../support/fake-clock.ts"

const holder: FenceHolder = { pid: 41, boot: "boot-a", started: "1" }
const record = (over: Partial<FenceRecord> = {}): FenceRecord => ({
  version: 1,
  state: "held",
  run: "dr-other",
  kind: "Restore",
  holder,
  beat: 3,
  ...over,
})
const MINUTE = 60_000

describe("who may have the next number", () => {
  const found = (over: Partial<FenceRecord>, silentMinutes: number): FenceFound => ({
    epoch: 4,
    etag: '"e"',
    record: record(over),
    modifiedAt: START - silentMinutes * MINUTE,
  })
  it.each<[string, Partial<FenceQuestion>, object]>([
    ["nobody was ever there", { found: undefined }, { kind: "claim", epoch: 1 }],
    ["the journal knows a higher number", { found: undefined, above: 9 }, { kind: "claim", epoch: 10 }],
    ["the last one released it", { found: found({ state: "released" }, 0) }, { kind: "claim", epoch: 5 }],
    ["the last one was taken from", { found: found({ state: "taken" }, 0) }, { kind: "claim", epoch: 5 }],
    ["it beats", { found: found({}, 1) }, { kind: "refuse", silentMs: MINUTE, stale: false }],
    ["it beats, whoever asks", { found: found({}, 10), takeOver: true }, { kind: "refuse", stale: false }],
    ["it is silent and nobody asks", { found: found({}, 11) }, { kind: "refuse", stale: true }],
    ["it is silent and a person asks", { found: found({}, 11), takeOver: true }, { kind: "take-over", epoch: 5 }],
    ["its process died here", { found: found({}, 0), holderGone: true }, { kind: "take-over", epoch: 5 }],
    ["its clock is ahead of ours", { found: found({}, -3), takeOver: true }, { kind: "refuse", silentMs: 0 }],
  ])("when %s", (_, over, expected) => {
    const question = { found: undefined, now: START, takeOver: false, holderGone: false, above: 0, ...over }
    expect(decideFence(question)).toMatchObject(expected)
  })
})

/** A store in memory. `losesAnswers`: the next writes are carried out, and say that they were not. */
function memoryStore(clock: { now(): number }) {
  const stored = new Map<number, StoredFence>()
  let etags = 0
  const store = {
    stored,
    losesAnswers: 0,
    fails: false,
    latest: () => Promise.resolve(stored.size === 0 ? undefined : Math.max(...stored.keys())),
    get: (epoch: number) => Promise.resolve(stored.get(epoch)),
    putIfAbsent: (epoch: number, next: FenceRecord) => put(epoch, next, !stored.has(epoch)),
    putIfMatch: (epoch: number, next: FenceRecord, etag: string) => put(epoch, next, stored.get(epoch)?.etag === etag),
    delete: (epoch: number) => Promise.resolve(void stored.delete(epoch)),
  }
  const put = (epoch: number, next: FenceRecord, allowed: boolean): Promise<string | undefined> => {
    if (store.fails) return Promise.reject(new Error("no network"))
    if (!allowed) return Promise.resolve(undefined)
    const etag = `"${++etags}"`
    stored.set(epoch, { record: next, etag, modifiedAt: clock.now() })
    return Promise.resolve(store.losesAnswers-- > 0 ? undefined : etag)
  }
  return store satisfies FenceStore
}

function world() {
  const clock = fakeClock()
  const store = memoryStore(clock)
  const lost: DrError[] = []
  const troubles: unknown[] = []
  const deps: FenceDeps = {
    clock,
    store,
    isGone: () => false,
    onLost: (error) => lost.push(error),
    onTrouble: (thrown) => troubles.push(thrown),
  }
  const request = (run: string, over: Partial<FenceRequest> = {}): FenceRequest => ({
    env: "prod",
    run,
    kind: "Restore",
    me: { ...holder, pid: Number(run.slice(3)) },
    takeOver: false,
    above: 0,
    ...over,
  })
  const minutes = async (count: number): Promise<void> => {
    for (let minute = 0; minute < count; minute++) {
      clock.advance(MINUTE)
      for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    }
  }
  return { clock, store, deps, request, minutes, lost, troubles }
}

describe("one run at a time for an environment", () => {
  it("refuses a second one and names the first, until it is released; numbers only rise", async () => {
    const { deps, request, store } = world()
    const first = await holdFence(deps, request("dr-1"))
    await expect(holdFence(deps, request("dr-2", { takeOver: true }))).rejects.toMatchObject({
      code: "E_FENCED",
      exit: 75,
      message: expect.stringContaining("run dr-1 (Restore, process 1)"),
    })
    await first.release()
    const second = await holdFence(deps, request("dr-2"))
    expect([first.epoch, second.epoch]).toEqual([1, 2])
    expect([...store.stored.keys()]).toEqual([2])
  })

  it("beats every minute, for as long as it takes", async () => {
    const { deps, request, minutes, store, lost } = world()
    const held = await holdFence(deps, request("dr-1"))
    await minutes(45)
    expect(store.stored.get(1)?.record.beat).toBe(45)
    await expect(holdFence(deps, request("dr-2", { takeOver: true }))).rejects.toMatchObject({ code: "E_FENCED" })
    await held.release()
    await minutes(3)
    expect(store.stored.get(1)?.record).toMatchObject({ state: "released", beat: 45 })
    expect(lost).toEqual([])
  })

  it("gives the place of a silent holder to who asks for it, and tells the old one when it comes back", async () => {
    const { deps, request, minutes, store, lost, troubles } = world()
    await holdFence(deps, request("dr-1"))
    store.fails = true
    await minutes(11)
    store.fails = false
    expect(troubles).toHaveLength(11)
    await expect(holdFence(deps, request("dr-2"))).rejects.toMatchObject({
      hints: [expect.stringContaining("--take-over")],
    })
    const taker = await holdFence(deps, request("dr-2", { takeOver: true }))
    expect(taker.epoch).toBe(2)
    await minutes(1)
    expect(lost.map(({ code, message }) => [code, message])).toEqual([
      ["E_FENCED", "run dr-2 took over the environment prod"],
    ])
    await minutes(1)
    expect(store.stored.get(2)?.record.beat).toBe(2)
  })

  it("lets a heartbeat that comes between win over a take-over", async () => {
    const { deps, request, minutes, store } = world()
    await holdFence(deps, request("dr-1"))
    store.fails = true
    await minutes(11)
    store.fails = false
    const late: FenceStore = {
      ...store,
      get: async (epoch) => {
        const seen = await store.get(epoch)
        await minutes(1) // the holder's network is back
        return seen
      },
    }
    await expect(holdFence({ ...deps, store: late }, request("dr-2", { takeOver: true }))).rejects.toMatchObject({
      message: expect.stringContaining("quicker"),
    })
    expect(store.stored.get(1)?.record.state).toBe("held")
  })

  it("knows its own record when the answer to a write was lost", async () => {
    const { deps, request, minutes, store, lost } = world()
    store.losesAnswers = 1
    const held = await holdFence(deps, request("dr-1"))
    store.losesAnswers = 1
    await minutes(2)
    expect(store.stored.get(held.epoch)?.record.beat).toBe(2)
    expect(lost).toEqual([])
  })

  it("goes to exactly one of many that start at once", async () => {
    const { deps, request } = world()
    const runs = Array.from({ length: 12 }, (_, n) => holdFence(deps, request(`dr-${n + 1}`)))
    const results = await Promise.allSettled(runs)
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1)
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(11)
  })

  it("is taken at once from a process of this machine that is dead", async () => {
    const { deps, request } = world()
    await holdFence(deps, request("dr-1"))
    const resumed = await holdFence({ ...deps, isGone: ({ pid }) => pid === 1 }, request("dr-1", { above: 7 }))
    expect(resumed.epoch).toBe(8)
  })
})
