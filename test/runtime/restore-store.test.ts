import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import type { BucketName, RunId } from "../../src/kernel/brands.ts"
import { display } from "../../src/kernel/display.ts"
import { lockDestinations } from "../../src/runtime/restore-lock.ts"
import { restoreProgress } from "../../src/runtime/restore-progress.ts"
import { stateNow, type RestoreRecord } from "../../src/runtime/restore-record.ts"
import { createRestore, listRestores, openRestore } from "../../src/runtime/restore-store.ts"
import { thisProcess } from "../../src/runtime/process-identity.ts"
import { StateFolder } from "../../src/runtime/state-folder.ts"
import { fakeClock } from "../support/fake-clock.ts"
import { tempFolder } from "../support/temp-folder.ts"

const RUN = "dr-20261116T020004Z-7f3a" as RunId
const LATER = "dr-20261117T020004Z-0001" as RunId
const stateFolder = (): StateFolder => new StateFolder(join(tempFolder(), ".dr"))

const record = (over: Partial<RestoreRecord> = {}): RestoreRecord => ({
  version: 1,
  run: RUN,
  kind: "Restore",
  env: "prod",
  simulated: false,
  state: "running",
  process: thisProcess(),
  plan: "sha256:plan",
  epoch: 1,
  startedAt: "2026-11-16T02:00:04.000Z",
  updatedAt: "2026-11-16T02:00:05.000Z",
  parts: [{ name: "loki", objects: 10, done: 3, failed: 0, skipped: 0, unknown: 0, bytesDone: 99 }],
  ...over,
})

describe("where restores live", () => {
  it("each has a folder with files of its own, and one for the journal of each part", async () => {
    const state = stateFolder()
    const folder = await createRestore(state, RUN)
    await folder.save(record())
    const journal = await folder.part(0)
    journal.create("objects-000001.ndjson").close()
    expect(folder.path).toBe(state.join("restore", RUN))
    expect(await folder.files.list()).toEqual(["part-1", "run.json"])
    expect(statSync(join(folder.path, "part-1")).mode & 0o777).toBe(0o700)
    const again = await openRestore(state, RUN)
    expect(await again.record()).toEqual(record())
    expect(await (await again.part(0)).list()).toEqual(["objects-000001.ndjson"])
  })

  it("no run takes the folder of another", async () => {
    const state = stateFolder()
    await createRestore(state, RUN)
    await expect(createRestore(state, RUN)).rejects.toMatchObject({ code: "E_RESTORE_RUN", exit: 78 })
  })

  it("are listed newest first, and damaged ones are told by name and reason", async () => {
    const state = stateFolder()
    for (const run of [RUN, LATER]) await (await createRestore(state, run)).save(record({ run }))
    const damage: readonly (readonly [string, string | undefined, string])[] = [
      ["dr-20261101T000000Z-0001", undefined, "there is no run.json"],
      ["dr-20261101T000000Z-0002", "{", "run.json is no JSON"],
      ["dr-20261101T000000Z-0003", "{}", "version: "],
      ["dr-20261101T000000Z-0004", JSON.stringify(record()), `run.json is of run ${display(RUN)}`],
      ["dr-20261101T000000Z-0005", JSON.stringify({ ...record(), more: 1 }), "more"],
      ["notes", "", "its name is no id of a run"],
    ]
    for (const [name, text] of damage) {
      mkdirSync(state.join("restore", name))
      if (text !== undefined) writeFileSync(state.join("restore", name, "run.json"), text)
    }
    const found = await listRestores(state)
    expect(found.flatMap((one) => (one.kind === "sound" ? [one.run] : []))).toEqual([LATER, RUN])
    for (const [name, , why] of damage)
      expect(found).toContainEqual({ kind: "damaged", name, why: expect.stringContaining(why) })
    expect(found).toHaveLength(damage.length + 2)
  })

  it("a run that says it is running is stopped when its process is gone", () => {
    expect(stateNow(record())).toBe("running")
    expect(stateNow(record({ process: { ...thisProcess(), pid: 2 ** 30 } }))).toBe("stopped")
    expect(stateNow(record({ process: { ...thisProcess(), boot: "earlier" }, state: "finished" }))).toBe("finished")
  })
})

describe("the progress of a run", () => {
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  }
  function watched(save: (record: RestoreRecord) => Promise<void> = () => Promise.resolve()) {
    const clock = fakeClock()
    const saved: number[] = []
    const troubles: unknown[] = []
    const folder = { save: (next: RestoreRecord) => save(next).then(() => void saved.push(next.epoch)) }
    const progress = restoreProgress(folder, clock, (thrown) => troubles.push(thrown))
    return { clock, saved, troubles, progress }
  }

  it("is written at most once a second, and always the newest", async () => {
    const { clock, saved, progress } = watched()
    for (let epoch = 1; epoch <= 40; epoch++) {
      progress.tell(record({ epoch }))
      clock.advance(100)
      await turns()
    }
    expect(saved).toEqual([1, 10, 20, 30, 40])
  })

  it("ends at once with the last state", async () => {
    const { saved, progress } = watched()
    progress.tell(record({ epoch: 1 }))
    await turns()
    progress.tell(record({ epoch: 2 }))
    await progress.end(record({ epoch: 3 }))
    progress.tell(record({ epoch: 4 }))
    await turns()
    expect(saved).toEqual([1, 3])
  })

  it("that cannot be written is told and does not stop the run, but for its end", async () => {
    const { troubles, progress } = watched(() => Promise.reject(new Error("full")))
    progress.tell(record())
    await turns()
    expect(troubles).toHaveLength(1)
    await expect(progress.end(record())).rejects.toThrow("full")
  })
})

describe("the lock of a destination", () => {
  const WHERE = display("s3://a/x/")
  const place = (bucket: string, prefix = "") => ({ bucket: bucket as BucketName, prefix })

  it("refuses a second run with 75, and names the first, its process and the destination", async () => {
    const state = stateFolder()
    const release = await lockDestinations(state, [place("b"), place("a", "x/"), place("b")], "dr-first")
    await expect(lockDestinations(state, [place("c"), place("a", "x/")], "dr-second")).rejects.toMatchObject({
      code: "E_LOCKED",
      exit: 75,
      message: `run dr-first (process ${process.pid}) holds ${WHERE}`,
    })
    await (
      await lockDestinations(state, [place("c"), place("a", "y/")], "dr-third")
    )() // what the refused run had locked is free
    await release()
    await (
      await lockDestinations(state, [place("a", "x/")], "dr-second")
    )()
  })

  it("lies in a file whose name does not tell the bucket's", async () => {
    const state = stateFolder()
    await lockDestinations(state, [place("b", "p/")], "dr-first")
    const path = state.join("locks", "restore-80e615d5a9500fb4.lock") // printf s3://b/p/ | sha256sum
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ run: "dr-first", pid: process.pid })
  })
})
