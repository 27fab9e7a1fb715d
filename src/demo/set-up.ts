import { aliasArn, bucketArn, formatArn } from "../access/arn.ts"
import type { KeyArn, RegionName, RoleArn } from "../kernel/brands.ts"
import { forEachBounded } from "../kernel/concurrency.ts"
import { sha256Hex } from "../kernel/digest.ts"
import { DrError } from "../kernel/errors.ts"
import { renderPolicies } from "../keys/policy/render.ts"
import { tagsFor } from "../keys/status/key-inventory.ts"
import type { RenderedPolicy } from "../keys/policy/rendered.ts"
import { demoObjects } from "./objects.ts"
import type { RehearsalPort } from "./ports.ts"
import {
  ACCOUNTS,
  ALIAS,
  DATASETS,
  EXTERNAL_ID,
  PRIMARY,
  RECOVERY,
  RECOVERY_ALIAS,
  ROLES,
  SCRATCH,
  demoEnvironment,
  type DemoDataset,
} from "./world.ts"

export interface DemoKeys {
  readonly primary: KeyArn
  readonly recovery: KeyArn
}

/** The administrators of the two accounts. They may become anybody of theirs, and use no key themselves. */
export interface Administrators {
  readonly workload: RehearsalPort
  readonly recovery: RehearsalPort
}

/** A person behind the glass: second factor, name, and the hash of the plan that was approved. */
export function breakGlass(
  administrator: RehearsalPort,
  account: keyof typeof ROLES,
  plan: string,
): Promise<RehearsalPort> {
  const { id } = ACCOUNTS[account]
  const device = formatArn({ partition: "aws", service: "iam", region: "", account: id, resource: "mfa/commander" })
  return administrator.become(ROLES[account].breakGlass, {
    sessionName: "commander",
    sourceIdentity: "commander",
    tags: { "dr-plan": `sha256-${sha256Hex(plan)}` },
    secondFactor: { device, code: "123456" },
  })
}

const asOperator = (runner: RehearsalPort, role: RoleArn): Promise<RehearsalPort> =>
  runner.become(role, { sessionName: "operator", sourceIdentity: "operator", externalId: EXTERNAL_ID })

/** The keys as the policy wants them: a multi-Region key with its replica, and an independent recovery key, itself multi-Region. */
export async function createKeys({ workload, recovery }: Administrators): Promise<DemoKeys> {
  const policies = renderPolicies(demoEnvironment())
  const primary = await createKey(
    { administrator: workload, runner: workload },
    "workload",
    policies,
    [PRIMARY, RECOVERY],
    ALIAS,
  )
  const recoveryKey = await createKey(
    { administrator: recovery, runner: workload },
    "recovery",
    policies,
    [RECOVERY, PRIMARY],
    RECOVERY_ALIAS,
  )
  return { primary, recovery: recoveryKey }
}

/** Break-glass makes the key and its replica, with the rendered policies; the operator does the rest. */
async function createKey(
  { administrator, runner }: { readonly administrator: RehearsalPort; readonly runner: RehearsalPort },
  account: keyof typeof ROLES,
  policies: readonly RenderedPolicy[],
  [first, second]: readonly [RegionName, RegionName],
  alias: string,
): Promise<KeyArn> {
  const policyIn = (region: RegionName): object =>
    documentOf(policies, "key", aliasArn(region, ACCOUNTS[account].id, alias))
  const tags = tagsFor("demo", { name: "observability", side: account })
  const keeper = await breakGlass(administrator, account, `create ${alias}`)
  const operator = await asOperator(runner, ROLES[account].operator)
  const key = await keeper.createKey(first, `${alias.slice("alias/".length)} (demo)`, policyIn(first), tags)
  const replica = await keeper.replicateKey(key, second, policyIn(second), tags)
  await operator.enableRotation(key, 365)
  await operator.createAlias(first, alias, key)
  await operator.createAlias(second, alias, replica)
  return key
}

function documentOf(policies: readonly RenderedPolicy[], kind: RenderedPolicy["kind"], subject: string): object {
  const found = policies.find((policy) => policy.kind === kind && policy.subject === subject)
  if (found === undefined)
    throw new DrError({ code: "E_DEMO", message: `no ${kind} policy is rendered for ${subject}` })
  return found.document
}

const IN_FLIGHT = 24

/** Writes every dataset as its service does, and its recovery copy as the sync role does; returns how many objects there are in all. */
export async function writeData(
  administrators: Administrators,
  keys: DemoKeys,
  signal: AbortSignal,
  datasets: readonly DemoDataset[] = DATASETS,
): Promise<number> {
  const policies = renderPolicies(demoEnvironment())
  const sync = await administrators.workload.become(ROLES.recovery.sync, {
    sessionName: "sync",
    sourceIdentity: "dr",
    externalId: EXTERNAL_ID,
  })
  await administrators.recovery.createBucket(
    RECOVERY,
    SCRATCH,
    keys.recovery,
    documentOf(policies, "bucket", bucketArn(SCRATCH)),
  )
  let written = 0
  for (const dataset of datasets) written += await writeDataset(administrators, sync, keys, policies, dataset, signal)
  return written
}

async function writeDataset(
  { workload, recovery }: Administrators,
  sync: RehearsalPort,
  keys: DemoKeys,
  policies: readonly RenderedPolicy[],
  dataset: DemoDataset,
  signal: AbortSignal,
): Promise<number> {
  const { bucket, recoveryBucket } = dataset
  const policyOf = (name: string): object => documentOf(policies, "bucket", bucketArn(name))
  await workload.createBucket(PRIMARY, bucket, keys.primary, policyOf(bucket))
  await recovery.createBucket(RECOVERY, recoveryBucket, keys.recovery, policyOf(recoveryBucket))
  const service = await workload.become(dataset.user, { sessionName: dataset.kind })
  let written = 0
  await forEachBounded(
    demoObjects(dataset),
    IN_FLIGHT,
    async (object) => {
      await service.putObject(PRIMARY, { ...object, bucket, keyArn: keys.primary })
      await sync.copyObject(
        RECOVERY,
        { bucket, key: object.key, owner: ACCOUNTS.workload.id },
        { bucket: recoveryBucket, key: object.key },
        keys.recovery,
      )
      written += 2
    },
    signal,
  )
  return written
}
