import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DeleteRolePolicyCommand, IAMClient } from "@aws-sdk/client-iam"
import { PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { rehearsalPort } from "../../src/aws/rehearsal-port.ts"
import { createKeys, writeData } from "../../src/demo/set-up.ts"
import { ACCOUNTS, DATASETS, PRIMARY, demoConfig, demoSandbox } from "../../src/demo/world.ts"
import { systemClock } from "../../src/runtime/system-clock.ts"
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts"
import { runDr } from "../support/run-dr.ts"

/** `dr policy render` against an AWS that has the rendered policies, and against one that drifted. */
let sandbox: Sandbox
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dr-policies-"))
  sandbox = await startSandbox({ ...demoSandbox(), replicaDelayMs: 0 })
  writeFileSync(join(folder, "dr.yaml"), demoConfig(sandbox.endpoint))
  const deps = { clock: systemClock, emit: () => undefined, signal: new AbortController().signal }
  const port = (account: string) => rehearsalPort(deps, sandbox.endpoint, account, sandbox.credentialsFor(account))
  const administrators = { workload: port(ACCOUNTS.workload.id), recovery: port(ACCOUNTS.recovery.id) }
  const keys = await createKeys(administrators)
  const few = DATASETS.map((dataset) => ({ ...dataset, objects: 1 }))
  await writeData(administrators, keys, deps.signal, few)
})
afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

const admin = (account: string) => ({
  endpoint: sandbox.endpoint,
  region: PRIMARY as string,
  credentials: sandbox.credentialsFor(account),
  ignoreConfiguredEndpointUrls: true,
})
const dr = (...args: string[]) => {
  const { accessKeyId, secretAccessKey } = sandbox.credentialsFor(ACCOUNTS.workload.id)
  const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, HOME: folder }
  return runDr(["policy", ...args, "-e", "demo"], { cwd: folder, env })
}
interface State {
  readonly path: string
  readonly state: string
  readonly absent: readonly string[]
  readonly foreign: readonly string[]
}
async function check(...only: string[]): Promise<{ exit: number | null; policies: readonly State[] }> {
  const { exit, stdout } = await dr("render", "--check", "--json", ...only.flatMap((each) => ["--only", each]))
  return { exit, policies: (JSON.parse(stdout) as { data: { policies: State[] } }).data.policies }
}

describe("dr policy render --check", () => {
  it("finds every policy that it can read as rendered, and says which it cannot", async () => {
    const { exit, policies } = await check()
    expect(policies.filter(({ state }) => state !== "current").map(({ path, state }) => [path, state])).toEqual([
      ["scps/111111111111-dr-protect-keys.json", "unreadable"],
      ["scps/222222222222-dr-protect-keys.json", "unreadable"],
    ])
    expect(policies.length).toBeGreaterThan(25)
    expect(exit).toBe(3)
  })
  it("exits 0 where all that was asked about is there", async () => {
    expect((await check("primary", "replica", "recovery-key")).exit).toBe(0)
  })
  it("tells which statement is gone and which is foreign", async () => {
    const foreign = {
      Sid: "Stranger",
      Effect: "Allow",
      Principal: { AWS: "333333333333" },
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::demo-loki/*",
    }
    await new S3Client({ ...admin(ACCOUNTS.workload.id), forcePathStyle: true }).send(
      new PutBucketPolicyCommand({
        Bucket: "demo-loki",
        Policy: JSON.stringify({ Version: "2012-10-17", Statement: [foreign] }),
      }),
    )
    const { exit, policies } = await check("buckets/demo-loki.json")
    expect(policies).toMatchObject([
      {
        state: "differs",
        absent: ["RecoveryRolesReadObjects", "RecoveryRolesListTheBucket", "OnlyTls"],
        foreign: ["Stranger"],
      },
    ])
    expect(exit).toBe(2)
  })
  it("tells what is missing", async () => {
    await new IAMClient(admin(ACCOUNTS.workload.id)).send(
      new DeleteRolePolicyCommand({ RoleName: "observability-mimir-role", PolicyName: "seeded" }),
    )
    const { exit, policies } = await check("service-role")
    expect(policies.find(({ path }) => path.includes("mimir"))?.state).toBe("missing")
    expect(policies.find(({ path }) => path.includes("tempo"))?.state).toBe("current")
    expect(exit).toBe(2)
  })
})

describe("dr policy render --out", () => {
  it("writes a folder that --policies reads, with the same answers", async () => {
    const out = join(folder, "policies")
    expect((await dr("render", "--out", out)).exit).toBe(0)
    const ask = [
      "check",
      "--as",
      "dr-recovery",
      "--action",
      "kms:DescribeKey",
      "--on",
      "alias/observability-demo@eu-central-1",
    ]
    const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = sandbox.credentialsFor(
      ACCOUNTS.workload.id,
    )
    const env = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, HOME: folder }
    const folderSays = await runDr(["policy", ...ask, "--policies", out, "--json"], { cwd: folder, env })
    expect(folderSays.exit, folderSays.stdout).toBe(0)
    expect((JSON.parse(folderSays.stdout) as { data: { verdict: string } }).data.verdict).toBe("allowed")
  })
  it("overwrites nothing that differs unless told to", async () => {
    const out = join(folder, "again")
    expect((await dr("render", "--out", out, "--only", "primary")).exit).toBe(0)
    writeFileSync(join(out, "keys/observability-demo@eu-central-1.json"), "{}\n")
    const refused = await dr("render", "--out", out, "--only", "primary")
    expect([refused.exit, refused.stderr]).toEqual([64, expect.stringContaining("would overwrite")])
    expect((await dr("render", "--out", out, "--only", "primary", "--force")).exit).toBe(0)
  })
  it("says which templates there are when nothing fits", async () => {
    const { exit, stderr } = await dr("render", "--only", "primry")
    expect([exit, stderr]).toEqual([64, expect.stringContaining("recovery-role")])
  })
})
