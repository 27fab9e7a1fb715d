import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DeleteObjectCommand, ListObjectsV2Command, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3"
import { IAMClient, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { rehearsalPort } from "../../src/aws/rehearsal-port.ts"
import type { RehearsalPort } from "../../src/demo/ports.ts"
import { breakGlass, createKeys, writeData, type DemoKeys } from "../../src/demo/set-up.ts"
import { ACCOUNTS, DATASETS, RECOVERY, ROLES, SCRATCH, demoConfig, demoSandbox } from "../../src/demo/world.ts"
import type { BucketName } from "../../src/kernel/brands.ts"
import { systemClock } from "../../src/runtime/system-clock.ts"
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts"
import { runDr } from "../support/run-dr.ts"

/** The built `dr` against the sandbox over HTTP: what breaks must be named, and nothing may be left behind. */
let sandbox: Sandbox
let keys: DemoKeys
let folder: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dr-drill-"))
  sandbox = await startSandbox({
    ...demoSandbox(),
    replicaDelayMs: 0,
  })
  writeFileSync(join(folder, "dr.yaml"), demoConfig(sandbox.endpoint))
  const [workload, recovery] = [administrator(ACCOUNTS.workload.id), administrator(ACCOUNTS.recovery.id)]
  keys = await createKeys({ workload, recovery })
  await writeData(
    { workload, recovery },
    keys,
    new AbortController().signal,
    DATASETS.map((dataset) => ({ ...dataset, objects: 16 })),
  )
  workload.close()
  recovery.close()
})
afterEach(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

function administrator(account: string): RehearsalPort {
  const deps = { clock: systemClock, emit: () => undefined, signal: new AbortController().signal }
  return rehearsalPort(deps, sandbox.endpoint, account, sandbox.credentialsFor(account))
}
const admin = (account: string) => ({
  endpoint: sandbox.endpoint,
  region: RECOVERY,
  credentials: sandbox.credentialsFor(account),
  ignoreConfiguredEndpointUrls: true,
})
const recoveryS3 = (): S3Client => new S3Client({ ...admin(ACCOUNTS.recovery.id), forcePathStyle: true })
const env = (): Record<string, string> => {
  const { accessKeyId, secretAccessKey } = sandbox.credentialsFor(ACCOUNTS.workload.id)
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, HOME: folder }
}
const drill = (args: readonly string[] = [], during?: Parameters<typeof runDr>[1]) =>
  runDr(["drill", "run", "loki-sample", "-e", "demo", "--seed", "s", ...args], { cwd: folder, env: env(), ...during })
const record = (): {
  record: { outcome: string; reason?: string; calls: Array<{ requestId?: string }> }
  simulated: boolean
} => {
  const files = readdirSync(join(folder, ".dr/evidence"))
    .filter((name) => name.endsWith(".json"))
    .sort()
  return JSON.parse(readFileSync(join(folder, ".dr/evidence", files.at(-1) ?? ""), "utf8")) as ReturnType<typeof record>
}
async function left(): Promise<number> {
  const page = await recoveryS3().send(new ListObjectVersionsCommand({ Bucket: SCRATCH }))
  return (page.Versions ?? []).length + (page.DeleteMarkers ?? []).length
}

