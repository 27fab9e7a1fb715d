import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  S3Client,
} from "@aws-sdk/client-s3"
import { KMSClient, ListKeysCommand, ListResourceTagsCommand } from "@aws-sdk/client-kms"
import { connectAws, type AllPorts } from "../../../src/aws/ports.ts"
import { rehearsalPort } from "../../../src/aws/rehearsal-port.ts"
import { createKeys, writeData, type DemoKeys } from "../../../src/demo/set-up.ts"
import {
  ACCOUNTS,
  DATASETS,
  EXTERNAL_ID,
  PRIMARY,
  RECOVERY,
  ROLES,
  demoConfig,
  demoSandbox,
  type DemoDataset,
} from "../../../src/demo/world.ts"
import { loadEstate } from "../../../src/estate/load.ts"
import { environmentOf } from "../../../src/estate/topology.ts"
import type { AccountId, KeyArn, RegionName } from "../../../src/kernel/brands.ts"
import type { Clock } from "../../../src/kernel/clock.ts"
import type { Actors, KeyRole } from "../../../src/keys/actors.ts"
import type { KeyAdminPort, KmsPort, Session } from "../../../src/keys/ports.ts"
import type { RotateDeps, RotationScope, RotationStore } from "../../../src/keys/rotate/ports.ts"
import { rotationStore } from "../../../src/runtime/rotation-store.ts"
import { StateFolder } from "../../../src/runtime/state-folder.ts"
import { systemClock } from "../../../src/runtime/system-clock.ts"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"

const never = new AbortController().signal
const quiet = { clock: systemClock, emit: () => undefined, signal: never }

/** The demo's estate, or some of its datasets, with four objects each, and everybody who works in it. */
export interface RotateWorld {
  readonly sandbox: Sandbox
  readonly scope: RotationScope
  readonly keys: DemoKeys
  /** As a new process on the same state folder. */
  open(run: string, folder: string): Promise<RotateDeps & { close(): void }>
  /** One object, as the dataset's service writes it. */
  write(dataset: string, key: string, under: KeyArn): Promise<void>
  /** What step 3 asks for. */
  setDefault(dataset: string, key: KeyArn): Promise<void>
  /** Every version of every dataset. */
  emptyBuckets(): Promise<void>
  /** In the primary Region. */
  taggedKeys(tag: string, value: string): Promise<KeyArn[]>
  close(): Promise<void>
}

export async function rotateWorld(kinds: readonly string[] = DATASETS.map(({ kind }) => kind)): Promise<RotateWorld> {
  const sandbox = await startSandbox({ ...demoSandbox(), replicaDelayMs: 0 })
  const port = (account: string) => rehearsalPort(quiet, sandbox.endpoint, account, sandbox.credentialsFor(account))
  const administrators = { workload: port(ACCOUNTS.workload.id), recovery: port(ACCOUNTS.recovery.id) }
  const keys = await createKeys(administrators)
  const few: readonly DemoDataset[] = DATASETS.filter(({ kind }) => kinds.includes(kind)).map((dataset) => ({
    ...dataset,
    objects: 1,
  }))
  await writeData(administrators, keys, never, few)
  const whole = environmentOf(loadEstate({ path: "dr.yaml", text: demoConfig(sandbox.endpoint) }), "demo")
  const environment = { ...whole, datasets: whole.datasets.filter(({ name }) => kinds.includes(name)) }
  const [key] = environment.keys
  if (key === undefined) throw new Error("the demo has a key")
  const of = (name: string): DemoDataset => DATASETS.find(({ kind }) => kind === name) as DemoDataset
  const admin = (region: RegionName = PRIMARY) => ({
    endpoint: sandbox.endpoint,
    region: region as string,
    credentials: sandbox.credentialsFor(ACCOUNTS.workload.id),
    ignoreConfiguredEndpointUrls: true,
  })
  const s3 = new S3Client({ ...admin(), forcePathStyle: true })
  const kms = new KMSClient(admin())
  return {
    sandbox,
    scope: { environment, key },
    keys,
    open: (run, folder) => openProcess(sandbox, run, folder),
    async write(dataset, objectKey, under) {
      const { user, bucket, kind } = of(dataset)
      const service = await administrators.workload.become(user, { sessionName: kind })
      const body = Buffer.from(`${objectKey} of ${dataset}`)
      await service.putObject(PRIMARY, {
        bucket,
        key: objectKey,
        body,
        keyArn: under,
        contentType: "application/octet-stream",
      })
    },
    async setDefault(dataset, under) {
      const rule = { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: under }
      await s3.send(
        new PutBucketEncryptionCommand({
          Bucket: of(dataset).bucket,
          ServerSideEncryptionConfiguration: {
            Rules: [{ ApplyServerSideEncryptionByDefault: rule, BucketKeyEnabled: true }],
          },
        }),
      )
    },
    async emptyBuckets() {
      for (const { bucket } of few) {
        const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket }))
        for (const { Key, VersionId } of Versions)
          await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId }))
      }
    },
    async taggedKeys(tag, value) {
      const { Keys = [] } = await kms.send(new ListKeysCommand({ Limit: 1000 }))
      const found: KeyArn[] = []
      for (const { KeyArn: arn } of Keys) {
        const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId: arn }))
        if (Tags.some(({ TagKey, TagValue }) => TagKey === tag && TagValue === value)) found.push(arn as KeyArn)
      }
      return found
    },
    async close() {
      administrators.workload.close()
      administrators.recovery.close()
      await sandbox.close()
    },
  }
}

