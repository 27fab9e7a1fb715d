import { createHash } from "node:crypto"
import { readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import type { DrError } from "../../src/kernel/errors.ts"
import { eventStream } from "../../src/kernel/events.ts"
import { Journal } from "../../src/runtime/journal.ts"
import { fakeClock } from "../support/fake-clock.ts"
import { tempFolder } from "../support/temp-folder.ts"

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")

describe("the journal of a run", () => {
  it("chains every line to the one before, and its digest is that of the file", () => {
    const journal = new Journal(join(tempFolder(), "run.ndjson"))
    const events = eventStream("dr-20261116T020004Z-7f3a", fakeClock())
    events.subscribe(journal.reader)
    for (let n = 0; n < 600; n++)
      events.emit("progress", { drill: "d", phase: "p", done: n, total: 600, unit: "objects" })
    const closed = journal.close()

    const text = readFileSync(closed.path, "utf8")
    const lines = text.trimEnd().split("\n")
    expect(closed).toEqual({ path: closed.path, events: 600, sha256: sha256(text) })
    expect(lines).toHaveLength(600)
    let previous = ""
    for (const [seq, line] of lines.entries()) {
      expect(JSON.parse(line)).toMatchObject({ seq, previous })
      previous = sha256(`${line}\n`)
    }
  })

  it("is on the disk at the end of each phase, before anything is closed", () => {
    const journal = new Journal(join(tempFolder(), "run.ndjson"))
    const events = eventStream("r", fakeClock())
    events.subscribe(journal.reader)
    events.emit("phase.started", { drill: "d", phase: "p", title: "t" })
    events.emit("phase.finished", { drill: "d", phase: "p", result: "ok", durationMs: 1 })
    expect(readFileSync(journal.path, "utf8").trimEnd().split("\n")).toHaveLength(2)
    expect(statSync(journal.path).mode & 0o777).toBe(0o600)
    journal.close()
  })

  it("never continues a file that exists, and never follows a link", () => {
    const folder = tempFolder()
    writeFileSync(join(folder, "old.ndjson"), "")
    symlinkSync(join(folder, "elsewhere"), join(folder, "link.ndjson"))
    for (const name of ["old.ndjson", "link.ndjson", "no/such/folder.ndjson"])
      expect(() => new Journal(join(folder, name)), name).toThrow(
        expect.objectContaining({ code: "E_JOURNAL", exit: 75 }),
      )
  })

  it("on a full disk aborts the run once, lets the clean-up go on, and fails at close", () => {
    const reasons: DrError[] = []
    const journal = new Journal(join(tempFolder(), "run.ndjson"), (error) => void reasons.push(error))
    const events = eventStream("r", fakeClock())
    events.subscribe(journal.reader)
    journal["reader"]({ type: "run.finished", at: "", mono: 0, run: "r", seq: 0, data: { outcome: 1n } } as never) // what cannot be written
    expect(() => events.emit("cleanup.finished", { drill: "d", deleted: 3, left: 0 })).not.toThrow()
    expect(reasons.map(({ code, exit }) => [code, exit])).toEqual([["E_JOURNAL", 75]])
    expect(() => journal.close()).toThrow(expect.objectContaining({ code: "E_JOURNAL" }))
  })
})
