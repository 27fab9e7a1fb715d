import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { existingSigner, machineSigner } from "../../src/evidence/machine-key.ts"
import { randomBytes } from "node:crypto"

let folder: string
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "dr-machine-key-")), "signing")
})
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }))

const signer = () => machineSigner(folder, (size) => randomBytes(size))

describe("the signing key of a machine", () => {
  it("is made once, also by many at the same time, for its owner alone", async () => {
    expect(await existingSigner(folder)).toBeUndefined()
    const signers = await Promise.all([signer(), signer(), signer(), signer()])
    expect(new Set(signers.map(({ fingerprint }) => fingerprint)).size).toBe(1)
    const [file = "", ...others] = readdirSync(folder)
    expect(others).toEqual([])
    expect([statSync(folder).mode & 0o777, statSync(join(folder, file)).mode & 0o777]).toEqual([0o700, 0o600])
    expect((await existingSigner(folder))?.fingerprint).toBe(signers[0]?.fingerprint)
  })

  it("is refused when others may read it, or when it is something else", async () => {
    await signer()
    const path = join(folder, readdirSync(folder)[0] ?? "")
    const pem = readFileSync(path, "utf8")
    chmodSync(path, 0o644)
    await expect(signer()).rejects.toMatchObject({ code: "E_MACHINE_KEY", exit: 75 })
    chmodSync(path, 0o600)
    writeFileSync(path, pem.slice(0, 60))
    await expect(signer()).rejects.toMatchObject({ code: "E_MACHINE_KEY" })
  })
})
