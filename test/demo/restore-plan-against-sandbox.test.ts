import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
} from "@aws-sdk/client-kms"
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import RestorePlanCommand from "../../commands/restore/plan.ts"
import { rehearsalPort } from "../../src/aws/rehearsal-port.ts"
import type { RehearsalPort } from "../../src/demo/ports.ts"
import { createKeys, writeData } from "../../src/demo/set-up.ts"
import { ACCOUNTS, DATASETS, demoConfig, demoSandbox, PRIMARY, ROLES } from "../../src/demo/world.ts"
import { openManifest } from "../../src/restore/manifest/read-manifest.ts"
import { openRestorePlan } from "../../src/restore/plan/plan-file.ts"
import type { RestorePlan } from "../../src/restore/plan/restore-plan.ts"
import { runFiles } from "../../src/runtime/run-files.ts"
import { systemClock } from "../../src/runtime/system-clock.ts"
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts"
import { runCommand, type Outcome } from "../support/run-command.ts"
import { runDr } from "../support/run-dr.ts"
import { tempFolder } from "../support/temp-folder.ts"

/** `dr restore plan` on a whole estate over HTTP: what it says, what it refuses, and what it leaves on the disk. */
let sandbox: Sandbox
let s3: S3Client
let kms: KMSClient
let [oldKey, newKey] = ["", ""]
let config: string
let folder: string

beforeAll(async () => {
  sandbox = await startSandbox({ ...demoSandbox(), replicaDelayMs: 0 })
  const [workload, recovery] = [administrator(ACCOUNTS.workload.id), administrator(ACCOUNTS.recovery.id)]
  const keys = await createKeys({ workload, recovery })
  const loki = DATASETS.filter(({ kind }) => kind === "loki")
  await writeData(
    { workload, recovery },
    keys,
    new AbortController().signal,
    loki.map((each) => ({ ...each, objects: 9 })),
  )
  workload.close()
  recovery.close()
  s3 = new S3Client({ ...own(), forcePathStyle: true })
  kms = new KMSClient(own())
  oldKey = await keyNamed("alias/extra")
  newKey = await keyNamed("alias/extra-new")
  await bucketOf("demo-extra")
  await bucketOf("demo-empty")
  for (const Body of ["first", "second"]) await put("a", Body)
  await put("b", "gone")
  await s3.send(new DeleteObjectCommand({ Bucket: "demo-extra", Key: "b" }))
  await s3.send(new PutObjectCommand({ Bucket: "demo-extra", Key: "old/frozen", Body: "x", StorageClass: "GLACIER" }))
  config = demoConfig(sandbox.endpoint).replace("    datasets:\n", `${EXTRA_KEY}    datasets:\n${EXTRA_DATASETS}`)
})
afterAll(async () => {
  s3.destroy()
  kms.destroy()
  await sandbox.close()
})
beforeEach(() => {
  folder = tempFolder()
  writeFileSync(join(folder, "dr.yaml"), config)
  for (const [name, value] of Object.entries(env())) vi.stubEnv(name, value)
})
afterEach(() => {
  vi.unstubAllEnvs()
  sandbox.faults.clear()
})

const EXTRA_KEY = `      extra: { alias: alias/extra, multiRegion: false, recovery: { alias: alias/extra-recovery, regions: [eu-west-1] } }
`
const EXTRA_DATASETS = `      extra: { kind: tempo, bucket: demo-extra, key: extra, recoveryBucket: demo-extra-recovery, priority: 7 }
      empty: { kind: tempo, bucket: demo-empty, key: extra, recoveryBucket: demo-empty-recovery, priority: 8 }
`

function administrator(account: string): RehearsalPort {
  const deps = { clock: systemClock, emit: () => undefined, signal: new AbortController().signal }
  return rehearsalPort(deps, sandbox.endpoint, account, sandbox.credentialsFor(account))
}
const own = () => ({
  endpoint: sandbox.endpoint,
  region: PRIMARY,
  credentials: sandbox.credentialsFor(ACCOUNTS.workload.id),
  ignoreConfiguredEndpointUrls: true,
})
const env = (): Record<string, string> => {
  const { accessKeyId, secretAccessKey } = sandbox.credentialsFor(ACCOUNTS.workload.id)
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
}

