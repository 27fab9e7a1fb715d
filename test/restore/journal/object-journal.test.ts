import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import type { DrError } from "../../../src/kernel/errors.ts"
import type { OpenUpload } from "../../../src/restore/journal/lines.ts"
import { ObjectJournal, type ObjectJournalOptions } from "../../../src/restore/journal/object-journal.ts"
import { recover } from "../../../src/restore/journal/recover.ts"
import { segmentsIn } from "../../../src/restore/journal/segments.ts"
import { uploadLog } from "../../../src/restore/journal/upload-log.ts"
import { fakeClock } from "../../support/fake-clock.ts"
import { CrashFiles } from "../support/crash-files.ts"
import { IDENTITY } from "../support/toy-run.ts"

const FIRST = "objects-000001.ndjson"
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function opened(options: Partial<ObjectJournalOptions> = {}) {
  const files = new CrashFiles()
  const clock = fakeClock()
  const durable: number[] = []
  const journal = await ObjectJournal.open({
    files,
    clock,
    identity: IDENTITY,
    epoch: 7,
    ballastBytes: 1024,
    onDurable: ({ done }) => durable.push(done),
    ...options,
  })
  return { files, clock, journal, durable }
}

const item = (page: number, index: number) => ({
  page,
  index,
  object: { key: `k/${index}`, sizeBytes: 10, modifiedAt: 0, etag: '"s"', storageClass: "STANDARD", versionId: "v1" },
})
const done = { kind: "done", proof: { by: "answer", etag: '"d"', versionId: "v2", checksum: "SHA256:AA==" } } as const
const upload: OpenUpload = { uploadId: "u-1", key: 'k"', versionId: "v" }
const linesOf = (files: CrashFiles, name = FIRST): string[] => files.bytesOf(name).toString().trimEnd().split("\n")

