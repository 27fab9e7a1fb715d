import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { BucketName } from "../../../src/kernel/brands.ts"
import type { Aim, ListedObject, ManifestPage } from "../../../src/restore/objects.ts"
import { deltaOf, type SyncListing } from "../../../src/restore/sync/delta.ts"
import { exposureMs } from "../../../src/restore/sync/freshness.ts"
import { inBytes, smallPages } from "../reconcile/reconcile-world.ts"
import { FakeDataPlane } from "../support/fake-data-plane.ts"
import { FakeS3 } from "../support/fake-s3.ts"
import { NEW_KEY, OWNER, RECOVERY, REGION } from "../support/route-world.ts"
import { virtualTime } from "../support/virtual-time.ts"

const AIM: Aim = {
  source: { bucket: "live" as BucketName, prefix: "data/", owner: OWNER, region: REGION },
  destination: { bucket: "copies" as BucketName, prefix: "dr/data/", owner: RECOVERY, region: REGION },
  keyArn: NEW_KEY,
  bucketKey: false,
  storageClass: "keep",
}

class World {
  readonly s3 = new FakeS3()
  readonly plane = new FakeDataPlane(this.s3)

  constructor() {
    this.s3.createBucket("live", { owner: OWNER })
    this.s3.createBucket("copies", { owner: RECOVERY, versioned: true })
  }

  put(key: string, bytes = key): number {
    return this.s3.put("live", `data/${key}`, { bytes }).modifiedAt
  }

  copy(key: string, bytes = key): string {
    return this.s3.put("copies", `dr/data/${key}`, { bytes }).etag
  }

  delta(over: Partial<SyncListing> = {}, signal = new AbortController().signal) {
    const time = virtualTime()
    const plane = smallPages(this.plane, 3)
    const running = deltaOf(
      { clock: time.clock, random: () => 0.5, signal },
      { aim: AIM, source: plane, copy: plane, ...over },
    )
    const pages: ManifestPage[] = []
    const read = async (): Promise<readonly ListedObject[]> => {
      for (let page = await running.next(); page !== undefined; page = await running.next()) pages.push(page)
      return pages.flatMap(({ objects }) => objects)
    }
    return { running, pages, read: () => time.run(read()), passes: (ms: number) => time.run(time.clock.sleep(ms)) }
  }
}

describe("what a recovery copy lacks", () => {
  it("is what is absent, of another size, or written since it was copied", async () => {
    const world = new World()
    for (const key of ["a", "b", "c", "d", "e"]) world.put(key)
    for (const key of ["a", "b"]) world.copy(key)
    const cEtag = world.copy("c", "half of c")
    world.copy("only here")
    const dEtag = world.copy("d")
    const newest = world.put("d", "D")
    const { running, read } = world.delta()
    const objects = await read()
    expect(objects.map(({ key, replaces }) => [key, replaces])).toEqual([
      ["data/c", cEtag],
      ["data/d", dEtag],
      ["data/e", undefined],
    ])
    const start = Date.UTC(2026, 10, 16, 2)
    expect(running.freshness()).toEqual({
      fresh: 2,
      absent: 1,
      stale: 2,
      bytesBehind: 3,
      onlyInCopy: 1,
      oldestBehindAt: start + 3000,
      newestBehindAt: newest,
    })
    expect(exposureMs(running.freshness(), start + 63_000)).toBe(60_000)
  })

  it("is nothing when all is copied: no data would be lost", async () => {
    const world = new World()
    world.put("a")
    world.copy("a")
    const { running, read } = world.delta()
    expect(await read()).toEqual([])
    expect(exposureMs(running.freshness(), world.s3.now + 1e9)).toBe(0)
  })

  it("takes a copy of the same second for older than its source", async () => {
    const world = new World()
    const at = world.put("a")
    world.s3.put("copies", "dr/data/a", { bytes: "a", modifiedAt: at })
    expect(await world.delta().read()).toHaveLength(1)
  })

  it("takes what stands under a marker for absent: nothing is replaced", async () => {
    const world = new World()
    world.put("a")
    world.copy("a")
    world.s3.putMarker("copies", "dr/data/a")
    expect((await world.delta().read()).map(({ replaces }) => replaces)).toEqual([undefined])
  })
})

describe("the listing of what must be copied", () => {
  const key = fc.string({ unit: fc.constantFrom("a", "b", "/", "\u{e000}", "\u{ffff}", "😀"), maxLength: 3 })
  const keys = fc.uniqueArray(key, { maxLength: 25 })

  it("is the same however it is divided, each range in byte order and its pages numbered as they come", async () => {
    await fc.assert(
      fc.asyncProperty(
        keys,
        keys,
        fc.uniqueArray(key, { maxLength: 6 }),
        fc.integer({ min: 1, max: 4 }),
        async (live, copies, cuts, atOnce) => {
          const world = new World()
          for (const one of live) world.put(one)
          for (const one of copies) world.copy(one)
          const { running, pages, read } = world.delta({ cuts: cuts.map((cut) => `data/${cut}`), atOnce })
          const objects = await read()
          const missing = live.filter((one) => !copies.includes(one)).map((one) => `data/${one}`)
          expect(inBytes(objects.map((object) => object.key))).toEqual(inBytes(missing))
          expect(running.freshness()).toMatchObject({
            fresh: live.length - missing.length,
            absent: missing.length,
            onlyInCopy: copies.filter((one) => !live.includes(one)).length,
          })
          for (const range of new Set(pages.map((page) => page.range))) {
            const own = pages
              .filter((page) => page.range === range)
              .flatMap((page) => page.objects.map((object) => object.key))
            expect(own).toEqual(inBytes(own))
          }
          expect(pages.map(({ page }) => page)).toEqual(pages.map((_, at) => at))
        },
      ),
      { numRuns: 60 },
    )
  })

  it("packs few changes among many objects into few pages, and rests while nobody reads", async () => {
    const world = new World()
    for (let at = 0; at < 300; at++) world.put(`k${String(at).padStart(3, "0")}`)
    for (let at = 0; at < 300; at++) if (at % 10 !== 0) world.copy(`k${String(at).padStart(3, "0")}`)
    const { running, pages, read } = world.delta()
    expect(world.plane.calls).toHaveLength(0)
    expect(await read()).toHaveLength(30)
    expect(pages).toHaveLength(1)
    expect(await running.next()).toBeUndefined()
  })

  it("fails with the listing that fails, and asks for nothing more", async () => {
    const world = new World()
    for (let at = 0; at < 60; at++) world.put(`k${String(at).padStart(3, "0")}`)
    world.plane.faults = ({ bucket }) => ({ class: bucket === "copies" ? "access-denied" : "throttled" })
    const { read, passes } = world.delta({ cuts: ["data/k020", "data/k040"] })
    await expect(read()).rejects.toMatchObject({ code: "E_LISTING", exit: 77 })
    await passes(60_000)
    expect(world.plane.calls.length).toBeLessThan(12)
  })

  it("ends with the signal", async () => {
    const world = new World()
    for (let at = 0; at < 60; at++) world.put(`k${String(at).padStart(3, "0")}`)
    const stop = new AbortController()
    world.plane.before = ({ nth }) => void (nth === 5 && stop.abort(new Error("SIGINT")))
    await expect(world.delta({}, stop.signal).read()).rejects.toThrow("SIGINT")
  })
})
