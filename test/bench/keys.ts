import { fork } from "node:child_process"
import { once } from "node:events"
import { loadavg } from "node:os"
import { performance } from "node:perf_hooks"
import { fileURLToPath } from "node:url"
import {
  CreateAliasCommand,
  CreateKeyCommand,
  EnableKeyRotationCommand,
  KMSClient,
  ReplicateKeyCommand,
} from "@aws-sdk/client-kms"
import { connectInventory } from "../../src/aws/inventory-reader.ts"
import { loadEstate } from "../../src/estate/load.ts"
import { environmentOf } from "../../src/estate/topology.ts"
import { forEachBounded, slots } from "../../src/kernel/concurrency.ts"
import { readersOf } from "../../src/keys/live-readers.ts"
import { liveScope } from "../../src/keys/live-scope.ts"
import { readKeyInventory } from "../../src/keys/status/read-inventory.ts"
import { systemClock } from "../../src/runtime/system-clock.ts"

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
    const fault = async (...faults: object[]): Promise<void> => {
      child.send({ faults })
      await once(child, "message")
    }
    await measure(ready, "no latency")
    await fault({ kind: "delay", ms: 50 })
    await measure(ready, "50 ms per call (bar: <= 15 s)")
    await fault({ kind: "black-hole", region: REGIONS[2] }, { kind: "delay", ms: 50 })
    await measure(ready, `the same, ${REGIONS[2]} black-holed (bar: <= 20 s)`)
    await fault({ kind: "black-hole", region: REGIONS[1] }, { kind: "delay", ms: 50 })
    await measure(ready, `the same, ${REGIONS[1]} (where STS is asked) black-holed (bar: <= 20 s)`)
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

async function measure({ endpoint, each }: Ready, what: string): Promise<void> {
  const started = performance.now()
  const cpu = process.cpuUsage()
  let calls = 0
  const estate = loadEstate({ path: "dr.yaml", text: config(endpoint) })
  const signal = new AbortController().signal
  const inSlot = slots(96)
  let found = 0
  let unread = 0
  await Promise.all(
    ENVIRONMENTS.map(async (name) => {
      const environment = environmentOf(estate, name)
      const port = await connectInventory({
        deps: { clock: systemClock, emit: () => void calls++, signal },
        endpoint,
        region: environment.recoveryRegion,
        otherRegions: [environment.primaryRegion],
        credentials: async () => each[ACCOUNTS[0] as string] as never,
        sessionName: "bench",
      })
      const inventory = await readKeyInventory(readersOf(port, liveScope(estate, environment).accounts), environment, {
        takenAt: "2026-11-24T00:00:00.000Z",
        signal,
        inSlot,
      })
      for (const { places } of inventory.keys)
        for (const place of places) {
          if (place.kind === "found" && place.facts.gaps.length === 0) found++
          if (place.kind === "unread") unread++
        }
      port.close()
    }),
  )
  const took = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  out(
    `${what.padEnd(70)} ${(took / 1000).toFixed(1)} s, ${calls} calls, cpu ${((user + system) / 1e6).toFixed(1)} s, ${found} places read, ${unread} unread, load ${loadavg()[0]?.toFixed(2)}`,
  )
}
