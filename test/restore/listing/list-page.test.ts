import { describe, expect, it } from "vitest"
import { DrError } from "../../../src/kernel/errors.ts"
import type { CallError, CallErrorClass, ListedPage, Outcome } from "../../../src/restore/data-plane.ts"
import { pagesOf } from "../../../src/restore/listing/list-page.ts"
import type { DataPlane } from "../../../src/restore/data-plane.ts"
import type { Place } from "../../../src/restore/objects.ts"
import { listSharded, type RunningListing } from "../../../src/restore/listing/sharded-lister.ts"
import { flatBucket, pageAfter } from "../support/listed-bucket.ts"
import { virtualTime } from "../support/virtual-time.ts"

const BUCKET = flatBucket(20_000)
const error = (kind: CallErrorClass): Outcome<ListedPage> => {
  const facts = { service: "S3", operation: "ListObjectsV2" }
  const failed: CallError = {
    class: kind,
    code: "SlowDown",
    message: "Reduce your request rate",
    facts,
    ambiguous: false,
  }
  return { kind: "error", error: failed }
}

function listing(answer: (request: number) => Outcome<ListedPage> | undefined, signal = new AbortController().signal) {
  const time = virtualTime()
  let request = 0
  const running = listSharded(
    { clock: time.clock, random: () => 0.5, signal },
    {
      prefix: "data/",
      deadlineMs: 60_000,
      list: async (after) => {
        const special = answer(request++)
        await time.clock.sleep(50)
        return special ?? pageAfter(BUCKET, after, 1000)
      },
    },
  )
  return { running, time }
}

async function countAll(running: RunningListing): Promise<number> {
  let objects = 0
  for (let page = await running.next(); page !== undefined; page = await running.next()) objects += page.objects.length
  return objects
}

describe("a page that does not come", () => {
  it.each(["throttled", "transient", "broken", "expired-token"] as const)("is asked for again: %s", async (kind) => {
    const { running, time } = listing((request) => (request % 3 === 0 ? error(kind) : undefined))
    expect(await time.run(countAll(running))).toBe(20_000)
    expect(running.counts().refused).toBeGreaterThan(5)
  })

  it("stops the listing at its deadline, to be tried later", async () => {
    const { running, time } = listing((request) => (request > 2 ? error("throttled") : undefined))
    await expect(time.run(countAll(running))).rejects.toMatchObject({ code: "E_LISTING_STALLED", exit: 75 })
    expect(time.clock.mono()).toBeLessThanOrEqual(61_000)
  })

  it.each([
    ["access-denied", 77],
    ["not-found", 1],
    ["wrong-region", 1],
  ] as const)("is not asked for again when AWS says no: %s", async (kind, exit) => {
    const { running, time } = listing((request) => (request === 0 ? error(kind) : undefined))
    await expect(time.run(countAll(running))).rejects.toMatchObject({ code: "E_LISTING", exit })
    expect(running.counts().requests).toBe(1)
  })

  it("is not asked for again when the listing cannot be trusted", async () => {
    const { running, time } = listing((request) => {
      if (request === 4) throw new DrError({ code: "E_LISTING_INVALID", message: "the listing cannot be trusted" })
      return undefined
    })
    await expect(time.run(countAll(running))).rejects.toMatchObject({ code: "E_LISTING_INVALID" })
  })

  it("is not waited for once the run is interrupted", async () => {
    const stop = new AbortController()
    const { running, time } = listing((request) => {
      if (request === 5) stop.abort(new Error("SIGINT"))
      return undefined
    }, stop.signal)
    await expect(time.run(countAll(running))).rejects.toThrow("SIGINT")
  })
})

describe("what a page is asked for with", () => {
  const place = { bucket: "loki-chunks", prefix: "fake/", owner: "111122223333", region: "eu-central-1" } as Place
  const asked: unknown[] = []
  const answer = (request: unknown): Promise<Outcome<ListedPage>> => {
    asked.push(request)
    return Promise.resolve({ kind: "ok", value: { objects: [], truncated: false } })
  }
  const plane = { listPage: answer, listVersionsPage: answer } as Partial<DataPlane> as DataPlane
  const always = { bucket: "loki-chunks", prefix: "fake/", owner: "111122223333" }

  it("is always the owner, and where it goes on: the key, of versions also the version", async () => {
    await pagesOf(plane, place, "objects")(undefined)
    await pagesOf(plane, place, "objects")({ key: "fake/a" })
    await pagesOf(plane, place, "versions")({ key: "fake/a" })
    await pagesOf(plane, place, "versions")({ key: "fake/a", versionId: "v1" })
    expect(asked).toEqual([
      always,
      { ...always, after: "fake/a" },
      { ...always, after: "fake/a" },
      { ...always, after: "fake/a", afterVersion: "v1" },
    ])
  })
})