async function keyNamed(AliasName: string): Promise<string> {
  const TargetKeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? ""
  await kms.send(new CreateAliasCommand({ AliasName, TargetKeyId }))
  return TargetKeyId
}

async function bucketOf(Bucket: string): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } }))
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }))
}

const put = (Key: string, Body: string) =>
  s3.send(
    new PutObjectCommand({ Bucket: "demo-extra", Key, Body, ServerSideEncryption: "aws:kms", SSEKMSKeyId: oldKey }),
  )

const plan = (...args: string[]): Promise<Outcome> =>
  runCommand(RestorePlanCommand, ["--config", join(folder, "dr.yaml"), "--quiet", "-e", "demo", ...args])

const written = (name = "p.json"): RestorePlan =>
  openRestorePlan(name, JSON.parse(readFileSync(join(folder, name), "utf8")))

/** Names below the folder but dr.yaml. */
const left = (): string[] =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name !== "dr.yaml")
    .toSorted()

/** The key of every object in the manifest of a part, in order, with a `-` for markers. */
async function listed({ manifest }: RestorePlan["parts"][number]): Promise<string[]> {
  const frozen = await openManifest(runFiles(folder), manifest)
  const found: string[] = []
  for (const range of frozen.ranges)
    for await (const { objects } of frozen.pagesOf(range))
      found.push(...objects.map(({ key, deleteMarker }) => `${deleteMarker ? "-" : ""}${key}`))
  return found
}

