import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { stateDirFor } from "../../src/runtime/configuration.ts"
import { StateFolder, readIfThere, writeAtomic, writeNew } from "../../src/runtime/state-folder.ts"
import { tempFolder } from "../support/temp-folder.ts"

describe("the state folder", () => {
  it("makes folders that only the owner enters", async () => {
    const state = new StateFolder(join(tempFolder(), ".dr"))
    const path = await state.folder("evidence", "2026")
    expect(statSync(path).mode & 0o777).toBe(0o700)
    expect(statSync(state.path).mode & 0o777).toBe(0o700)
  })

  it("says so with 75 when a file stands in its place", async () => {
    const path = join(tempFolder(), "file")
    writeFileSync(path, "")
    await expect(new StateFolder(path).folder("x")).rejects.toMatchObject({ code: "E_STATE_FOLDER", exit: 75 })
  })

  it("lies beside dr.yaml, else where the system keeps states", () => {
    expect(stateDirFor("/given", { path: "/etc/dr/dr.yaml" })).toBe("/given")
    expect(stateDirFor(undefined, { path: "/srv/estate/dr.yaml" })).toBe("/srv/estate/.dr")
    process.env["XDG_STATE_HOME"] = "/home/ops/state"
    expect(stateDirFor(undefined, undefined)).toBe("/home/ops/state/dr")
    delete process.env["XDG_STATE_HOME"]
  })
})

describe("writing by rename", () => {
  it("replaces the whole file, mode 0600, and leaves nothing beside it", async () => {
    const folder = tempFolder()
    await writeAtomic(join(folder, "plan.json"), "old, and longer")
    await writeAtomic(join(folder, "plan.json"), "new")
    expect(readFileSync(join(folder, "plan.json"), "utf8")).toBe("new")
    expect(statSync(join(folder, "plan.json")).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(["plan.json"])
  })

  it("replaces a link instead of writing through it", async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, "precious"), "untouched")
    symlinkSync(join(folder, "precious"), join(folder, "out"))
    await writeAtomic(join(folder, "out"), "new")
    expect(readFileSync(join(folder, "precious"), "utf8")).toBe("untouched")
  })

  it("leaves nothing behind when the place cannot be written", async () => {
    const folder = tempFolder()
    mkdirSync(join(folder, "taken"))
    await expect(writeAtomic(join(folder, "taken"), "x")).rejects.toMatchObject({ code: "E_WRITE", exit: 1 })
    expect(readdirSync(folder)).toEqual(["taken"])
  })

  it.each([
    ["a device", "/dev/null"],
    ["what a shell gave as stdout, also where that is a file", "/proc/self/exe"],
  ])("takes the place of no link to %s", async (_, target) => {
    const link = join(tempFolder(), "stdout")
    symlinkSync(target, link)
    await expect(writeAtomic(link, "x")).rejects.toMatchObject({ code: "E_WRITE", exit: 64 })
    expect(readlinkSync(link)).toBe(target)
  })

  it("leaves after a kill at most a hidden file, which is no policy in a folder of policies", async () => {
    const folder = tempFolder()
    const seen = new Set<string>()
    const state = { done: false }
    const writing = writeAtomic(join(folder, "key.json"), "x".repeat(20_000_000)).finally(() => (state.done = true))
    while (!state.done) {
      for (const name of readdirSync(folder)) seen.add(name)
      await new Promise((resolve) => void setImmediate(resolve))
    }
    await writing
    expect([...seen].filter((name) => name !== "key.json")).toEqual([expect.stringMatching(/^\.key\.json\..*tmp$/)])
  })

  it("refuses what is there when it must be new", async () => {
    const path = join(tempFolder(), "once")
    await writeNew(path, "first")
    await expect(writeNew(path, "second")).rejects.toMatchObject({ code: "EEXIST" })
    expect(await readIfThere(path)).toBe("first")
    expect(await readIfThere(`${path}/under`)).toBeUndefined()
  })
})
