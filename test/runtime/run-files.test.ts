import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import type { RunFiles } from "../../src/restore/ports.ts"
import { runFiles } from "../../src/runtime/run-files.ts"
import { CrashFiles } from "../restore/support/crash-files.ts"
import { tempFolder } from "../support/temp-folder.ts"

async function textOf(files: RunFiles, name: string, from?: number): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of files.read(name, from)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** The files of the tests must not be kinder than those of the disk. */
describe.each<[string, () => RunFiles]>([
  ["on the disk", () => runFiles(tempFolder())],
  ["in memory", () => new CrashFiles()],
])("the files of a run %s", (_, make) => {
  it("grow, and are read from anywhere", async () => {
    const files = make()
    const file = files.create("a.ndjson")
    for (const text of ["one\n", "two\n", "x".repeat(3_000_000)]) file.append(Buffer.from(text))
    await file.sync()
    file.close()
    expect(await textOf(files, "a.ndjson")).toBe(`one\ntwo\n${"x".repeat(3_000_000)}`)
    expect((await textOf(files, "a.ndjson", 4)).slice(0, 5)).toBe("two\nx")
    expect((await files.readAt("a.ndjson", 2, 4)).toString()).toBe("e\ntw")
    expect((await files.readAt("a.ndjson", 3_000_006, 100)).toString()).toBe("xx")
    expect(await files.sizeOf("a.ndjson")).toBe(3_000_008)
  })

  it("go on at their end after they were cut", async () => {
    const files = make()
    const file = files.create("a")
    file.append(Buffer.from("good and bad"))
    await files.truncate("a", 5)
    file.append(Buffer.from("again"))
    file.close()
    expect(await textOf(files, "a")).toBe("good again")
  })

  it("are made once, replaced whole, removed, and listed in order", async () => {
    const files = make()
    files.create("b").close()
    expect(() => files.create("b")).toThrow(expect.objectContaining({ code: "EEXIST" }))
    await files.replace("a", "old, and longer")
    await files.replace("a", Buffer.from("new"))
    expect(await textOf(files, "a")).toBe("new")
    expect(await files.list()).toEqual(["a", "b"])
    await files.remove("b")
    expect(await files.list()).toEqual(["a"])
  })

  it("that are not there are missed by their name", async () => {
    const files = make()
    const missing = { code: "ENOENT" }
    await expect(textOf(files, "no")).rejects.toMatchObject(missing)
    await expect(Promise.resolve().then(() => files.readAt("no", 0, 1))).rejects.toMatchObject(missing)
    await expect(Promise.resolve().then(() => files.sizeOf("no"))).rejects.toMatchObject(missing)
    await expect(files.truncate("no", 0)).rejects.toMatchObject(missing)
    await expect(files.remove("no")).rejects.toMatchObject(missing)
  })
})

describe("the files of a run on the disk", () => {
  it("belong to their owner alone, and show no leftover of a killed replacement", async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, ".a.1234.tmp"), "half")
    const files = runFiles(folder)
    files.create("a").close()
    await files.replace("b", "x")
    expect(await files.list()).toEqual(["a", "b"])
    for (const name of ["a", "b"]) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  })

  it("never lead out of the folder", async () => {
    const folder = tempFolder()
    mkdirSync(join(folder, "in"))
    writeFileSync(join(folder, "precious"), "untouched")
    symlinkSync(join(folder, "precious"), join(folder, "in", "link"))
    const files = runFiles(join(folder, "in"))
    for (const name of ["../precious", "/etc/passwd", ".hidden", "", "a/b"])
      expect(() => files.create(name), name).toThrow(TypeError)
    expect(() => files.create("link")).toThrow(expect.objectContaining({ code: "EEXIST" }))
    await expect(textOf(files, "link")).rejects.toMatchObject({ code: "ELOOP" })
    await expect(files.truncate("link", 0)).rejects.toMatchObject({ code: "ELOOP" })
    await files.replace("link", "taken")
    expect(await textOf(runFiles(folder), "precious")).toBe("untouched")
    expect(readdirSync(folder).toSorted()).toEqual(["in", "precious"])
  })
})
