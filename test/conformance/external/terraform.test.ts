import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

/**
 * Terraform's own provider against `dr sandbox up`: what is applied must read back equal, or the next plan is not
 * empty. Takes minutes, most of them the provider's own waiting; skipped, and says so, where it is not installed.
 */
const RUN = fileURLToPath(new URL("terraform/run", import.meta.url))
/** Its exit code where something is not installed. */
const MISSING = 3
const ROOT = fileURLToPath(new URL("../../..", import.meta.url))

function canRun(): boolean {
  const { status, stderr } = spawnSync(RUN, [], { encoding: "utf8" })
  if (status === 0) return true
  process.stderr.write(`SKIPPED: Terraform against the sandbox: ${stderr.trim()}\n`)
  return false
}

interface Ended {
  readonly exit: number
  readonly told: string
}

function terraform(endpoint: string): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(RUN, [endpoint], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
      resolve({ exit: error === null ? 0 : Number(error.code ?? -1), told: `${stdout.slice(-8000)}\n${stderr}` }),
    )
  })
}

interface Audit {
  readonly entries: ReadonlyArray<{ readonly service: string; readonly operation: string; readonly status: number }>
  readonly counts: Readonly<Record<string, number>>
}

describe.runIf(canRun())("Terraform", () => {
  let sandbox: ChildProcess
  let endpoint = ""
  beforeAll(async () => {
    sandbox = spawn(process.execPath, ["--import", "tsx", "src/dev.ts", "sandbox", "up"], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
    })
    let told = ""
    endpoint = await new Promise((resolve, reject) => {
      sandbox.once("close", () => reject(new Error(`the sandbox ended: ${told}`)))
      sandbox.stdout?.on("data", (chunk: Buffer) => {
        told += chunk.toString()
        const found = /AWS_ENDPOINT_URL=(\S+)\n/.exec(told)?.[1]
        if (found !== undefined) resolve(found)
      })
    })
  })
  afterAll(async () => {
    const closed = once(sandbox, "close")
    sandbox.kill("SIGTERM")
    await closed
  })

  it("applies, finds nothing to change, changes in place, finds nothing again, and destroys", async ({ skip }) => {
    const { exit, told } = await terraform(endpoint)
    if (exit === MISSING) {
      process.stderr.write(`SKIPPED: Terraform against the sandbox: ${told.trim()}\n`)
      skip()
    }
    expect(exit, told).toBe(0)
    expect(told).toMatch(/Destroy complete! Resources: 21 destroyed\.\n== done/)
    // Nothing was asked for that is not built, nothing broke, and every resource was really there.
    const { entries, counts } = (await (await fetch(`${endpoint}/_dr/audit?limit=50000`)).json()) as Audit
    expect(entries.filter(({ status }) => status >= 500)).toEqual([])
    const resources = `kms:CreateKey kms:UntagResource kms:ReplicateKey kms:CreateAlias kms:CreateGrant kms:ImportKeyMaterial
      s3:CreateBucket s3:PutBucketEncryption s3:PutBucketVersioning s3:PutPublicAccessBlock
      s3:PutBucketOwnershipControls s3:PutBucketPolicy iam:CreateRole iam:PutRolePolicy iam:CreatePolicy
      iam:AttachRolePolicy organizations:EnablePolicyType organizations:CreatePolicy organizations:AttachPolicy`
    expect(resources.split(/\s+/).filter((each) => counts[each] === undefined)).toEqual([])
  }, 1_200_000)
})
