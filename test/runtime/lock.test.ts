import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { acquireLock } from "../../src/runtime/lock.ts"
import { thisProcess } from "../../src/runtime/process-identity.ts"
import { tempFolder } from "../support/temp-folder.ts"

const lockIn = (folder: string): string => join(folder, "drill.lock")
const heldBy = (holder: object): string => {
  const path = lockIn(tempFolder())
  writeFileSync(path, JSON.stringify({ ...thisProcess(), run: "dr-other", ...holder }))
  return path
}

describe("the lock of a machine", () => {
  it("is refused with 75 and the holder's run while its process lives", async () => {
    const path = lockIn(tempFolder())
    const release = await acquireLock(path, "dr-first")
    await expect(acquireLock(path, "dr-second")).rejects.toMatchObject({
      code: "E_LOCKED",
      exit: 75,
      message: expect.stringContaining("dr-first"),
    })
    await release()
    await (
      await acquireLock(path, "dr-third")
    )()
    expect(existsSync(path)).toBe(false)
  })

  it.each([
    { case: "a process that is gone", holder: { pid: 2 ** 30 } },
    { case: "an earlier boot", holder: { boot: "another-boot" } },
    { case: "a process whose number was given to another", holder: { started: "1" } },
  ])("of $case is taken over", async ({ holder }) => {
    const path = heldBy(holder)
    const release = await acquireLock(path, "dr-new")
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid, run: "dr-new" })
    await release()
  })

  it("that a crash cut in half is taken over", async () => {
    const path = lockIn(tempFolder())
    writeFileSync(path, '{"pid":12')
    await (
      await acquireLock(path, "dr-new")
    )()
  })

  it("goes to exactly one of many that meet a stale one", async () => {
    const path = heldBy({ pid: 2 ** 30 })
    const tries = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => acquireLock(path, `dr-${n}`)))
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1)
    expect(readdirSync(join(path, ".."))).toEqual(["drill.lock"])
  })

  it("is not removed by a release that comes too late", async () => {
    const path = lockIn(tempFolder())
    const late = await acquireLock(path, "dr-late")
    writeFileSync(path, "someone else's")
    await late()
    expect(readFileSync(path, "utf8")).toBe("someone else's")
  })
})
