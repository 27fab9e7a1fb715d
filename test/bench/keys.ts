import { fork, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { fileURLToPath } from "node:url"
import {
  CreateAliasCommand,
  CreateKeyCommand,
  EnableKeyRotationCommand,
  KMSClient,
  ReplicateKeyCommand,
} from "@aws-sdk/client-kms"
import { forEachBounded } from "../../src/kernel/concurrency.ts"

const REGIONS = ["eu-central-1", "eu-west-1", "eu-north-1", "eu-south-1"]
const ENVIRONMENTS = ["prod", "stage", "test"]
const KEYS = 500
const out = (line: string): void => void process.stdout.write(`${line}\n`)

interface Made {
  readonly env: string
  readonly name: string
  readonly account: string
  readonly alias: string
}

const accountOf = (env: string, side: "workload" | "recovery"): string =>
  String(100000000001 + ENVIRONMENTS.indexOf(env) * 2 + (side === "recovery" ? 1 : 0))

/** 500 keys in 4 Regions: half of them workload keys, half recovery keys, in three environments of two accounts. */
function wanted(): Made[] {
  return Array.from({ length: KEYS / 2 }, (_, at) => {
    const env = ENVIRONMENTS[at % ENVIRONMENTS.length] as string
    const name = `key-${at}`
    return [
      { env, name, account: accountOf(env, "workload"), alias: `alias/${name}` },
      { env, name, account: accountOf(env, "recovery"), alias: `alias/${name}-recovery` },
    ]
  }).flat()
}

const roleOf = (account: string): string => `arn:aws:iam::${account}:role/key-operator`
const ACCOUNTS = ENVIRONMENTS.flatMap((env) => [accountOf(env, "workload"), accountOf(env, "recovery")])

function config(endpoint: string): string {
  const accounts = ACCOUNTS.map(
    (id) => `  a${id}: { id: "${id}", roles: { operator: ${roleOf(id)}, drill: ${roleOf(id)} } }`,
  )
  const environments = ENVIRONMENTS.map(
    (env) => `  ${env}:
    account: a${accountOf(env, "workload")}
    recoveryAccount: a${accountOf(env, "recovery")}
    primaryRegion: ${REGIONS[0]}
    recoveryRegion: ${REGIONS[1]}
    endpoint: ${endpoint}
    scratch: { bucket: ${env}-scratch }
    datasets: {}
    keys:
${wanted()
  .filter((key) => key.env === env && !key.alias.endsWith("-recovery"))
  .map(
    ({ name, alias }) =>
      `      ${name}: { alias: ${alias}, policy: seed-default, replicas: [${REGIONS.slice(1).join(", ")}], recovery: { alias: ${alias}-recovery, regions: [${REGIONS.join(", ")}] } }`,
  )
  .join("\n")}`,
  )
  return `version: 1\naccounts:\n${accounts.join("\n")}\nenvironments:\n${environments.join("\n")}\n`
}

/** `dr keys status` of 500 keys in 4 Regions and 6 accounts, at 50 ms per call, and with one Region black-holed. */
export async function keysBench(): Promise<void> {
  const everything = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNTS[0]}:root` }, Action: "sts:*" }],
  }
  const options = {
    accounts: ACCOUNTS.map((id) => ({ id, name: `a${id}` })),
    roles: ACCOUNTS.map((id) => ({ arn: roleOf(id), trust, policy: everything })),
    replicaDelayMs: 0,
  }
  const child = fork(fileURLToPath(new URL("sandbox-process.mjs", import.meta.url)), [JSON.stringify(options)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    execArgv: [],
  })
  try {
    const [ready] = (await once(child, "message")) as [Ready]
    out(
      `keys: Node ${process.version}, load ${loadavg()[0]?.toFixed(2)}, ${KEYS} keys x ${REGIONS.length} Regions, ${ACCOUNTS.length} accounts`,
    )
    await make(ready)
    const folder = mkdtempSync(join(tmpdir(), "dr-bench-keys-"))
    const fault = async (...faults: object[]): Promise<void> => {
      child.send({ faults })
      await once(child, "message")
    }
    await measure(ready, folder, "no latency")
    await measure(ready, folder, "--offline, from the snapshot", "--offline")
    await fault({ kind: "delay", ms: 50 })
    await measure(ready, folder, "50 ms per call (bar: <= 15 s)")
    await fault({ kind: "black-hole", region: REGIONS[2] }, { kind: "delay", ms: 50 })
    await measure(ready, folder, `the same, ${REGIONS[2]} black-holed (bar: <= 20 s)`)
    await fault({ kind: "black-hole", region: REGIONS[1] }, { kind: "delay", ms: 50 })
    await measure(ready, folder, `the same, ${REGIONS[1]} (where STS is asked) black-holed (bar: <= 20 s)`)
    rmSync(folder, { recursive: true })
  } finally {
    child.kill()
  }
}

interface Ready {
  readonly endpoint: string
  readonly each: Readonly<Record<string, { accessKeyId: string; secretAccessKey: string }>>
}

async function make({ endpoint, each }: Ready): Promise<void> {
  const clients = new Map<string, KMSClient>()
  const kms = (account: string, region: string): KMSClient => {
    const at = `${account} ${region}`
    const client = clients.get(at) ?? new KMSClient({ endpoint, region, credentials: each[account] as never })
    clients.set(at, client)
    return client
  }
  await forEachBounded(wanted(), 16, async ({ account, alias }) => {
    const [first = "", ...others] = REGIONS
    const { KeyMetadata } = await kms(account, first).send(new CreateKeyCommand({ MultiRegion: true }))
    const KeyId = KeyMetadata?.KeyId ?? ""
    await kms(account, first).send(new EnableKeyRotationCommand({ KeyId }))
    for (const ReplicaRegion of others)
      await kms(account, first).send(new ReplicateKeyCommand({ KeyId, ReplicaRegion }))
    for (const region of REGIONS)
      await kms(account, region).send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyId }))
  })
}

interface Told {
  readonly data: {
    readonly environments: ReadonlyArray<{
      readonly keys: ReadonlyArray<{
        readonly places: ReadonlyArray<{
          readonly found: string
          readonly gaps: readonly object[]
          readonly last?: object
        }>
      }>
    }>
  }
}

/** The built program, start-up, judging, snapshot and printing included. */
async function measure({ endpoint, each }: Ready, folder: string, what: string, ...more: string[]): Promise<void> {
  writeFileSync(join(folder, "dr.yaml"), config(endpoint))
  const { accessKeyId, secretAccessKey } = each[ACCOUNTS[0] as string] ?? { accessKeyId: "", secretAccessKey: "" }
  const started = performance.now()
  const main = fileURLToPath(new URL("../../dist/src/main.js", import.meta.url))
  const child = spawn(process.execPath, [main, "keys", "status", "--json", ...more], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
    stdio: ["ignore", "pipe", "ignore"],
  })
  let text = ""
  child.stdout.on("data", (chunk: Buffer) => void (text += chunk.toString("utf8")))
  await once(child, "close")
  const took = performance.now() - started
  const places = (JSON.parse(text) as Told).data.environments.flatMap(({ keys }) => keys.flatMap((key) => key.places))
  const whole = places.filter(({ found, gaps }) => found === "found" && gaps.length === 0).length
  const unread = places.filter(({ found }) => found === "unread")
  out(
    `${what.padEnd(70)} ${(took / 1000).toFixed(1)} s, ${whole} places read, ${unread.length} unread, ${unread.filter(({ last }) => last !== undefined).length} of them from the snapshot, load ${loadavg()[0]?.toFixed(2)}`,
  )
}
