import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { compareKeys } from "../../../src/kernel/byte-order.ts"
import type { ListedPage, Outcome } from "../../../src/restore/data-plane.ts"
import { listSharded, type ShardedListing } from "../../../src/restore/listing/sharded-lister.ts"
import type { ManifestPage } from "../../../src/restore/objects.ts"
import { bucketOf, flatBucket, pageAfter, versionsAfter, type ListedBucket } from "../support/listed-bucket.ts"
import { virtualTime } from "../support/virtual-time.ts"

interface Listed {
  readonly pages: readonly ManifestPage[]
  readonly keys: readonly string[]
  readonly seconds: number
  readonly requests: number
}

async function listAll(
  bucket: ListedBucket,
  over: Partial<ShardedListing> & { latency?: () => number } = {},
): Promise<Listed> {
  const time = virtualTime()
  const { latency = () => 50, ...listing } = over
  const pageSize = listing.pageSize ?? 1000
  const running = listSharded(
    { clock: time.clock, random: () => 0.5, signal: new AbortController().signal },
    {
      prefix: "",
      list: async (after) => {
        await time.clock.sleep(latency())
        return pageAfter(bucket, after, pageSize)
      },
      ...listing,
    },
  )
  const pages: ManifestPage[] = []
  const read = async (): Promise<void> => {
    for (let page = await running.next(); page !== undefined; page = await running.next()) pages.push(page)
  }
  await time.run(read())
  const keys = pages.flatMap(({ objects }) => objects.map(({ key }) => key))
  return { pages, keys, seconds: time.clock.mono() / 1000, requests: running.counts().requests }
}

const allKeys = (bucket: ListedBucket): string[] => Array.from({ length: bucket.size }, (_, at) => bucket.keyAt(at))

/** Pages of one range follow each other in byte order, and are numbered in the order in which they came. */
function expectOrder(pages: readonly ManifestPage[]): void {
  const last = new Map<number, string>()
  for (const [at, { page, range, objects }] of pages.entries()) {
    expect(page).toBe(at)
    for (const { key } of objects) {
      const before = last.get(range)
      if (before !== undefined) expect(compareKeys(before, key)).toBeLessThan(0)
      last.set(range, key)
    }
  }
}

const ascii = fc.string({ minLength: 1, maxLength: 6 })
const astral = fc.string({
  unit: fc.constantFrom("a", "é", "\ud7ff", "\ue000", "\uffff", "😀", "𝒳", "\0"),
  minLength: 1,
  maxLength: 5,
})
const flat = fc.nat(400).map((number) => `data/${String(number).padStart(9, "0")}`)
const cluster = fc
  .tuple(fc.constantFrom("a/", "a/b/c/d/", "zz/", "zz/0000000000", ""), fc.nat(300))
  .map(([folder, number]) => `${folder}${number}`)

describe("a listing by many listers", () => {
  it.each([
    ["ASCII keys", ascii],
    ["keys beyond the BMP", astral],
    ["one flat prefix", flat],
    ["dense clusters", cluster],
  ])("lists every key once: %s", async (_name, key) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(key, { maxLength: 120, size: "max" }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 16 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 300 })),
        async (keys, pageSize, listers, delays) => {
          const bucket = bucketOf(keys)
          const latency = (): number => delays.next().value ?? 50
          const listed = await listAll(bucket, { pageSize, listers, latency })
          expect(listed.keys.toSorted(compareKeys)).toEqual(allKeys(bucket))
          expectOrder(listed.pages)
        },
      ),
      { numRuns: 60 },
    )
  })

  it("lists every version once, and all versions of a key in one range", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(cluster, { maxLength: 60, size: "max" }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 8 }),
        async (keys, pageSize, listers) => {
          const bucket = bucketOf(keys)
          const time = virtualTime()
          const list = async (after: Parameters<ShardedListing["list"]>[0]): Promise<Outcome<ListedPage>> => {
            await time.clock.sleep(50)
            return versionsAfter(bucket, after, pageSize)
          }
          const deps = { clock: time.clock, random: () => 0.5, signal: new AbortController().signal }
          const running = listSharded(deps, { prefix: "", list, listers, pageSize })
          const seen = new Map<string, string[]>()
          const ranges = new Map<string, number>()
          const read = async (): Promise<void> => {
            for (let page = await running.next(); page !== undefined; page = await running.next())
              for (const { key, versionId } of page.objects) {
                expect(ranges.get(key) ?? page.range).toBe(page.range)
                ranges.set(key, page.range)
                seen.set(key, [...(seen.get(key) ?? []), versionId ?? ""])
              }
          }
          await time.run(read())
          expect([...seen.keys()].toSorted(compareKeys)).toEqual(allKeys(bucket))
          for (const versions of seen.values()) expect(versions).toEqual(["v3", "v2", "v1"])
        },
      ),
      { numRuns: 60 },
    )
  })

  it("lists an empty prefix with one request", async () =>
    expect(await listAll(flatBucket(0), { listers: 32 })).toMatchObject({ pages: [], requests: 1 }))

  it("lists less than a page with one request", async () =>
    expect(await listAll(flatBucket(999), { listers: 32 })).toMatchObject({ requests: 1, seconds: 0.05 }))

  it("shares one flat prefix among 32 listers: 300 pages in less than a second", async () => {
    const { keys, seconds } = await listAll(flatBucket(300_000), { listers: 32 })
    expect(keys).toHaveLength(300_000)
    expect(new Set(keys).size).toBe(300_000)
    expect(seconds).toBeLessThan(1) // one lister: 15 s
  })

  it("shares prefixes that are far apart and of very different size", async () => {
    const keys = [...Array(20_000).keys()].map((at) =>
      at < 500 ? `a/${at}` : `zz/deep/deeper/${String(at).padStart(9, "0")}`,
    )
    const { seconds } = await listAll(bucketOf(keys), { listers: 16, pageSize: 100 })
    expect(seconds).toBeLessThan(2) // one lister: 10 s
  })
})

describe("pages that nobody takes", () => {
  it("are asked for only up to the cap, and the listing goes on when they are taken", async () => {
    const time = virtualTime()
    const bucket = flatBucket(40_000)
    const running = listSharded(
      { clock: time.clock, random: () => 0.5, signal: new AbortController().signal },
      {
        prefix: "data/",
        listers: 8,
        pagesAhead: 5,
        list: async (after) => {
          await time.clock.sleep(50)
          return pageAfter(bucket, after, 1000)
        },
      },
    )
    let objects = (await time.run(running.next()))?.objects.length ?? 0
    await time.run(time.clock.sleep(60_000))
    expect(running.counts().pages).toBe(6) // the one that was taken, and five
    const read = async (): Promise<void> => {
      for (let page = await running.next(); page !== undefined; page = await running.next())
        objects += page.objects.length
    }
    await time.run(read())
    expect(objects).toBe(40_000)
  })

  it("are not asked for at all after stop", async () => {
    const time = virtualTime()
    const list = async (): Promise<Outcome<ListedPage>> => {
      await time.clock.sleep(50)
      return pageAfter(flatBucket(1_000_000), undefined, 1000)
    }
    const running = listSharded(
      { clock: time.clock, random: () => 0.5, signal: new AbortController().signal },
      { prefix: "", list },
    )
    await time.run(running.next())
    running.stop()
    const { requests } = running.counts()
    await time.run(time.clock.sleep(10_000))
    expect(running.counts().requests).toBe(requests)
  })
})
