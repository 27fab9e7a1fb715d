import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { S3Client } from "@aws-sdk/client-s3"
import { rehearsalPort } from "../../../src/aws/rehearsal-port.ts"
import { createKeys, writeData } from "../../../src/demo/set-up.ts"
import { ACCOUNTS, DATASETS, PRIMARY, RECOVERY, demoConfig, demoSandbox } from "../../../src/demo/world.ts"
import { systemClock } from "../../../src/runtime/system-clock.ts"
import { startSandbox, type Sandbox, type SandboxOptions } from "../../../src/sandbox/index.ts"
import { runDr, type SpawnOptions } from "../../support/run-dr.ts"
import type { Outcome } from "../../support/run-command.ts"

export const SOURCE = "demo-loki"
export const TARGET = "demo-loki-recovery"

/** The demo's AWS with one dataset, and the built `dr` in a folder of its own. */
export interface RestoreEstate {
  readonly sandbox: Sandbox
  readonly folder: string
  /** As the owner of the bucket in the workload, and in the recovery account. */
  readonly workload: S3Client
  readonly recovery: S3Client
  dr(args: readonly string[], options?: Pick<SpawnOptions, "during" | "env">): Promise<Outcome>
  /** Plans a restore of the dataset to `prefix` of the recovery bucket into `name`. */
  plan(name: string, prefix: string, ...more: string[]): Promise<Outcome>
  close(): Promise<void>
}

export async function restoreEstate(objects: number, options: Partial<SandboxOptions> = {}): Promise<RestoreEstate> {
  const folder = mkdtempSync(join(tmpdir(), "dr-restore-"))
  const sandbox = await startSandbox({ ...demoSandbox(), replicaDelayMs: 0, ...options })
  writeFileSync(join(folder, "dr.yaml"), demoConfig(sandbox.endpoint))
  const deps = { clock: systemClock, emit: () => undefined, signal: new AbortController().signal }
  const port = (account: string) => rehearsalPort(deps, sandbox.endpoint, account, sandbox.credentialsFor(account))
  const administrators = { workload: port(ACCOUNTS.workload.id), recovery: port(ACCOUNTS.recovery.id) }
  const keys = await createKeys(administrators)
  const loki = DATASETS.filter(({ kind }) => kind === "loki").map((dataset) => ({ ...dataset, objects }))
  await writeData(administrators, keys, deps.signal, loki)
  const client = (account: string, region: string): S3Client =>
    new S3Client({
      endpoint: sandbox.endpoint,
      region,
      credentials: sandbox.credentialsFor(account),
      forcePathStyle: true,
      ignoreConfiguredEndpointUrls: true,
    })
  const workload = client(ACCOUNTS.workload.id, PRIMARY)
  const recovery = client(ACCOUNTS.recovery.id, RECOVERY)
  const { accessKeyId, secretAccessKey } = sandbox.credentialsFor(ACCOUNTS.workload.id)
  const own = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, HOME: folder }
  const dr: RestoreEstate["dr"] = (args, { during, env = {} } = {}) =>
    runDr(args, { cwd: folder, env: { ...own, ...env }, ...(during === undefined ? {} : { during }) })
  return {
    sandbox,
    folder,
    workload,
    recovery,
    dr,
    plan: (name, prefix, ...more) =>
      dr([
        "restore",
        "plan",
        "-e",
        "demo",
        "--from",
        "loki",
        "--to",
        `s3://${TARGET}/${prefix}`,
        "--out",
        name,
        "-q",
        ...more,
      ]),
    async close() {
      workload.destroy()
      recovery.destroy()
      await sandbox.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
