import { isAccountId, type AccountId } from "../kernel/brands.ts"
import { DrError } from "../kernel/errors.ts"
import { auditServices } from "./audit-services.ts"
import { adminOf, credentialStore, type Credential } from "./auth/credentials.ts"
import { createAuthorizer, type Enforcement } from "./authorize/authorizer.ts"
import type { Denial } from "./authorize/denial.ts"
import { auditLog, type AuditEntry, type AuditLog } from "./core/audit.ts"
import type { Service, ServiceName } from "./core/exchange.ts"
import { pooledRandom } from "./core/pooled-random.ts"
import { loadSnapshot, openStateFolder, saveSnapshot, type Snapshottable } from "./core/snapshot.ts"
import { virtualClock, type AdjustableClock } from "./core/virtual-clock.ts"
import type { AccessQuestion, SandboxAccount, SandboxSettings, VirtualClock, World } from "./core/world.ts"
import { faultScript, type FaultScript } from "./faults/script.ts"
import { listen } from "./http/listener.ts"
import { identityDirectory } from "./iam/directory.ts"
import { createIam } from "./iam/index.ts"
import { makeRole, partsOfRoleArn, type RoleStore } from "./iam/roles.ts"
import { dumpIam, iamStore, loadIam, type DumpedIam, type IamStore } from "./iam/store.ts"
import { kmsForServices } from "./kms/for-services.ts"
import { createKms } from "./kms/index.ts"
import { dumpKms, loadKms, type DumpedKms } from "./kms/snapshot.ts"
import { kmsStore, type KmsStore } from "./kms/store.ts"
import { organizationDirectory } from "./organizations/directory.ts"
import { createOrganizations } from "./organizations/index.ts"
import { organizationSnapshot, organizationStore } from "./organizations/store.ts"
import { createS3 } from "./s3/index.ts"
import { createS3Control } from "./s3control/index.ts"
import { createSts } from "./sts/index.ts"

export interface SandboxOptions {
  readonly accounts: ReadonlyArray<{ readonly id: string; readonly name: string }>
  readonly organization?: { readonly id: string; readonly managementAccount: string }
  /** `trust` and `policy` are policy documents. */
  readonly roles?: ReadonlyArray<{ readonly arn: string; readonly trust: object; readonly policy?: object }>
  /** 0 or left out = any free one. */
  readonly port?: number
  readonly pageSize?: number
  /** Virtual milliseconds from ReplicateKey to Enabled; 50 unless given. */
  readonly replicaDelayMs?: number
  /** Virtual milliseconds until a changed alias is seen. */
  readonly lagMs?: number
  /** Seed of the fault script. */
  readonly seed?: string
  /** The world is loaded from here on start and written here on close. Holds key material: mode 0600. */
  readonly stateDir?: string
  /** Whether policies decide (`on`, the default), only note what they would refuse (`log`), or are not asked (`off`). */
  readonly enforcement?: Enforcement
  /** Largest source of one CopyObject, for tests of multipart copies. */
  readonly maxCopyBytes?: number
  /** Virtual milliseconds between two steps of a batch job. */
  readonly jobStepMs?: number
}

export interface Sandbox {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string
  readonly port: number
  readonly accounts: readonly SandboxAccount[]
  /** The account's administrator: always the same and plainly no secret. @throws DrError `E_SANDBOX_ACCOUNT` */
  credentialsFor(accountId: string): { accessKeyId: string; secretAccessKey: string }
  readonly clock: VirtualClock
  readonly faults: FaultScript
  readonly audit: readonly AuditEntry[]
  close(): Promise<void>
}

