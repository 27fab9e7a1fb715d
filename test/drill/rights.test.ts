import { IAMClient, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam"
import { KMSClient, PutKeyPolicyCommand } from "@aws-sdk/client-kms"
import { PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3"
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { connectAws } from "../../src/aws/ports.ts"
import { rehearsalPort } from "../../src/aws/rehearsal-port.ts"
import { createKeys, writeData, type DemoKeys } from "../../src/demo/set-up.ts"
import {
  ACCOUNTS,
  DATASETS,
  PRIMARY,
  RECOVERY,
  ROLES,
  demoConfig,
  demoEnvironment,
  demoSandbox,
} from "../../src/demo/world.ts"
import { resolveScope } from "../../src/drill/resolve-scope.ts"
import { runDrill, type DrillOutcome } from "../../src/drill/run.ts"
import type { DrillDefinition } from "../../src/drill/schema.ts"
import { loadEstate } from "../../src/estate/load.ts"
import { environmentOf } from "../../src/estate/topology.ts"
import type { DrEvent, Emit } from "../../src/kernel/events.ts"
import { renderPolicies } from "../../src/keys/policy/render.ts"
import type { RenderedPolicy } from "../../src/keys/policy/rendered.ts"
import { systemClock } from "../../src/runtime/system-clock.ts"
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts"

/**
 * Takes away each statement that dr renders, one at a time, and runs a drill: what the drill needs is missed in
 * preflight, before anything is written, and named with the statement to add. What it does not need stands in a list.
 */
let sandbox: Sandbox
let keys: DemoKeys
let commander: KMSClient
let guardian: KMSClient
const rendered = renderPolicies(demoEnvironment())
const LOKI = DATASETS.filter(({ kind }) => kind === "loki").map((dataset) => ({ ...dataset, objects: 8 }))

const definition: DrillDefinition = {
  apiVersion: "dr/v1",
  kind: "Drill",
  name: "loki-sample",
  title: "Loki comes back",
  hypothesis: "a sample can be restored",
  datasets: ["loki"],
  sample: { size: 3, from: ["recovery-copy", "source"] },
  rewrapDataKeys: 1,
  expect: { source: "readable" },
}

const admin = (account: string, region: string = PRIMARY) => ({
  endpoint: sandbox.endpoint,
  region,
  credentials: sandbox.credentialsFor(account),
  ignoreConfiguredEndpointUrls: true,
})

async function breakGlass(account: "workload" | "recovery"): Promise<KMSClient> {
  const { id } = ACCOUNTS[account]
  const { Credentials } = await new STSClient(admin(id)).send(
    new AssumeRoleCommand({
      RoleArn: ROLES[account].breakGlass,
      RoleSessionName: "commander",
      SourceIdentity: "commander",
      Tags: [{ Key: "dr-plan", Value: "sha256-abc" }],
      SerialNumber: `arn:aws:iam::${id}:mfa/commander`,
      TokenCode: "123456",
    }),
  )
  return new KMSClient({
    ...admin(id),
    credentials: {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    },
  })
}

beforeAll(async () => {
  sandbox = await startSandbox({ ...demoSandbox(), replicaDelayMs: 0 })
  const deps = { clock: systemClock, emit: () => undefined, signal: new AbortController().signal }
  const port = (account: string) => rehearsalPort(deps, sandbox.endpoint, account, sandbox.credentialsFor(account))
  const administrators = { workload: port(ACCOUNTS.workload.id), recovery: port(ACCOUNTS.recovery.id) }
  keys = await createKeys(administrators)
  await writeData(administrators, keys, deps.signal, LOKI)
  commander = await breakGlass("workload")
  guardian = await breakGlass("recovery")
})
afterAll(() => sandbox.close())

/** Puts a policy where its subject says. */
async function put(policy: RenderedPolicy, statements: readonly object[]): Promise<void> {
  const document = JSON.stringify({ Version: "2012-10-17", Statement: statements })
  const role = policy.subject.split("/").at(-1) ?? ""
  if (policy.kind === "identity") {
    await new IAMClient(admin(policy.account)).send(
      new PutRolePolicyCommand({ RoleName: role, PolicyName: "seeded", PolicyDocument: document }),
    )
  } else if (policy.kind === "trust") {
    await new IAMClient(admin(policy.account)).send(
      new UpdateAssumeRolePolicyCommand({ RoleName: role, PolicyDocument: document }),
    )
  } else if (policy.kind === "bucket") {
    await new S3Client({ ...admin(policy.account, policy.region), forcePathStyle: true }).send(
      new PutBucketPolicyCommand({ Bucket: policy.path.slice(8, -5), Policy: document }),
    )
  } else {
    const mine = policy.account === ACCOUNTS.workload.id
    const client = mine ? commander : guardian
    const arn = (mine ? keys.primary : keys.recovery)
      .split(":")
      .with(3, policy.region ?? "")
      .join(":")
    const regional = new KMSClient({ ...admin(policy.account, policy.region), credentials: client.config.credentials })
    await regional.send(new PutKeyPolicyCommand({ KeyId: arn, Policy: document }))
  }
}

interface Ran {
  readonly outcome: DrillOutcome
  readonly events: readonly DrEvent[]
  readonly writes: number
}

const WRITES = new Set(["PutObject", "CopyObject", "DeleteObject", "UploadPartCopy"])

async function drill(): Promise<Ran> {
  const events: DrEvent[] = []
  const emit: Emit = (type, data) => void events.push({ type, data } as unknown as DrEvent)
  const environment = environmentOf(loadEstate({ path: "dr.yaml", text: demoConfig(sandbox.endpoint) }), "demo")
  const signal = new AbortController().signal
  const aws = await connectAws({
    deps: { clock: systemClock, emit, signal },
    endpoint: sandbox.endpoint,
    region: RECOVERY,
    credentials: async () => sandbox.credentialsFor(ACCOUNTS.workload.id),
  })
  const before = sandbox.audit.length
  const scope = resolveScope(environment, definition, { seed: "s" })
  const outcome = await runDrill(scope, { aws, clock: systemClock, emit, signal, run: "dr-20261124T020004Z-7f3a" })
  aws.close()
  const written = sandbox.audit.slice(before).filter(({ operation, status }) => WRITES.has(operation) && status < 300)
  return { outcome, events, writes: written.length }
}

const TEMPLATES = new Set(["primary", "replica", "recovery-key", "drill-role", "recovery-role", "source-bucket"])

const cases = rendered
  .filter(
    ({ template, path }) => TEMPLATES.has(template) && (template !== "source-bucket" || path.includes("demo-loki")),
  )
  .flatMap((policy) =>
    policy.document.Statement.map((statement, index) => ({
      name: `${policy.path} ${String(statement["Sid"])}`,
      policy,
      statement,
      index,
    })),
  )

/** Statements without which this drill still runs to its end: other people's rights, and Denies. */
const SPARED: ReadonlyArray<readonly [path: RegExp, sids: readonly string[]]> = [
  [
    /^keys\//,
    [
      "OperatorKeepsTheKeyInOrder",
      "BreakGlassWithAnApprovedPlan",
      "OnlyBreakGlassDestroys",
      "NoShortDeletionWindow",
      "NoBypassOfTheLockoutCheck",
      "NobodyFromOutside",
      "TfstateThroughItsBucket",
      "LokiThroughItsBucket",
      "MimirThroughItsBucket",
      "TempoThroughItsBucket",
      "UsersLookAtTheKey",
      "UsersGrantToAwsResources",
      // Restores look at the source key by themselves; a drill asks the workload's own role.
      "RecoveryRolesLookAtTheKey",
    ],
  ],
  // The primary makes no data keys for drills and rewraps none: that is the replica's, in the recovery Region.
  [/^keys\/observability-demo@eu-central-1/, ["DrillRoleMakesDataKeysOfDrills", "RecoveryRoleRewrapsDataKeysOfDrills"]],
  // Objects are encrypted where their bucket is: the replica opens none.
  [/^keys\/observability-demo@eu-west-1/, ["RecoveryRolesReadThroughS3"]],
  // The recovery key's second Region is not asked: a drill must not depend on the Region that it declares lost.
  [
    /^keys\/observability-demo-recovery@eu-central-1/,
    ["AccountReadsTheKey", "RecoveryRolesUseCopiesThroughS3", "RecoveryRoleRewrapsDataKeysOfDrills"],
  ],
  [/^roles\/dr-recovery@222222222222\/identity/, ["LooksAtTheSourceKeys"]],
  // All that the workload's role needs AWS itself confirms: its policies need not be read.
  [/^roles\/dr-drill@111111111111\/identity/, ["LooksAtItself", "LooksAtBucketPolicies"]],
  [/^buckets\//, ["OnlyTls"]],
]
const spared = ({ policy, statement }: (typeof cases)[number]): boolean =>
  SPARED.some(([path, sids]) => path.test(policy.path) && sids.includes(String(statement["Sid"])))

describe("a drill with one statement taken away", () => {
  it("passes with all of them, and the policies say what AWS says", async () => {
    const { outcome, events } = await drill()
    expect(outcome).toMatchObject({ outcome: "passed", unknown: 0 })
    const checked = events.flatMap((event) => (event.type === "access.checked" ? [event.data] : []))
    expect(checked.length).toBeGreaterThan(20)
    expect(checked.filter(({ model }) => model !== "allowed")).toEqual([])
    expect(checked.filter(({ live }) => live === "denied")).toEqual([])
    expect(checked.filter(({ live }) => live === "allowed").length).toBeGreaterThan(12)
  })

  it.each(cases.filter((each) => !spared(each)))(
    "is stopped in preflight without $name",
    async ({ policy, index, statement }) => {
      const without = policy.document.Statement.filter((_, at) => at !== index)
      await put(policy, without.length > 0 ? without : [HARMLESS[policy.kind] ?? {}])
      try {
        const { outcome, writes } = await drill()
        expect(outcome.outcome).toBe("failed")
        expect(writes).toBe(0)
        const why = outcome.reasons.join("\n")
        expect(why).toMatch(/arn:aws:iam::(111111111111:role\/dr-drill|222222222222:role\/dr-recovery)/)
        expect(why).toMatch(/(kms|s3|sts|iam):[A-Z][A-Za-z]+/)
        expect(why).toContain(`"Sid":"${String(statement["Sid"])}"`)
      } finally {
        await put(policy, policy.document.Statement)
      }
    },
  )

  it.each(cases.filter(spared))("does not need $name", async ({ policy, index, statement }) => {
    if (String(statement["Sid"]) === "BreakGlassWithAnApprovedPlan") return // AWS refuses a policy that locks its author out
    await put(
      policy,
      policy.document.Statement.filter((_, at) => at !== index),
    )
    try {
      expect((await drill()).outcome).toMatchObject({ outcome: "passed", unknown: 0 })
    } finally {
      await put(policy, policy.document.Statement)
    }
  })
})

/** What may stand where the only statement was. */
const HARMLESS: Readonly<Record<string, object>> = {
  trust: { Effect: "Deny", Principal: "*", Action: "sts:GetSessionToken" },
  identity: { Effect: "Deny", Action: "sts:GetSessionToken", Resource: "*" },
}
