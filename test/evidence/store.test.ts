import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { readEvidence } from "../../src/evidence/read.ts"
import { appendEvidence } from "../../src/evidence/store.ts"

let folder: string
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "dr-evidence-")), "evidence")
})
afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }))

const run = (n: number): string => `dr-20261116T0200${String(n).padStart(2, "0")}Z-7f3a`
const add = (n: number): ReturnType<typeof appendEvidence> =>
  appendEvidence(folder, {
    record: { run: run(n), simulated: false, note: `run ${n}, grüße 🚒` } as { run: string; simulated: boolean },
    writtenAt: "2026-11-16T02:10:00.000Z",
  })
const names = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name.endsWith(".json")).sort()
const whys = async (): Promise<string[]> => (await readEvidence(folder)).breaks.map((one) => `${one.file}: ${one.why}`)
const file = async (index: number): Promise<string> => join(folder, (await names())[index] ?? "")

describe("the store of evidence", () => {
  it("numbers and chains one file per run, readable by the owner alone", async () => {
    for (const n of [1, 2, 3]) await add(n)
    expect(await names()).toEqual([`000001-${run(1)}.json`, `000002-${run(2)}.json`, `000003-${run(3)}.json`])
    const { files, breaks } = await readEvidence(folder)
    expect(breaks).toEqual([])
    expect(files.map((one) => [one.seq, one.previous])).toEqual([
      [1, null],
      [2, files[0]?.hash],
      [3, files[1]?.hash],
    ])
    expect((await stat(await file(0))).mode & 0o777).toBe(0o600)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
  })

  it("is empty, not broken, before the first run", async () => {
    expect(await readEvidence(folder)).toEqual({ files: [], breaks: [] })
  })

  it("gives racing writers numbers of their own", async () => {
    await Promise.all(Array.from({ length: 12 }, (_, n) => add(n)))
    const { files, breaks } = await readEvidence(folder)
    expect(breaks).toEqual([])
    expect(new Set(files.map((one) => one.run)).size).toBe(12)
    expect(files.map((one) => one.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  })

  it("completes what a writer that died had begun", async () => {
    await add(1)
    await add(2)
    await rm(await file(1)) // the number was taken, the name not yet given
    expect(await whys()).toEqual([".numbers/000002: truncated: number 2 was taken, its record is gone"])
    await add(3)
    expect(await whys()).toEqual([])
    expect(await names()).toHaveLength(3)
  })

  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      "a changed record",
      async () => writeFile(await file(1), (await readFile(await file(1), "utf8")).replace("run 2", "run 9")),
      /000002-.*altered/,
    ],
    ["a missing record", async () => rm(await file(1)), /000003-.*record 2 is missing before it/],
    ["a missing newest record", async () => rm(await file(2)), /000003: truncated/],
    [
      "a cut record",
      async () => writeFile(await file(2), (await readFile(await file(2), "utf8")).slice(0, 80)),
      /000003-.*not JSON/,
    ],
    ["a foreign file", async () => writeFile(join(folder, "notes.txt"), "x"), /notes.txt: foreign/],
    [
      "swapped records",
      async () => {
        const [, second, third] = await Promise.all([file(0), file(1), file(2)])
        await rename(second ?? "", `${folder}/../swap`)
        await rename(third ?? "", second ?? "")
        await rename(`${folder}/../swap`, third ?? "")
      },
      /reordered: it was written as 000003-/,
    ],
    [
      "a blank added",
      async () => writeFile(await file(0), `${await readFile(await file(0), "utf8")} `),
      /canonical form/,
    ],
  ])("names the file of %s", async (_what, spoil, why) => {
    for (const n of [1, 2, 3]) await add(n)
    await spoil()
    expect((await whys()).join("\n")).toMatch(why)
  })

  it("does not build on a broken end", async () => {
    await add(1)
    await chmod(await file(0), 0o600)
    await writeFile(await file(0), "{}\n")
    await expect(add(2)).rejects.toMatchObject({ code: "E_EVIDENCE_BROKEN", exit: 3 })
  })

  it("finds any flipped bit in any file", async () => {
    for (const n of [1, 2, 3]) await add(n)
    const all = [...(await names()), ...(await readdir(join(folder, ".numbers"))).map((name) => join(".numbers", name))]
    const originals = await Promise.all(all.map((name) => readFile(join(folder, name))))
    // no hard links here: as in a copy of the folder
    for (const [index, name] of all.entries()) {
      await rm(join(folder, name))
      await writeFile(join(folder, name), originals[index] ?? "")
    }
    expect(await whys()).toEqual([])
    await fc.assert(
      fc.asyncProperty(fc.nat(all.length - 1), fc.nat(), fc.nat(7), async (index, at, bit) => {
        const original = originals[index] ?? Buffer.alloc(0)
        const flipped = Buffer.from(original)
        const place = at % flipped.length
        flipped[place] = (flipped[place] ?? 0) ^ (1 << bit)
        const path = join(folder, all[index] ?? "")
        await writeFile(path, flipped)
        const found = await whys()
        await writeFile(path, original)
        expect(found.join()).toContain(all[index])
      }),
      { numRuns: 200 },
    )
  })
})
