import { describe, expect, it } from "vitest"
import { compressSegment } from "../../../src/restore/journal/compress.ts"
import { mend, recover } from "../../../src/restore/journal/recover.ts"
import { remaining } from "../../../src/restore/journal/remaining.ts"
import { emptyTally, settledIn } from "../../../src/restore/journal/tally.ts"
import type { WorkPage } from "../../../src/restore/ports.ts"
import { CrashFiles } from "../support/crash-files.ts"
import { expectedTally, IDENTITY, pagesOf, toyRun, type ToyWorld } from "../support/toy-run.ts"

const SLOW = process.env["DR_TEST_SLOW"] === "1"
const world = (...pages: number[]): ToyWorld => ({ pages, copied: new Map() })
const name = (segment: number): string => `objects-00000${segment}.ndjson`

async function finished(toy: ToyWorld, segmentBytes: number): Promise<{ files: CrashFiles; chain: string }> {
  const files = new CrashFiles()
  const { chain } = await toyRun(files, toy, { segmentBytes })
  return { files, chain: chain ?? "" }
}

describe("a journal that is read again", () => {
  it("is nothing where nothing was begun", async () => expect(await recover(new CrashFiles())).toBeUndefined())

  it("tells settled pages, the settled objects of others, and the sums of both", async () => {
    const files = new CrashFiles()
    await toyRun(files, world(20, 30, 40), { dieAfter: 62, window: 4 })
    const found = await recover(files.afterKill(), { identity: IDENTITY })
    expect([...(found?.settledPages ?? [])]).toEqual([0, 1])
    const partial = found?.partial.get(2)
    expect(settledIn(found?.tally ?? emptyTally())).toBe(50 + (partial?.indexes.size ?? 0))
    expect(settledIn(partial?.tally ?? emptyTally())).toBe(partial?.indexes.size)
    expect(found).toMatchObject({ ended: false, epoch: 1, next: { segment: 2 } })
  })

  it.each(Object.keys(IDENTITY))("of another %s is refused", async (field) => {
    const { files } = await finished(world(3), 1e6)
    const identity = { ...IDENTITY, [field]: "other" }
    await expect(recover(files, { identity })).rejects.toMatchObject({
      code: "E_JOURNAL_OTHER_PLAN",
      exit: 78,
      message: expect.stringContaining(`its ${field} is`),
    })
  })

  it("recovers from every truncation, and never tells of an object that the bytes do not hold", async () => {
    const { files } = await finished(world(12, 12, 3), 1e6)
    const whole = files.bytesOf(name(1))
    let before = 0
    for (let length = 0; length <= whole.length; length += SLOW || length > whole.length - 200 ? 1 : 3) {
      const cut = files.with(name(1), whole.subarray(0, length))
      const found = await recover(cut, { identity: IDENTITY })
      const settled = settledIn(found?.tally ?? emptyTally())
      expect(settled).toBeGreaterThanOrEqual(before)
      expect(settled).toBeLessThanOrEqual(27)
      before = settled
      if (length === whole.length - 1) expect(found?.torn).toEqual({ segment: 1, bytes: expect.any(Number) as number })
      if (length % 291 !== 0) continue
      if (found !== undefined) await mend(cut, found)
      expect((await recover(cut))?.torn).toBeUndefined()
      expect((await toyRun(cut, world(12, 12, 3))).tally).toEqual(expectedTally(world(12, 12, 3)))
    }
    expect(before).toBe(27)
  })

  it("shows every flipped bit of a closed segment, the last one against the recorded seal", async () => {
    const { files, chain } = await finished(world(5, 9), 1500)
    const names = (await files.list()).filter((one) => one.startsWith("objects"))
    expect(names.length).toBeGreaterThan(1)
    for (const one of names) {
      const bytes = files.bytesOf(one)
      for (let bit = 0; bit < bytes.length * 8; bit += SLOW ? 1 : 29) {
        const changed = Buffer.from(bytes)
        changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
        const last = one === names.at(-1)
        await expect(
          recover(files.with(one, changed), { identity: IDENTITY, ...(last ? { endsWith: chain } : {}) }),
          `${one} bit ${bit}`,
        ).rejects.toMatchObject({ code: "E_JOURNAL_TAMPERED", exit: 78 })
      }
    }
  })

  it("of which a bit is flipped in a compressed segment is refused or says the same", async () => {
    const { files, chain } = await finished(world(9, 9), 1500)
    const expected = await recover(files)
    await compressSegment(files, 1)
    const bytes = files.bytesOf(`${name(1)}.gz`)
    let refused = 0
    for (let bit = 0; bit < bytes.length * 8; bit += SLOW ? 1 : 31) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      const found = await recover(files.with(`${name(1)}.gz`, changed), { endsWith: chain }).catch((error: unknown) => {
        expect(error).toMatchObject({ code: "E_JOURNAL_TAMPERED" })
        refused++
      })
      if (found !== undefined) expect(found).toEqual(expected) // padding of the last byte of the deflated data
    }
    expect(refused).toBeGreaterThan(bytes.length / 8)
  })

  it.each<[string, (files: CrashFiles) => CrashFiles | Promise<CrashFiles>]>([
    ["a segment is missing", async (files) => files.remove(name(2)).then(() => files)],
    ["the first segment is missing", async (files) => files.remove(name(1)).then(() => files)],
    ["a segment is empty", (files) => files.with(name(2), Buffer.alloc(0))],
    ["two segments are swapped", (files) => files.with(name(2), files.bytesOf(name(3)))],
    ["a segment is cut at a seal", (files) => files.with(name(2), upToSeal(files.bytesOf(name(2))))],
  ])("is refused where %s, unless a person asks to salvage it", async (_, tamper) => {
    const toy = world(20, 20, 20, 20)
    const { files } = await finished(toy, 2500)
    const tampered = await tamper(files)
    await expect(recover(tampered, { identity: IDENTITY })).rejects.toMatchObject({ code: "E_JOURNAL_TAMPERED" })

    const found = await recover(tampered, { identity: IDENTITY, salvage: true })
    expect(settledIn(found?.tally ?? emptyTally())).toBeLessThan(80)
    expect(found?.next).toMatchObject({ previous: "", salvaged: { chain: found?.chain } })
    const { tally, chain } = await toyRun(tampered, toy, { segmentBytes: 2500, salvage: true })
    expect(tally).toEqual(expectedTally(toy))
    expect((await recover(tampered, { identity: IDENTITY, endsWith: chain ?? "" }))?.tally).toEqual(tally)
  })
})

