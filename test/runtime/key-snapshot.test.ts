import { randomBytes } from "node:crypto"
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { KeyInventory } from "../../src/keys/status/key-inventory.ts"
import { lastKeySnapshot, saveKeySnapshot } from "../../src/runtime/key-snapshot.ts"
import { StateFolder } from "../../src/runtime/state-folder.ts"

let state: StateFolder
beforeEach(() => {
  state = new StateFolder(mkdtempSync(join(tmpdir(), "dr-key-snapshot-")))
})
afterEach(() => rmSync(state.path, { recursive: true, force: true }))

const inventory: KeyInventory = { env: "prod", takenAt: "2026-11-24T02:17:00.000Z", keys: [] }
const save = (to = state) =>
  saveKeySnapshot({ state: to, random: (size) => randomBytes(size), version: "1" }, inventory, false)
const path = (): string => state.join("inventory", "keys-prod.json")
const read = (env = "prod") => lastKeySnapshot(state, env)

describe("the snapshot of an environment's keys", () => {
  it("is what was read, for its owner alone; there is none at first", async () => {
    expect(await read()).toBeUndefined()
    const { signer } = await save()
    expect(await read()).toMatchObject({ signer, path: path(), snapshot: { simulated: false, tool: "1", inventory } })
    expect(statSync(path()).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(path(), "utf8"))).toMatchObject({
      signer: "offline",
      signatures: [{ keyid: signer }],
    })
  })

  it.each<[string, (text: string) => string, string]>([
    ["edited", (text) => text.replace(`"payload":"e`, `"payload":"f`), "altered"],
    ["cut", (text) => text.slice(0, text.length / 2), "cut or altered"],
    ["emptied", () => "", "cut or altered"],
    ["signed by a foreign key", (text) => text.replace(/sha256:[0-9a-f]{8}/, "sha256:00000000"), "a foreign key"],
  ])("is refused when it was %s", async (_what, spoil, why) => {
    await save()
    writeFileSync(path(), spoil(readFileSync(path(), "utf8")))
    await expect(read()).rejects.toMatchObject({
      code: "E_KEY_SNAPSHOT",
      exit: 3,
      message: expect.stringContaining(why) as string,
    })
  })

  it("is refused under another environment's name, and where the key that signed it is not", async () => {
    await save()
    renameSync(path(), state.join("inventory", "keys-stage.json"))
    await expect(read("stage")).rejects.toMatchObject({
      code: "E_KEY_SNAPSHOT",
      message: expect.stringContaining(`it is about "prod"`) as string,
    })
    rmSync(state.join("signing"), { recursive: true })
    await expect(read("stage")).rejects.toMatchObject({
      code: "E_KEY_SNAPSHOT",
      message: expect.stringContaining("is not on this machine") as string,
    })
  })
})
