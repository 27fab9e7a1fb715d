import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { compareKeys } from "../../../src/kernel/byte-order.ts"
import type { ListedObject, ManifestPage } from "../../../src/restore/objects.ts"
import { openManifest, type Manifest, type ManifestRef } from "../../../src/restore/manifest/read-manifest.ts"
import { manifestSink } from "../../../src/restore/manifest/write-manifest.ts"
import { MemoryFiles } from "../support/memory-files.ts"

const object = (key: string, more: Partial<ListedObject> = {}): ListedObject => ({
  key,
  sizeBytes: key.length,
  modifiedAt: 1_700_000_000_000,
  etag: `"${key.length}"`,
  storageClass: "STANDARD",
  ...more,
})

async function written(
  pages: readonly ManifestPage[],
  chunkBytes = 50,
): Promise<{ files: MemoryFiles; ref: ManifestRef }> {
  const files = new MemoryFiles(chunkBytes)
  const sink = manifestSink(files, "m")
  for (const page of pages) await sink.add(page)
  return { files, ref: await sink.close() }
}

async function inFileOrder(manifest: Manifest): Promise<ManifestPage[]> {
  const found: ManifestPage[] = []
  const source = manifest.inFileOrder()
  for (let page = await source.next(); page !== undefined; page = await source.next()) found.push(page)
  return found
}

async function inKeyOrder(manifest: Manifest): Promise<string[]> {
  const keys: string[] = []
  for (const range of manifest.ranges)
    for await (const page of manifest.pagesOf(range)) keys.push(...page.objects.map(({ key }) => key))
  return keys
}

const PAGES: readonly ManifestPage[] = [
  { page: 0, range: 0, objects: [object("a"), object("b", { storageClass: "GLACIER" })] },
  { page: 1, range: 1, objects: [object("m", { versionId: "v2", current: true }), object("m", { versionId: "v1" })] },
  { page: 2, range: 0, objects: [object("c", { replaces: '"old"' }), object('d"\n\u0000😀')] },
  { page: 3, range: 1, objects: [object("m", { versionId: "v0", deleteMarker: true, etag: "" })] },
  { page: 4, range: 2, objects: [object("ｚ"), object("😀")] },
]

describe("a manifest", () => {
  it("gives back every page as it was written, whatever the keys hold", async () => {
    const { files, ref } = await written(PAGES)
    const manifest = await openManifest(files, ref)
    expect(await inFileOrder(manifest)).toEqual(PAGES)
    expect(manifest).toMatchObject({ objects: 9, pages: 5 })
    expect(manifest.ranges.map(({ range }) => range)).toEqual([0, 1, 2])
    expect(await inKeyOrder(manifest)).toEqual(["a", "b", "c", 'd"\n\u0000😀', "m", "m", "m", "ｚ", "😀"])
  })

  it("holds nothing when nothing was listed", async () => {
    const { files, ref } = await written([])
    const manifest = await openManifest(files, ref)
    expect(manifest).toMatchObject({ objects: 0, pages: 0, ranges: [] })
    expect(await inFileOrder(manifest)).toEqual([])
  })

  it("is in byte order by ranges for any keys, any cuts and any chunks, and nothing is lost", async () => {
    const keys = fc.uniqueArray(fc.string({ unit: "binary", minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 60,
    })
    const cuts = fc.array(fc.nat({ max: 6 }), { minLength: 60, maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(keys, cuts, fc.integer({ min: 20, max: 300 }), async (given, where, chunkBytes) => {
        const sorted = given.toSorted(compareKeys)
        const ranges: ManifestPage[] = []
        sorted.forEach((key, at) => {
          const last = ranges.at(-1)
          const cut = where[at] ?? 0
          if (last === undefined || cut === 0) ranges.push({ page: 0, range: ranges.length, objects: [object(key)] })
          else if (cut === 1) ranges.push({ page: 0, range: last.range, objects: [object(key)] })
          else ranges[ranges.length - 1] = { ...last, objects: [...last.objects, object(key)] }
        })
        // Ranges take turns, the pages of each in order.
        const turns = ranges.toSorted((a, b) => (a.range % 3) - (b.range % 3))
        const pages = turns.map((page, number) => ({ ...page, page: number }))
        const { files, ref } = await written(pages, chunkBytes)
        const manifest = await openManifest(files, ref)
        expect(await inKeyOrder(manifest)).toEqual(sorted)
        expect(await inFileOrder(manifest)).toEqual(pages)
      }),
      { numRuns: 60 },
    )
  })

  it("is refused after any byte was changed or cut off", async () => {
    const { files, ref } = await written(PAGES)
    const whole = files.contents.get("m") ?? Buffer.alloc(0)
    for (let at = 0; at < whole.length; at += 7) {
      const spoilt = Buffer.from(whole)
      spoilt[at] = (spoilt[at] ?? 0) ^ 0x01
      files.contents.set("m", spoilt)
      await expect(openManifest(files, ref)).rejects.toMatchObject({ code: "E_MANIFEST", exit: 78 })
      files.contents.set("m", whole.subarray(0, at))
      await expect(openManifest(files, ref)).rejects.toMatchObject({ code: "E_MANIFEST", exit: 78 })
    }
  })

  it("is refused when it is not there, or is changed while it is in use", async () => {
    const { files, ref } = await written(PAGES)
    const manifest = await openManifest(files, ref)
    const whole = files.contents.get("m") ?? Buffer.alloc(0)
    files.contents.set("m", Buffer.from(whole.toString().replace('"page":2', '"page":9')))
    await expect(inFileOrder(manifest)).rejects.toThrow("page 2 is not where its index says")
    files.contents.delete("m")
    await expect(openManifest(files, ref)).rejects.toMatchObject({ code: "E_MANIFEST", exit: 78 })
  })

  it("refuses pages out of order and ranges that overlap: a join would lose objects", async () => {
    await expect(written([PAGES[2], PAGES[0]] as ManifestPage[])).rejects.toMatchObject({ code: "E_MANIFEST_ORDER" })
    const overlapping = [
      { page: 0, range: 0, objects: [object("a"), object("c")] },
      { page: 1, range: 1, objects: [object("b")] },
    ]
    await expect(written(overlapping)).rejects.toMatchObject({ code: "E_MANIFEST_ORDER" })
  })

  it("says that the disk is full, and leaves nothing that passes for a manifest", async () => {
    const files = new MemoryFiles()
    const full = Object.assign(new Error("no space left"), { code: "ENOSPC" })
    files.create = () => ({
      append: () => {
        throw full
      },
      sync: async () => undefined,
      close: () => undefined,
    })
    const sink = manifestSink(files, "m")
    await sink.add(PAGES[0] as ManifestPage)
    await expect(sink.close()).rejects.toMatchObject({ code: "E_MANIFEST_WRITE", exit: 75 })
  })
})