/** Up to the last seal but one. */
function upToSeal(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.indexOf("\n", bytes.lastIndexOf('{"block"', bytes.length - 100)) + 1)
}

describe("what remains of a manifest", () => {
  const settled = (partial: ReadonlyMap<number, readonly number[]>) => ({
    settledPages: new Set([1]),
    partial: new Map([...partial].map(([page, indexes]) => [page, { indexes: new Set(indexes), tally: emptyTally() }])),
    next: { segment: 2, previous: "" },
  })
  const all = async (partial: ReadonlyMap<number, readonly number[]>) => {
    const source = remaining(pagesOf(world(2, 3, 2, 4)), settled(partial))
    const pages: WorkPage[] = []
    for (let page = await source.next(); page !== undefined; page = await source.next()) pages.push(page)
    return pages.map(({ page, settled: found }) => [page, ...(found ?? [])])
  }

  it("drops pages with a checkpoint and marks settled objects", async () =>
    expect(await all(new Map([[2, [1]]]))).toEqual([[0], [2, 1], [3]]))

  it("keeps a page of which only the checkpoint is missing", async () =>
    expect(await all(new Map([[2, [1, 0]]]))).toEqual([[0], [2, 1, 0], [3]]))

  it("is refused when the journal knows objects that the manifest does not", async () =>
    await expect(all(new Map([[2, [2]]]))).rejects.toMatchObject({ code: "E_JOURNAL_TAMPERED" }))
})