describe("the object journal", () => {
  it("says who writes it, what became of each object and page, and seals it", async () => {
    const { files, journal } = await opened()
    journal.settle(item(0, 0), done)
    journal.settle(item(0, 1), { kind: "done", proof: { by: "head", etag: '"d"', adopted: true } })
    journal.settle(item(0, 2), { kind: "failed", why: "EntityTooLarge", message: "x".repeat(1000) })
    journal.settle(item(0, 3), { kind: "skipped", why: "LOCKED", message: "compliance" })
    journal.settle(item(0, 4), { kind: "unknown", message: "lost\n" })
    journal.settlePage(0, 5)
    const { chain } = await journal.close()

    const [header, seal, ...lines] = linesOf(files)
    expect(JSON.parse(header ?? "")).toEqual({ journal: 1, segment: 1, epoch: 7, ...IDENTITY, previous: "" })
    const first = createHash("sha256").update(`${header}\n`).digest("hex")
    expect(seal).toBe(`{"block":"${first}"}`)
    expect(lines.slice(0, -1)).toEqual([
      '{"done":[0,0,10],"key":"k/0","from":"v1","by":"answer","etag":"\\"d\\"","to":"v2","sum":"SHA256:AA=="}',
      '{"done":[0,1,10],"key":"k/1","from":"v1","by":"head","etag":"\\"d\\"","adopted":true}',
      `{"failed":[0,2,10],"key":"k/2","from":"v1","why":"EntityTooLarge","message":"${"x".repeat(300)}"}`,
      '{"skipped":[0,3,10],"key":"k/3","from":"v1","why":"LOCKED","message":"compliance"}',
      '{"unknown":[0,4,10],"key":"k/4","from":"v1","message":"lost\\n"}',
      '{"page":0,"objects":5,"done":2,"failed":1,"skipped":1,"unknown":1,"bytesDone":20}',
      '{"end":true}',
    ])
    const second = createHash("sha256")
      .update(first)
      .update(`${lines.slice(0, -1).join("\n")}\n`)
      .digest("hex")
    expect(lines.at(-1)).toBe(`{"block":"${second}"}`)
    expect(chain).toBe(second)
    expect(await files.list()).toEqual([FIRST])
  })

  it("counts an object only when the disk has it: after 256 lines, or 50 ms", async () => {
    const { clock, journal, durable } = await opened()
    for (let index = 0; index < 255; index++) journal.settle(item(0, index), done)
    await turn()
    expect(durable).toEqual([])
    journal.settle(item(0, 255), done)
    await turn()
    expect(durable).toEqual([256])

    journal.settle(item(1, 0), done)
    clock.advance(49)
    await turn()
    expect(durable).toEqual([256])
    clock.advance(1)
    await turn()
    expect(durable).toEqual([256, 1])
  })

  it("admits nothing new while 4,096 lines wait for the disk", async () => {
    const { journal } = await opened()
    for (let index = 0; index < 4095; index++) journal.settle(item(0, index), done)
    expect(journal.admit()).toBe(true)
    journal.settle(item(0, 4095), done)
    const room = journal.admit()
    expect(room).toBeInstanceOf(Promise)
    await room
    expect(journal.admit()).toBe(true)
  })

  it("has an upload's id on the disk before its first part may be sent", async () => {
    const { files, journal } = await opened()
    const before = files.changes.length
    await journal.openUpload(upload)
    expect(files.changes.slice(before).map(({ kind }) => kind)).toEqual(["append", "sync"])
    expect((await recover(files))?.openUploads).toEqual([upload])
    journal.closeUpload("u-1")
    await journal.flush()
    expect((await recover(files))?.openUploads).toEqual([])
  })

  it("knows the uploads that an earlier process left open, each by its object and version", async () => {
    const { journal } = await opened()
    const old = { key: 'k"', versionId: "v" }
    const log = uploadLog(journal, [upload, { uploadId: "u-2", key: 'k"' }, { uploadId: "u-3", ...old }])
    const object = (over: object) => ({ ...item(0, 0).object, ...over })
    expect(log.left(object(old))).toEqual(["u-1", "u-3"])
    log.closed(object(old), "u-1")
    expect(log.left(object(old))).toEqual(["u-3"])
    expect(log.left(object({ key: 'k"', versionId: undefined }))).toEqual(["u-2"])
    expect(log.left(object({ key: "other" }))).toEqual([])
  })

  it("refuses a checkpoint of a page that is not settled", async () => {
    const { journal } = await opened()
    journal.settle(item(0, 0), done)
    expect(() => journal.settlePage(0, 2)).toThrow(expect.objectContaining({ code: "E_ACCOUNTS" }))
  })

  it("goes on in a new segment when one is full, in one chain, and compresses the old one", async () => {
    const { files, journal } = await opened({ segmentBytes: 30_000, compress: true })
    for (let page = 0; page < 5; page++) {
      for (let index = 0; index < 300; index++) journal.settle(item(page, index), done)
      journal.settlePage(page, 300)
      await journal.flush()
    }
    const { chain } = await journal.close()
    const names = await files.list()
    expect(names.length).toBeGreaterThan(3)
    expect(names.slice(0, -1).every((name) => name.endsWith(".ndjson.gz"))).toBe(true)
    expect(await segmentsIn(files)).toEqual(names.map((_, at) => at + 1))
    const found = await recover(files, { identity: IDENTITY, endsWith: chain })
    expect(found).toMatchObject({ tally: { done: 1500, bytesDone: 15_000 }, ended: true, epoch: 7 })
    expect([...(found?.settledPages ?? [])]).toEqual([0, 1, 2, 3, 4])
  })

  it("is not used again after a failed sync: what comes later is dropped, never said to be on the disk", async () => {
    const failures: DrError[] = []
    const { files, journal, durable } = await opened({ onFailure: (error) => failures.push(error) })
    files.fault = { code: "EIO", from: files.changes.length + 1, times: 1 }
    journal.settle(item(0, 0), done)
    await expect(journal.flush()).rejects.toMatchObject({ code: "E_JOURNAL", exit: 75 })
    journal.settle(item(0, 1), done)
    await expect(journal.openUpload(upload)).rejects.toMatchObject({ code: "E_JOURNAL" })
    await expect(journal.admit()).rejects.toMatchObject({ code: "E_JOURNAL" })
    await expect(journal.close()).rejects.toMatchObject({ code: "E_JOURNAL" })
    expect(durable).toEqual([])
    expect(failures).toHaveLength(1)
  })

  it("on a full disk gives the ballast back, writes what is under way, and stops with 75 all the same", async () => {
    const failures: DrError[] = []
    const { files, journal, durable } = await opened({
      onFailure: (error) => failures.push(error),
      ballastBytes: 50_000,
    })
    files.fault = { code: "ENOSPC", from: files.changes.length, times: 1 }
    journal.settle(item(0, 0), done)
    await journal.flush()
    await expect(journal.admit()).rejects.toMatchObject({ code: "E_JOURNAL", exit: 75 })
    journal.settle(item(0, 1), done)
    await expect(journal.close()).rejects.toMatchObject({ code: "E_JOURNAL", exit: 75 })
    expect(durable.reduce((sum, count) => sum + count)).toBe(2)
    expect(failures.map(({ message }) => message)).toEqual([expect.stringContaining("ENOSPC")])
    expect(await recover(files)).toMatchObject({ tally: { done: 2 }, ended: true })
  })
})