/** What was named as the key of cryptographic calls, in any process of this file. */
export const namedKeys: { readonly operation: string; readonly key: string }[] = []

function noting(kms: KmsPort): KmsPort {
  const note = (operation: string, ...keys: readonly string[]): void =>
    void namedKeys.push(...keys.map((key) => ({ operation, key })))
  return {
    ...kms,
    generateDataKey: async (key, context) => (note("GenerateDataKey", key), kms.generateDataKey(key, context)),
    decrypt: async (wrapped, key, context) => (note("Decrypt", key), kms.decrypt(wrapped, key, context)),
    reEncrypt: async (wrapped, from, to, context) => (
      note("ReEncrypt", from, to),
      kms.reEncrypt(wrapped, from, to, context)
    ),
  }
}

/** Time is the sandbox's; whoever sleeps moves it. */
const clockOf = ({ clock }: Sandbox): Clock => ({
  now: () => clock.now(),
  mono: () => clock.now(),
  sleep: async (ms) => clock.advance(ms),
})

async function openProcess(sandbox: Sandbox, run: string, folder: string): Promise<RotateDeps & { close(): void }> {
  const connections = new Map<string, AllPorts>()
  const sessions = new Map<string, Promise<Session>>()
  const connection = async (account: AccountId): Promise<AllPorts> => {
    const open =
      connections.get(account) ??
      (await connectAws({
        deps: quiet,
        endpoint: sandbox.endpoint,
        region: RECOVERY,
        credentials: async () => sandbox.credentialsFor(account),
      }))
    connections.set(account, open)
    return open
  }
  const here = await connection(ACCOUNTS.workload.id)
  const rolesOf = (account: AccountId) => (account === ACCOUNTS.workload.id ? ROLES.workload : ROLES.recovery)
  const become = (account: AccountId, as: KeyRole | "drill"): Promise<Session> => {
    const roles = rolesOf(account)
    const named = { region: RECOVERY, sessionName: run, externalId: EXTERNAL_ID }
    const open = async (): Promise<Session> =>
      as === "break-glass"
        ? (await connection(account)).assumeRole({
            ...named,
            from: (await connection(account)).base,
            role: roles.breakGlass,
            sourceIdentity: "ann",
            tags: { "dr-plan": "sha256-test" },
            secondFactor: { device: `arn:aws:iam::${account}:mfa/ann`, code: "123456" },
          })
        : here.assumeRole({ ...named, from: here.base, role: roles[as], sourceIdentity: "dr" })
    const known = sessions.get(`${account} ${as}`) ?? open()
    sessions.set(`${account} ${as}`, known)
    return known
  }
  const actors: Actors = {
    reader: async (account) =>
      account === ACCOUNTS.workload.id ? here.reader(here.base) : here.reader(await become(account, "operator")),
    admin: async (account, as) => (await connection(account)).keyAdmin(await become(account, as)),
    drill: async (account, region) => noting(here.kms(await become(account, "drill"), region)),
  }
  return {
    actors,
    objects: async () => here.s3(await become(ACCOUNTS.recovery.id, "drill"), PRIMARY),
    store: rotationStore(new StateFolder(folder), "demo", "observability", "workload"),
    consent: { reversible: async () => undefined, irreversible: async () => undefined },
    clock: clockOf(sandbox),
    emit: () => undefined,
    signal: never,
    run,
    close: () => {
      for (const open of connections.values()) open.close()
    },
  }
}

/** The calls of KeyAdminPort that change something, and every write of the state. */
export type Act = (name: string, act: () => Promise<unknown>) => Promise<unknown>

/** The same deps with every act going through `through`. */
export function actingThrough(deps: RotateDeps, through: Act): RotateDeps {
  const wrap = (port: KeyAdminPort): KeyAdminPort =>
    new Proxy(port, {
      get(target, name: keyof KeyAdminPort) {
        const value = target[name]
        if (typeof value !== "function") return value
        const call = value as (...args: unknown[]) => Promise<unknown>
        return (...args: unknown[]) => through(name, () => call.apply(target, args))
      },
    })
  const store: RotationStore = {
    ...deps.store,
    save: async (state) => void (await through("save", () => deps.store.save(state))),
    saveIntent: async (intent) => void (await through("saveIntent", () => deps.store.saveIntent(intent))),
  }
  const admin: Actors["admin"] = async (account, as) => wrap(await deps.actors.admin(account, as))
  return { ...deps, store, actors: { ...deps.actors, admin } }
}

/**
 * Runs `work` and kills it at its nth act, before or after it: the act's promise never settles, as nothing does in a dead
 * process. Resolves to the name of the act, or undefined when there are fewer.
 */
export async function killedAt(
  deps: RotateDeps,
  nth: number,
  when: "before" | "after",
  work: (deps: RotateDeps) => Promise<unknown>,
): Promise<string | undefined> {
  let count = 0
  let die: (name: string) => void = () => undefined
  const dead = new Promise<string>((resolve) => (die = resolve))
  const doomed = actingThrough(deps, async (name, act) => {
    if (count++ !== nth) return act()
    if (when === "after") await act()
    die(name)
    return new Promise(() => undefined)
  })
  return Promise.race([dead, work(doomed).then(() => undefined)])
}
