import {
  CreateAliasCommand,
  CreateKeyCommand,
  EnableKeyRotationCommand,
  KMSClient,
  ReplicateKeyCommand,
} from "@aws-sdk/client-kms"
import { connectInventory, type InventoryReaderOptions } from "../../../src/aws/inventory-reader.ts"
import { loadEstate } from "../../../src/estate/load.ts"
import { environmentOf, type ResolvedEnvironment } from "../../../src/estate/topology.ts"
import type { RegionName } from "../../../src/kernel/brands.ts"
import type { Patience } from "../../../src/aws/call.ts"
import type { Clock } from "../../../src/kernel/clock.ts"
import { readersOf } from "../../../src/keys/live-readers.ts"
import { liveScope } from "../../../src/keys/live-scope.ts"
import { tagsFor, type KeyInventory, type KeyPlace } from "../../../src/keys/status/key-inventory.ts"
import { readKeyInventory, type KeyReading } from "../../../src/keys/status/read-inventory.ts"
import { systemClock } from "../../../src/runtime/system-clock.ts"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"

export const WORKLOAD = "111111111111"
export const RECOVERY = "222222222222"
export const [CENTRAL, WEST, NORTH] = ["eu-central-1", "eu-west-1", "eu-north-1"] as RegionName[] as [
  RegionName,
  RegionName,
  RegionName,
]

export const trustingRoot = (account: string): object => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "sts:*" }],
})
export const rootPolicy = (account: string, ...more: object[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "kms:*", Resource: "*" },
      ...more,
    ],
  })

const roleOf = (account: string, name: string): string => `arn:aws:iam::${account}:role/${name}`
export const operatorOf = (account: string): string => roleOf(account, "key-operator")

/** Two accounts; the operator of the recovery account may look at everything. Small pages. */
export const keySandbox = (pageSize = 2): Promise<Sandbox> =>
  startSandbox({
    accounts: [
      { id: WORKLOAD, name: "prod" },
      { id: RECOVERY, name: "recovery" },
    ],
    roles: [
      {
        arn: operatorOf(RECOVERY),
        trust: trustingRoot(WORKLOAD),
        policy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "kms:*", Resource: "*" }] },
      },
    ],
    replicaDelayMs: 0,
    pageSize,
  })

export const keyConfig = (endpoint: string): string => `version: 1
accounts:
  prod: { id: "${WORKLOAD}", roles: { drill: ${roleOf(WORKLOAD, "drill")}, breakGlass: ${roleOf(WORKLOAD, "glass")} } }
  recovery:
    id: "${RECOVERY}"
    roles:
      operator: ${operatorOf(RECOVERY)}
      drill: ${roleOf(RECOVERY, "drill")}
      breakGlass: ${roleOf(RECOVERY, "glass")}
environments:
  prod:
    account: prod
    recoveryAccount: recovery
    primaryRegion: ${CENTRAL}
    recoveryRegion: ${WEST}
    endpoint: ${endpoint}
    scratch: { bucket: prod-scratch }
    keys:
      observability:
        alias: alias/observability
        replicas: [${WEST}, ${NORTH}]
        rotation: { periodDays: 365 }
        policy: seed-default
        recovery: { alias: alias/observability-recovery, regions: [${WEST}, ${CENTRAL}] }
      state:
        alias: alias/state
        multiRegion: false
        policy: seed-default
        recovery: { alias: alias/state-recovery, regions: [${WEST}] }
    datasets:
      loki: { kind: loki, bucket: prod-loki, key: observability, recoveryBucket: prod-loki-recovery }
`

export const keyEnvironment = (endpoint: string): ResolvedEnvironment =>
  environmentOf(loadEstate({ path: "dr.yaml", text: keyConfig(endpoint) }), "prod")

export const kmsIn = (sandbox: Sandbox, account: string, region: string): KMSClient =>
  new KMSClient({
    endpoint: sandbox.endpoint,
    region,
    credentials: sandbox.credentialsFor(account),
    ignoreConfiguredEndpointUrls: true,
  })

export interface MadeKey {
  readonly account: string
  readonly side: "workload" | "recovery"
  readonly name: string
  readonly alias?: string
  readonly regions: readonly [string, ...string[]]
  readonly multiRegion?: boolean
}

/** The key, its replicas, aliases and tags, as the account itself. Resolves to the primary's ARN. */
export async function makeKey(sandbox: Sandbox, key: MadeKey): Promise<string> {
  const { account, alias, name, side } = key
  const [first, ...others] = key.regions
  const Tags = Object.entries(tagsFor("prod", { name, side })).map(([TagKey, TagValue]) => ({ TagKey, TagValue }))
  const kms = kmsIn(sandbox, account, first)
  const Policy = rootPolicy(account)
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({ MultiRegion: key.multiRegion ?? true, Policy, Tags, Description: `${name} key` }),
  )
  const arn = KeyMetadata?.Arn ?? ""
  await kms.send(new EnableKeyRotationCommand({ KeyId: arn, RotationPeriodInDays: 365 }))
  for (const ReplicaRegion of others)
    await kms.send(new ReplicateKeyCommand({ KeyId: arn, ReplicaRegion, Policy, Tags }))
  if (alias !== undefined)
    for (const region of key.regions)
      await kmsIn(sandbox, account, region).send(
        new CreateAliasCommand({ AliasName: alias, TargetKeyId: arn.slice(arn.lastIndexOf("/") + 1) }),
      )
  return arn
}

/** Retries without their pauses. */
const clock: Clock = { ...systemClock, sleep: async () => undefined }

export async function readKeys(
  sandbox: Sandbox,
  more: Partial<KeyReading> & Partial<InventoryReaderOptions> & { readonly patience?: Patience } = {},
): Promise<KeyInventory> {
  const signal = new AbortController().signal
  const estate = loadEstate({ path: "dr.yaml", text: keyConfig(sandbox.endpoint) })
  const environment = environmentOf(estate, "prod")
  const port = await connectInventory({
    deps: { clock, emit: () => undefined, signal, ...(more.patience === undefined ? {} : { patience: more.patience }) },
    endpoint: sandbox.endpoint,
    region: WEST,
    credentials: async () => sandbox.credentialsFor(WORKLOAD),
    sessionName: "test",
    ...more,
  })
  try {
    const readerFor = readersOf(port, liveScope(estate, environment).accounts)
    return await readKeyInventory(readerFor, environment, { takenAt: "2026-11-24T00:00:00.000Z", signal, ...more })
  } finally {
    port.close()
  }
}

export const inRegion = (arn: string, region: string): string => arn.replace(/:kms:[^:]+:/, `:kms:${region}:`)

/** `found PRIMARY eu-central-1` */
export const told = (place: KeyPlace): string =>
  [place.kind, place.region, place.kind === "found" ? (place.facts.multiRegionType ?? "SINGLE") : ""].join(" ").trim()