/** Starts the embedded AWS on loopback. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const accounts = readAccounts(options.accounts)
  const clock = virtualClock()
  const audit = auditLog()
  const built = build(options, accounts, clock, audit)
  const snapshot = built.snapshot
  if (options.stateDir !== undefined) {
    openStateFolder(options.stateDir)
    loadSnapshot(options.stateDir, snapshot)
  }
  const faults = faultScript(options.seed ?? "sandbox")
  const { world, services, credentials } = built
  const listener = await listen(
    { world, clock, services, credentials, faults, audit },
    {
      clock,
      faults,
      audit,
      operations: new Map([...services].map(([name, { operations }]) => [name, operations])),
      get accounts() {
        return [...accounts.values()]
      },
    },
    options.port ?? 0,
  )
  return {
    endpoint: `http://127.0.0.1:${listener.port}`,
    port: listener.port,
    get accounts() {
      return [...accounts.values()]
    },
    credentialsFor: (id) => publicCredentials(accounts, id),
    clock,
    faults,
    get audit() {
      return audit.read()
    },
    async close() {
      await listener.close()
      if (options.stateDir !== undefined) saveSnapshot(options.stateDir, snapshot)
    },
  }
}

function readAccounts(given: SandboxOptions["accounts"]): Map<AccountId, SandboxAccount> {
  const accounts = new Map<AccountId, SandboxAccount>()
  for (const { id, name } of given) {
    if (!isAccountId(id))
      throw new DrError({ code: "E_SANDBOX_ACCOUNT", message: `no account id of twelve digits: ${JSON.stringify(id)}` })
    accounts.set(id, { id, name })
  }
  return accounts
}

function publicCredentials(
  accounts: ReadonlyMap<AccountId, SandboxAccount>,
  id: string,
): { accessKeyId: string; secretAccessKey: string } {
  if (!isAccountId(id) || !accounts.has(id)) {
    throw new DrError({ code: "E_SANDBOX_ACCOUNT", message: `the sandbox has no account ${JSON.stringify(id)}` })
  }
  const { accessKeyId, secretAccessKey } = adminOf(id)
  return { accessKeyId, secretAccessKey }
}

interface Built {
  readonly world: World
  readonly services: ReadonlyMap<ServiceName, Service>
  readonly credentials: ReturnType<typeof credentialStore>
  readonly snapshot: readonly Snapshottable[]
}

function build(
  options: SandboxOptions,
  accounts: Map<AccountId, SandboxAccount>,
  clock: AdjustableClock,
  audit: AuditLog,
): Built {
  const credentials = credentialStore(accounts.keys())
  const iam = iamStore()
  const random = pooledRandom()
  seedRoles(options, iam.roles, clock, random)
  const growing = { accounts, credentials, iam, clock, random }
  const organizations = organizationStore(options.organization, growing)
  const world: World & { kms: World["kms"] } = {
    clock,
    random,
    settings: settingsOf(options),
    authorizer: createAuthorizer({
      clock,
      identities: identityDirectory(iam),
      organization: () => organizationDirectory(organizations),
      enforcement: options.enforcement ?? "on",
      wouldDeny: (question, denial) => noteDenial(audit, clock, question, denial),
    }),
    accounts,
    // The store needs the world and the world the store.
    kms: undefined as unknown as World["kms"],
  }
  const kms = kmsStore(world)
  Object.assign(world, { kms: kmsForServices(kms) })
  const s3 = createS3(world)
  const { jobStepMs: stepMs } = options
  const s3control = createS3Control({ world, s3, roles: iam.roles, ...(stepMs === undefined ? {} : { stepMs }) })
  const watching = auditServices({ audit, kms, s3: s3.state })
  const services: Service[] = [
    createKms(kms),
    s3,
    s3control,
    createSts({ roles: iam.roles, credentials }),
    createIam(iam),
    createOrganizations(organizations),
    ...watching.services,
  ]
  return {
    world,
    services: new Map(services.map((service) => [service.name, service])),
    credentials,
    snapshot: [
      ...snapshotParts(clock, kms, iam, credentials, {
        name: "s3",
        dump: () => s3.dump(),
        load: (dumped) => s3.load(dumped),
      }),
      { name: "s3control", dump: () => s3control.dump(), load: (dumped) => s3control.load(dumped) },
      organizationSnapshot(organizations, growing),
      ...watching.snapshot,
    ],
  }
}

/** With `log` nothing is refused: what would have been stands in the audit log. */
function noteDenial(audit: AuditLog, clock: VirtualClock, question: AccessQuestion, denial: Denial): void {
  const [service = "", operation = ""] = question.action.split(":", 2)
  audit.write({
    at: clock.now(),
    requestId: "-",
    service,
    operation,
    region: question.region,
    account: question.caller.account,
    principal: question.caller.arn,
    status: 200,
    denial,
  })
}

function settingsOf(options: SandboxOptions): SandboxSettings {
  const { pageSize, lagMs, maxCopyBytes } = options
  return {
    replicaDelayMs: options.replicaDelayMs ?? 50,
    ...(pageSize === undefined ? {} : { pageSize }),
    ...(lagMs === undefined ? {} : { lagMs }),
    ...(maxCopyBytes === undefined ? {} : { maxCopyBytes }),
  }
}

function seedRoles(options: SandboxOptions, roles: RoleStore, clock: VirtualClock, random: World["random"]): void {
  for (const { arn, trust, policy } of options.roles ?? []) {
    const parts = partsOfRoleArn(arn)
    if (parts === undefined)
      throw new DrError({ code: "E_SANDBOX_ROLE", message: `no role ARN: ${JSON.stringify(arn)}` })
    const role = makeRole({ ...parts, trust: JSON.stringify(trust) }, clock.now(), random)
    if (policy !== undefined) role.policies.set("seeded", JSON.stringify(policy))
    roles.add(role)
  }
}

/** The clock comes first: what is scheduled by the others counts from it. */
function snapshotParts(
  clock: AdjustableClock,
  kms: KmsStore,
  iam: IamStore,
  credentials: ReturnType<typeof credentialStore>,
  s3: Snapshottable,
): readonly Snapshottable[] {
  return [
    { name: "clock", dump: () => clock.offset(), load: (offset) => clock.restore(Number(offset)) },
    { name: "kms", dump: () => dumpKms(kms), load: (dumped) => loadKms(kms, dumped as DumpedKms) },
    { name: "iam", dump: () => dumpIam(iam), load: (dumped) => loadIam(iam, dumped as DumpedIam) },
    {
      name: "sessions",
      dump: () => credentials.sessions(),
      load: (dumped) => {
        for (const credential of dumped as Credential[]) credentials.add(credential)
      },
    },
    s3,
  ]
}
