import { execFile, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { rehearsalPort } from "../../../src/aws/rehearsal-port.ts"
import { createKeys } from "../../../src/demo/set-up.ts"
import { ACCOUNTS, PRIMARY, RECOVERY, demoConfig, demoSandbox } from "../../../src/demo/world.ts"
import { expression, hclText, type HclBlock } from "../../../src/keys/terraform/hcl.ts"
import { systemClock } from "../../../src/runtime/system-clock.ts"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { runDr } from "../../support/run-dr.ts"

/**
 * What `dr keys export --terraform` writes, read by Terraform and the provider itself: keys that are as dr.yaml wants them
 * are adopted without one change. Skipped, and says so, where Terraform or the provider is not installed.
 */
const CONFIG = spawnSync(fileURLToPath(new URL("terraform/cli-config", import.meta.url)), [], { encoding: "utf8" })
if (CONFIG.status !== 0) process.stderr.write(`SKIPPED: Terraform reads what dr exports: ${CONFIG.stderr.trim()}\n`)
const PROGRAM = /^# (.*)$/m.exec(CONFIG.stdout)?.[1] ?? ""

interface Plan {
  readonly resource_changes: ReadonlyArray<{
    readonly address: string
    readonly change: { readonly actions: readonly string[]; readonly importing?: { readonly id: string } }
  }>
}

describe.runIf(CONFIG.status === 0)("Terraform and an export", () => {
  let sandbox: Sandbox
  let folder: string
  let tf: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "dr-export-tf-"))
    tf = join(folder, "tf")
    sandbox = await startSandbox({ ...demoSandbox(), replicaDelayMs: 0 })
    writeFileSync(join(folder, "dr.yaml"), demoConfig(sandbox.endpoint))
    writeFileSync(join(folder, "cli.rc"), CONFIG.stdout)
    const deps = { clock: systemClock, emit: () => undefined, signal: new AbortController().signal }
    const port = (account: string) => rehearsalPort(deps, sandbox.endpoint, account, sandbox.credentialsFor(account))
    await createKeys({ workload: port(ACCOUNTS.workload.id), recovery: port(ACCOUNTS.recovery.id) })
    await dr("keys", "apply", "-e", "demo", "--yes")
    await dr("keys", "export", "-e", "demo", "--terraform", tf)
    writeFileSync(join(tf, "credentials_override.tf"), credentials())
  })
  afterAll(async () => {
    await sandbox.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function dr(...args: string[]): Promise<void> {
    const { accessKeyId, secretAccessKey } = sandbox.credentialsFor(ACCOUNTS.workload.id)
    const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, HOME: folder }
    const { exit, stdout, stderr } = await runDr(args, { cwd: folder, env })
    expect(exit, stdout + stderr).toBe(0)
  }

  /** An export holds none: here each account's administrator, by Terraform's own way of adding to a provider. */
  function credentials(): string {
    const sides = ["workload", "recovery"] as const
    const providers = sides.flatMap((side) =>
      [PRIMARY, RECOVERY].map((region): HclBlock => {
        const { accessKeyId, secretAccessKey } = sandbox.credentialsFor(ACCOUNTS[side].id)
        return {
          type: "provider",
          labels: ["aws"],
          body: [
            ["alias", `${side}_${region.replaceAll("-", "_")}`],
            ["access_key", accessKeyId],
            ["secret_key", secretAccessKey],
            ["skip_metadata_api_check", expression("true")],
          ],
        }
      }),
    )
    return hclText(providers)
  }

  function terraform(...args: string[]): Promise<{ exit: number; stdout: string; told: string }> {
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      TF_CLI_CONFIG_FILE: join(folder, "cli.rc"),
      TF_IN_AUTOMATION: "1",
      CHECKPOINT_DISABLE: "1",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    }
    return new Promise((resolve) => {
      execFile(PROGRAM, args, { cwd: tf, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
        resolve({
          exit: error === null ? 0 : Number(error.code ?? -1),
          stdout,
          told: `${stdout.slice(-8000)}\n${stderr}`,
        }),
      )
    })
  }

  it("is in Terraform's own layout, adopts everything, changes nothing, and is at rest afterwards", async () => {
    expect(await terraform("fmt", "-check", "-diff", "-no-color")).toMatchObject({ exit: 0, stdout: "" })
    const initial = await terraform("init", "-no-color", "-input=false")
    expect(initial.exit, initial.told).toBe(0)
    const planned = await terraform("plan", "-no-color", "-input=false", "-out=plan.bin")
    expect(planned.exit, planned.told).toBe(0)
    expect(planned.stdout).toContain("Plan: 8 to import, 0 to add, 0 to change, 0 to destroy.")
    const { resource_changes: changes } = JSON.parse((await terraform("show", "-json", "plan.bin")).stdout) as Plan
    expect(changes.map(({ change }) => [change.actions, change.importing !== undefined])).toEqual(
      changes.map(() => [["no-op"], true]),
    )
    const applied = await terraform("apply", "-no-color", "-input=false", "plan.bin")
    expect(applied.told).toContain("8 imported, 0 added, 0 changed, 0 destroyed")
    const again = await terraform("plan", "-no-color", "-input=false", "-detailed-exitcode")
    expect(again.exit, again.told).toBe(0)
  }, 300_000)

  it("refuses to destroy a key", async () => {
    const { exit, told } = await terraform("destroy", "-no-color", "-input=false", "-auto-approve")
    expect([exit, told]).toEqual([1, expect.stringContaining("Instance cannot be destroyed")])
  }, 300_000)
})