describe("dr drill run", () => {
  it("passes, leaves nothing, and records every request id; the run never satisfies rto check unasked", async () => {
    const result = await drill(["--json"])
    expect(result.exit, result.stderr + result.stdout).toBe(0)
    const envelope = JSON.parse(result.stdout) as {
      ok: boolean
      simulated: boolean
      data: { outcome: string; drills: Array<{ samples: { ok: number; total: number } }> }
    }
    expect(envelope).toMatchObject({ ok: true, simulated: true, data: { outcome: "passed" } })
    expect(envelope.data.drills[0]?.samples).toMatchObject({ ok: 38, total: 38, failed: 0, unknown: 0 })
    expect(await left()).toBe(0)
    expect(record().simulated).toBe(true)
    expect(record().record.calls.length).toBeGreaterThan(100)
    expect(record().record.calls.every((call) => call.requestId !== undefined)).toBe(true)

    const check = (args: string[]) => runDr(["rto", "check", "-e", "demo", ...args], { cwd: folder, env: env() })
    expect((await check([])).exit).toBe(3)
    expect((await check(["--accept-simulated"])).exit).toBe(3) // four more drills are scheduled and have no proof
    const report = await runDr(["rto", "report", "-e", "demo", "-o", "html"], { cwd: folder, env: env() })
    expect(report.stdout).toMatch(/default-src ('|&#39;)none/)
    expect(report.stdout).toContain("SIMULATED")
  })

  it("names the role when the recovery role's trust is gone", async () => {
    const nobody = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${ACCOUNTS.management.id}:root` },
          Action: "sts:AssumeRole",
        },
      ],
    })
    await new IAMClient({ ...admin(ACCOUNTS.recovery.id), region: "us-east-1" }).send(
      new UpdateAssumeRolePolicyCommand({ RoleName: "dr-recovery", PolicyDocument: nobody }),
    )
    const result = await drill()
    expect(result.exit).toBe(77)
    expect(result.stdout).toContain("role/dr-recovery")
    expect(record().record.reason).toContain("role/dr-recovery")
  })

  it("names the key when the recovery key is disabled", async () => {
    const recovery = administrator(ACCOUNTS.recovery.id)
    await (await breakGlass(recovery, "recovery", "rehearse its loss")).disableKey(keys.recovery)
    recovery.close()
    const result = await drill()
    expect(result.exit).toBe(1)
    expect(result.stdout).toContain(keys.recovery)
    expect(record().record.reason).toContain(keys.recovery)
  })

  it("names the object when a recovery copy holds other bytes than its source", async () => {
    const s3 = recoveryS3()
    const listed = await s3.send(
      new ListObjectsV2Command({ Bucket: "demo-loki-recovery", Prefix: "acme/", MaxKeys: 1 }),
    )
    const key = listed.Contents?.[0]?.Key ?? ""
    const workload = administrator(ACCOUNTS.workload.id)
    const sync = await workload.become(ROLES.recovery.sync, {
      sessionName: "sync",
      sourceIdentity: "dr",
      externalId: "dr-demo",
    })
    await sync.putObject(RECOVERY, {
      bucket: "demo-loki-recovery" as BucketName,
      key,
      body: Buffer.from("not what the source holds"),
      keyArn: keys.recovery,
      contentType: "application/octet-stream",
    })
    workload.close()
    const result = await drill()
    expect(result.exit).toBe(1)
    expect(result.stdout).toContain(key)
    expect(record().record.reason).toContain(key)
    expect(await left()).toBe(0)
  })

  it.each(["error", "trailing-newline", "html", "wrong-root", "empty"] as const)(
    "names the object when a copy is answered by 200 and %s",
    async (variant) => {
      sandbox.faults.add({ kind: "error-in-200", service: "s3", operation: "CopyObject", count: 1, variant })
      const result = await drill()
      expect([1, 3]).toContain(result.exit)
      expect(result.stdout).toMatch(/copy of s3:\/\/demo-loki-recovery\//)
      expect(record().record.outcome).toBe("failed")
      expect(await left()).toBe(0)
    },
  )

  it("names the object when its bytes are corrupted on the way", async () => {
    sandbox.faults.add({ kind: "corrupt-body", service: "s3", operation: "GetObject", match: SCRATCH, count: 1 })
    const result = await drill()
    expect([1, 3]).toContain(result.exit)
    expect(result.stdout).toMatch(/verify of s3:\/\/demo-loki/)
  })

  it("fails on an empty dataset", async () => {
    const s3 = recoveryS3()
    const listed = await s3.send(new ListObjectsV2Command({ Bucket: "demo-loki-recovery" }))
    for (const { Key } of listed.Contents ?? [])
      await s3.send(new DeleteObjectCommand({ Bucket: "demo-loki-recovery", Key }))
    const result = await drill()
    expect(result.exit).toBe(1)
    expect(result.stdout).toContain("s3://demo-loki-recovery/")
  })

  it("rides out throttling, resets and server errors", async () => {
    sandbox.faults.add({ kind: "throttle", probability: 0.05 })
    sandbox.faults.add({
      kind: "error",
      status: 500,
      code: "InternalError",
      service: "s3",
      probability: 0.05,
      operation: "HeadObject",
    })
    const result = await drill()
    expect(result.exit, result.stdout).toBe(0)
  })

  it.each(["SIGINT", "SIGTERM"] as const)(
    "cleans up after %s in the method phase and exits as the signal says",
    async (signal) => {
      sandbox.faults.add({ kind: "delay", service: "s3", operation: "CopyObject", ms: 150 })
      const copies = (): number => sandbox.audit.filter((entry) => entry.operation === "CopyObject").length
      const before = copies()
      const result = await drill([], {
        cwd: folder,
        env: env(),
        during: (child) => {
          const stop = setInterval(() => {
            if (copies() <= before) return
            clearInterval(stop)
            child.kill(signal)
          }, 5)
          child.on("close", () => clearInterval(stop))
        },
      })
      expect(result.exit, result.stderr).toBe(signal === "SIGINT" ? 130 : 143)
      expect(await left()).toBe(0)
      expect(record().record.outcome).toBe("interrupted")
    },
  )
})
