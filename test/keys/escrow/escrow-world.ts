import { KMSClient } from "@aws-sdk/client-kms"
import { connectAws } from "../../../src/aws/ports.ts"
import { demoConfig, ACCOUNTS, ALIAS, EXTERNAL_ID, PRIMARY, RECOVERY, ROLES } from "../../../src/demo/world.ts"
import type { FoundConfig } from "../../../src/estate/discover.ts"
import { loadEstate } from "../../../src/estate/load.ts"
import { environmentOf } from "../../../src/estate/topology.ts"
import type { KeyArn, RegionName, RunId } from "../../../src/kernel/brands.ts"
import type { DrEvent, Emit } from "../../../src/kernel/events.ts"
import type { Actors } from "../../../src/keys/actors.ts"
import { estateRoles } from "../../../src/keys/estate-roles.ts"
import type { EscrowKey } from "../../../src/keys/escrow/create.ts"
import type { EscrowDeps, ShareFolder } from "../../../src/keys/escrow/deps.ts"
import type { EscrowRecord } from "../../../src/keys/escrow/set.ts"
import type { KeyAdminPort, NewKey } from "../../../src/keys/ports.ts"
import { escrowScene } from "../../../src/runtime/escrow-table.ts"
import { systemClock } from "../../../src/runtime/system-clock.ts"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { seededRandom } from "../../support/seeded-random.ts"
import { recipientsOf, type Custodian } from "./custodians.ts"

export const CENTRAL = PRIMARY
export const WEST = RECOVERY
export const RUN = "dr-20261124T020004Z-7f3a" as RunId

/** The demo's estate with a key whose material is imported. */
export function escrowConfig(endpoint: string, custodians: readonly Custodian[], expires?: string): string {
  const people = Object.entries(recipientsOf(custodians))
    .map(([name, recipient]) => `${name}: ${recipient}`)
    .join(", ")
  const ends = expires === undefined ? "" : `, expires: ${expires}`
  return demoConfig(endpoint).replace(
    "rotation: { periodDays: 365 }",
    `origin: EXTERNAL\n        escrow: { threshold: 2, custodians: { ${people} }${ends} }`,
  )
}

export interface EscrowWorld {
  readonly sandbox: Sandbox
  readonly config: FoundConfig
  /** `admin` is break-glass, whoever is asked for. */
  readonly actors: Actors
  operator(): Promise<KeyAdminPort>
  readonly key: EscrowKey
  readonly events: DrEvent[]
  /** Deps of one run, with its records in memory. */
  deps(more?: Partial<EscrowDeps>): EscrowDeps & { records: Map<string, EscrowRecord> }
  kms(region: RegionName): KMSClient
  /** As `dr keys apply` leaves it: the primary, PendingImport, behind its alias. */
  makeKey(behindAlias?: boolean): Promise<KeyArn>
  /** Calls to KMS since `from`. */
  calls(from: number): string[]
  close(): Promise<void>
}

/** A sandbox where policies decide, with just the rights that dr renders. */
export async function escrowWorld(custodians: readonly Custodian[], expires?: string): Promise<EscrowWorld> {
  const environmentAt = (endpoint: string) =>
    environmentOf(loadEstate({ path: "dr.yaml", text: escrowConfig(endpoint, custodians, expires) }), "demo")
  const sandbox = await startSandbox({
    accounts: Object.values(ACCOUNTS),
    organization: { id: "o-drdemo12345", managementAccount: ACCOUNTS.management.id },
    roles: estateRoles(environmentAt("http://127.0.0.1:1")),
    replicaDelayMs: 0,
  })
  const text = escrowConfig(sandbox.endpoint, custodians, expires)
  const config = { path: "dr.yaml", text, sha256: "" } as FoundConfig
  const scene = escrowScene(config, "demo")
  const [key] = scene.keys as [EscrowKey]
  const events: DrEvent[] = []
  const emit: Emit = (type, data) => void events.push({ type, data } as unknown as DrEvent)
  const signal = new AbortController().signal
  const aws = await connectAws({
    deps: { clock: systemClock, emit, signal },
    endpoint: sandbox.endpoint,
    region: WEST,
    credentials: async () => sandbox.credentialsFor(ACCOUNTS.workload.id),
  })
  const { workload } = ROLES
  const become = (role: (typeof workload)[keyof typeof workload], more: object = {}) =>
    aws.assumeRole({ from: aws.base, role, region: WEST, sessionName: RUN, externalId: EXTERNAL_ID, ...more })
  const actors: Actors = {
    reader: async () => aws.reader(await become(workload.operator)),
    admin: async () =>
      aws.keyAdmin(
        await become(workload.breakGlass, {
          sourceIdentity: "commander",
          tags: { "dr-plan": "sha256-abc" },
          secondFactor: { device: `arn:aws:iam::${ACCOUNTS.workload.id}:mfa/commander`, code: "123456" },
        }),
      ),
    drill: async (_account, region) => aws.kms(await become(workload.drill, { sourceIdentity: "dr" }), region),
  }
  const random = seededRandom("escrow")
  return {
    sandbox,
    config,
    actors,
    operator,
    key,
    events,
    deps(more = {}) {
      const records = new Map<string, EscrowRecord>()
      const store = {
        list: async () => [...records.values()],
        save: async (record: EscrowRecord) => void records.set(record.set.id, structuredClone(record)),
      }
      return { actors, clock: systemClock, random, emit, signal, run: RUN, store, records, ...more }
    },
    kms: (region) =>
      new KMSClient({
        endpoint: sandbox.endpoint,
        region,
        credentials: sandbox.credentialsFor(ACCOUNTS.workload.id),
        ignoreConfiguredEndpointUrls: true,
      }),
    async makeKey(behindAlias = true) {
      const admin = await actors.admin(key.account, "break-glass")
      const arn = await admin.createKey(CENTRAL, { ...wanted(key, CENTRAL), origin: "EXTERNAL", multiRegion: true })
      if (behindAlias) await (await operator()).createAlias(CENTRAL, ALIAS, arn)
      return arn
    },
    calls: (from) =>
      sandbox.audit
        .slice(from)
        .filter(({ service }) => service === "kms")
        .map(({ operation }) => operation),
    async close() {
      aws.close()
      await sandbox.close()
    },
  }

  async function operator(): Promise<KeyAdminPort> {
    return aws.keyAdmin(await become(workload.operator))
  }
}

const wanted = (key: EscrowKey, region: RegionName): Pick<NewKey, "description" | "policy" | "tags"> =>
  key.replica(region)

/** Files of shares in memory. */
export function memoryFolder(): ShareFolder & { files: Map<string, string> } {
  const files = new Map<string, string>()
  return {
    path: "shares",
    files,
    write: async (name, text) => void files.set(name, text),
    read: async (name) => files.get(name) ?? "",
  }
}
