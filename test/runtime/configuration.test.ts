import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "vitest"
import { findConfig } from "../../src/runtime/configuration.ts"

it.each([
  ["a folder", (path: string) => execFileSync("mkdir", [path]), "is a folder"],
  ["a pipe", (path: string) => execFileSync("mkfifo", [path]), "is not a regular file"],
  ["a device", (path: string) => execFileSync("ln", ["-s", "/dev/zero", path]), "is not a regular file"],
])("dr.yaml that is %s is refused at once", async (_what, make, message) => {
  const folder = mkdtempSync(join(tmpdir(), "dr-config-"))
  try {
    make(join(folder, "x.yaml"))
    await expect(findConfig(join(folder, "x.yaml"))).rejects.toMatchObject({ exit: 78, code: "E_CONFIG" })
    await expect(findConfig(join(folder, "x.yaml"))).rejects.toThrow(message)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