describe("dr restore plan", () => {
  it("plans the recovery copy as the sync role, without a flag, and writes nothing but the plan", async () => {
    const { exit, stdout, stderr } = await plan("--from", "loki", "--out", join(folder, "p.json"))
    expect([exit, stderr]).toEqual([0, expect.stringContaining("nobody may read s3:GetBucketVersioning")])
    const made = written()
    const [part] = made.parts
    expect(made).toMatchObject({ env: "demo", simulated: true, verify: "answer" })
    expect([made.parts.length, part?.operation, part?.role, part?.aim.destination.bucket]).toEqual([
      1,
      "copy",
      ROLES.recovery.sync,
      "demo-loki-recovery",
    ])
    expect(part?.counts).toMatchObject({ objects: 12, inspected: 12, deleteMarkers: 0 })
    expect(left()).toEqual([part?.manifest.file, "p.json"])
    expect(stdout).toContain("1. loki: copy, current versions")
    expect(stdout).toContain(`next: dr restore run ${join(folder, "p.json")}`)
  })

  it("plans every version in place under another key of the account, as oneself", async () => {
    const to = ["--to", "in-place", "--key", "alias/extra-new", "--inspect", "all"]
    const { exit, stdout } = await plan("--from", "extra", ...to, "--json")
    const { data } = JSON.parse(stdout) as { data: RestorePlan & { path: string } }
    expect(exit, stdout).toBe(0) // also what is archived
    expect(data.parts[0]).toMatchObject({
      operation: "rekey",
      mode: { kind: "all" },
      aim: { keyArn: newKey },
      counts: { objects: 4, deleteMarkers: 0, noncurrent: 2, inspected: 4 },
    })
    expect(data.path).toMatch(/restore-plans\/dr-[^/]+\/plan\.json$/)
    expect(existsSync(data.path)).toBe(true)
  })

  it("refuses by name what a copy cannot carry, and exits 3", async () => {
    const to = ["--to", "s3://demo-empty/back/", "--key", "alias/extra-new"]
    const { exit, stdout } = await plan("--from", "extra", ...to, "--mode", "all", "--out", join(folder, "p.json"))
    expect(exit).toBe(3)
    const [part] = written().parts
    expect(part?.refused).toEqual([{ why: "NEEDS_THAW", objects: 1, estimated: false, examples: ["old/frozen"] }])
    expect(part === undefined ? [] : await listed(part)).toEqual(["a", "a", "b", "-b", "old/frozen"])
    expect(stdout).toContain("✕ NEEDS_THAW: 1 (counted) of extra\n      old/frozen")
  })

  it.each<[string, number, string, string[]]>([
    ["an empty prefix", 1, "E_NOTHING_TO_RESTORE", ["--from", "empty", "--to", "in-place", "--key", "alias/extra-new"]],
    ["a dataset that is not there", 64, "E_NO_SOURCE", ["--from", "lokki"]],
    ["half a URI", 64, "E_USAGE", ["--from", "s3:/demo-loki/"]],
    ["half a URI to go to", 64, "E_USAGE", ["--from", "loki", "--to", "s3:/demo-loki/"]],
    ["nobody to restore in place", 77, "E_INSPECT", ["--from", "loki", "--to", "in-place", "--key", "alias/extra-new"]],
    ["a bucket of nobody", 77, "E_RESTORE_BLOCKED", ["--from", "extra"]],
    ["a role of a strange account", 64, "E_USAGE", ["--from", "loki", "--role", "arn:aws:iam::444444444444:role/x"]],
    [
      "a role that nobody may assume",
      77,
      "E_ASSUME_ROLE",
      ["--from", "loki", "--role", "arn:aws:iam::222222222222:role/x"],
    ],
  ])("says no to %s and leaves nothing", async (_what, exit, code, args) => {
    const result = await plan(...args, "--json")
    expect([result.exit, (JSON.parse(result.stdout) as { error: { code: string } }).error.code]).toEqual([exit, code])
    expect(left().filter((name) => name.endsWith(".json") || name.includes("dr-"))).toEqual([])
  })

  it("plans nothing where that is said to be right", async () => {
    const to = ["--to", "in-place", "--key", "alias/extra-new", "--allow-empty"]
    const { exit } = await plan("--from", "empty", ...to, "--out", join(folder, "p.json"))
    expect([exit, written().parts[0]?.counts.objects]).toEqual([0, 0])
  })

  it("names the source's key when it is disabled: nothing can be read through it", async () => {
    await kms.send(new DisableKeyCommand({ KeyId: oldKey }))
    try {
      const { exit, stderr } = await plan("--from", "extra", "--to", "in-place", "--key", "alias/extra-new")
      expect(exit).toBe(3)
      expect(stderr).toContain(`the source's key ${oldKey} is Disabled`)
    } finally {
      await kms.send(new EnableKeyCommand({ KeyId: oldKey }))
    }
  })

  it("finds out before it lists where nothing can be written", async () => {
    mkdirSync(join(folder, "d"))
    symlinkSync("/dev/null", join(folder, "null"))
    for (const out of ["gone/p.json", "d", "null"]) {
      const { exit, stderr } = await plan("--from", "loki", "--out", join(folder, out))
      expect([exit, stderr]).toEqual([64, expect.stringContaining("cannot write --out")])
    }
    expect(left()).toEqual(["d", "null"])
  })

  it("leaves nothing half-written on Ctrl-C, and an older plan as it was", async () => {
    writeFileSync(join(folder, "p.json"), "older")
    sandbox.faults.add({ kind: "throttle", service: "s3", operation: "HeadObject" })
    const { exit, stderr } = await runDr(["restore", "plan", "-e", "demo", "--from", "loki", "--out", "p.json"], {
      cwd: folder,
      env: { ...env(), HOME: folder },
      during: (child) => {
        const timer = setInterval(() => {
          if (left().some((name) => name.endsWith(".manifest"))) child.kill("SIGINT")
        }, 5)
        child.on("close", () => clearInterval(timer))
      },
    })
    expect(exit, stderr).toBe(130)
    expect(left()).toEqual(["p.json"])
    expect(readFileSync(join(folder, "p.json"), "utf8")).toBe("older")
  })
})
