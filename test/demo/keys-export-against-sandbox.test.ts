import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { rehearsalPort } from "../../src/aws/rehearsal-port.ts"
import { createKeys, type DemoKeys } from "../../src/demo/set-up.ts"
import { ACCOUNTS, PRIMARY, demoConfig, demoSandbox } from "../../src/demo/world.ts"
import { systemClock } from "../../src/runtime/system-clock.ts"
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts"
import { runDr } from "../support/run-dr.ts"

/** `dr keys export --terraform` as a user runs it. Terraform itself reads the files in test/conformance/external. */
let sandbox: Sandbox
let folder: string
let keys: DemoKeys

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dr-export-"))
  sandbox = await startSandbox({ ...demoSandbox(), replicaDelayMs: 0 })
  writeFileSync(join(folder, "dr.yaml"), demoConfig(sandbox.endpoint))
  const deps = { clock: systemClock, emit: () => undefined, signal: new AbortController().signal }
  const port = (account: string) => rehearsalPort(deps, sandbox.endpoint, account, sandbox.credentialsFor(account))
  keys = await createKeys({ workload: port(ACCOUNTS.workload.id), recovery: port(ACCOUNTS.recovery.id) })
})
afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

const dr = (...args: string[]) => {
  const { accessKeyId, secretAccessKey } = sandbox.credentialsFor(ACCOUNTS.workload.id)
  const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, HOME: folder }
  return runDr(["keys", "export", "-e", "demo", ...args], { cwd: folder, env })
}
const written = (path: string): string => readFileSync(join(folder, path), "utf8")

describe("dr keys export --terraform", () => {
  it("adopts by the ids that AWS has", async () => {
    const { exit, stdout } = await dr("--terraform", "tf", "--json")
    expect(exit, stdout).toBe(0)
    const { data } = JSON.parse(stdout) as { data: { imports: ReadonlyArray<{ to: string; id: string }> } }
    expect(data).toMatchObject({ folder: "tf", asked: true, missing: [] })
    const id = keys.primary.slice(keys.primary.indexOf("/") + 1)
    expect(data.imports).toContainEqual({ to: "aws_kms_key.workload_observability", id })
    expect(data.imports).toContainEqual({ to: "aws_kms_replica_key.workload_observability_eu_west_1", id })
    expect(written("tf/imports.tf")).toContain(`  id = "${id}"\n`)
  })
  it("replaces what it wrote itself, and nothing else", async () => {
    writeFileSync(join(folder, "tf/imports.tf"), `${written("tf/imports.tf")}# by hand\n`)
    expect((await dr("--terraform", "tf")).exit).toBe(0)
    expect(written("tf/imports.tf")).not.toContain("by hand")
    writeFileSync(join(folder, "tf/keys.tf"), "# mine\n")
    const refused = await dr("--terraform", "tf")
    expect([refused.exit, refused.stderr]).toEqual([64, expect.stringContaining("would overwrite tf/keys.tf")])
    expect(written("tf/keys.tf")).toBe("# mine\n")
    expect((await dr("--terraform", "tf", "--force")).exit).toBe(0)
  })
  it("takes no file for a folder", async () => {
    writeFileSync(join(folder, "file"), "")
    const { exit, stderr } = await dr("--terraform", "file")
    expect([exit, stderr]).toEqual([64, expect.stringContaining("file is no folder; nothing was written")])
  })
  it("asks nobody with --no-imports, and says what that means", async () => {
    const { exit, stderr } = await runDr(["keys", "export", "-e", "demo", "--terraform", "blind", "--no-imports"], {
      cwd: folder,
    })
    expect([exit, stderr]).toEqual([0, expect.stringContaining("an apply of these files would make others")])
    expect(written("blind/imports.tf")).not.toContain("import {")
  })
  it("writes nothing when a Region does not tell what it has", async () => {
    sandbox.faults.add({ kind: "deny", service: "kms", region: PRIMARY })
    const { exit, stderr } = await dr("--terraform", "unread")
    expect([exit, stderr]).toEqual([77, expect.stringContaining("Terraform would make keys that exist")])
    expect(() => written("unread/keys.tf")).toThrow("ENOENT")
  })
})
