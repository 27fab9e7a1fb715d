import { aliasArn, bucketArn, partitionOf, roleNameOf } from "../../access/arn.ts"
import type { PolicyKind } from "../../access/statement.ts"
import type { ResolvedAccount, ResolvedEnvironment } from "../../estate/topology.ts"
import type { RegionName } from "../../kernel/brands.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { recoveryBucketPolicy, scratchBucketPolicy, sourceBucketPolicy } from "./bucket-policies.ts"
import { recoveryKeyPolicy, seedDefault, workloadKeyPolicy } from "./key-policy.ts"
import { protectKeysScp } from "./organization-policy.ts"
import {
  breakGlassPolicy,
  breakGlassTrust,
  drillRolePolicy,
  drillTrust,
  operatorPolicy,
  recoveryRolePolicy,
  syncRolePolicy,
  userPolicy,
} from "./role-policies.ts"
import { workloadRegions, type Dataset, type Key } from "./scene.ts"
import type { Policy } from "./statement.ts"

type Template =
  | "seed-default"
  | "primary"
  | "replica"
  | "recovery-key"
  | "drill-role"
  | "recovery-role"
  | "service-role"
  | "operator-role"
  | "break-glass-role"
  | "sync-role"
  | "source-bucket"
  | "recovery-bucket"
  | "scratch-bucket"
  | "protect-keys"

/** One policy of the estate, ready to be put where `subject` says. */
export interface RenderedPolicy {
  readonly kind: PolicyKind
  readonly template: Template
  /** The policy's name there; key, bucket and trust policies have none of their own. */
  readonly name?: string
  readonly account: string
  /** Absent where the resource is global. */
  readonly region?: RegionName
  /** Alias ARN, role ARN, bucket ARN, or the account for an SCP. */
  readonly subject: string
  /** A file name below the output folder: `keys/observability-prod@eu-west-1.json`. */
  readonly path: string
  readonly document: Policy
  readonly sizeBytes: number
  /** What AWS takes, in bytes. */
  readonly limitBytes: number
}

/** Source: quotas of KMS, IAM, S3 and Organizations. */
const LIMIT: Readonly<Partial<Record<PolicyKind, number>>> = {
  key: 32_768,
  identity: 10_240,
  trust: 2_048,
  bucket: 20_480,
  scp: 5_120,
}

/**
 * Every policy that the environment needs, from the templates. Pure.
 * @throws DrError E_POLICY_ROLE (78) for a role that dr.yaml does not name, E_POLICY_SIZE (78) for a policy that AWS
 * would not take, E_POLICY_ASCII (78) for one with characters that AWS would not take
 */
export function renderPolicies(environment: ResolvedEnvironment): RenderedPolicy[] {
  return [
    ...environment.keys.flatMap((key) => keyPolicies(environment, key)),
    ...rolePolicies(environment),
    ...bucketPolicies(environment),
    ...organizationPolicies(environment),
  ]
}

function keyPolicies(environment: ResolvedEnvironment, key: Key): RenderedPolicy[] {
  const { workload, recovery, primaryRegion } = environment
  const seed = key.policy === "seed-default"
  const of = (account: ResolvedAccount, region: RegionName, alias: string, template: Template, document: Policy) =>
    rendered({
      kind: "key",
      template,
      account: account.id,
      region,
      subject: aliasArn(region, account.id, alias),
      path: `keys/${alias.slice("alias/".length)}@${region}.json`,
      document,
    })
  return [
    ...workloadRegions(environment, key).map((region) =>
      seed
        ? of(workload, region, key.alias, "seed-default", seedDefault(environment, key, region))
        : of(
            workload,
            region,
            key.alias,
            region === primaryRegion ? "primary" : "replica",
            workloadKeyPolicy(environment, key, region),
          ),
    ),
    ...key.recovery.regions.map((region) =>
      of(recovery, region, key.recovery.alias, "recovery-key", recoveryKeyPolicy(environment, key, region)),
    ),
  ]
}

function rolePolicies(environment: ResolvedEnvironment): RenderedPolicy[] {
  const { workload, recovery, keys, datasets, primaryRegion } = environment
  const regionsOf = (account: ResolvedAccount): RegionName[] => [
    ...new Set(
      keys.flatMap((key) => (account === workload ? workloadRegions(environment, key) : key.recovery.regions)),
    ),
  ]
  const found: RenderedPolicy[] = []
  for (const account of [workload, recovery]) {
    const { drill, operator, breakGlass } = account.roles
    if (drill !== undefined) {
      const template = account === workload ? "drill-role" : "recovery-role"
      const policy = account === workload ? drillRolePolicy(environment) : recoveryRolePolicy(environment)
      found.push(
        trust(account, drill, template, drillTrust(environment, account)),
        identity(environment, account, drill, template, policy),
      )
    }
    if (operator !== undefined) {
      const policy = operatorPolicy(account, keys, regionsOf(account), readableBy(environment, account))
      found.push(trust(account, operator, "operator-role", drillTrust(environment, account)))
      found.push(identity(environment, account, operator, "operator-role", policy))
    }
    if (breakGlass !== undefined) {
      found.push(trust(account, breakGlass, "break-glass-role", breakGlassTrust(account, primaryRegion)))
      found.push(
        identity(environment, account, breakGlass, "break-glass-role", breakGlassPolicy(account, regionsOf(account))),
      )
    }
  }
  if (recovery.roles.sync !== undefined) {
    const { sync } = recovery.roles
    found.push(trust(recovery, sync, "sync-role", drillTrust(environment, recovery)))
    found.push(identity(environment, recovery, sync, "sync-role", syncRolePolicy(environment)))
  }
  const users = new Set(datasets.flatMap((dataset) => dataset.users))
  for (const user of users) {
    const own = datasets.filter((dataset) => dataset.users.includes(user))
    found.push(identity(environment, workload, user, "service-role", userPolicy(environment, own)))
  }
  return found
}

/** What of the account the estate names. */
function readableBy({ workload, keys, datasets, scratch }: ResolvedEnvironment, account: ResolvedAccount) {
  const named = Object.values(account.roles).filter((arn) => arn !== undefined)
  const own = account === workload
  const users = own ? [...keys.flatMap((key) => key.users), ...datasets.flatMap((dataset) => dataset.users)] : []
  return {
    roles: [...named, ...users],
    buckets: own
      ? datasets.map(({ bucket }) => bucket)
      : [...datasets.map(({ recoveryBucket }) => recoveryBucket), scratch.bucket],
  }
}

const trust = (account: ResolvedAccount, role: string, template: Template, document: Policy): RenderedPolicy =>
  rendered({
    kind: "trust",
    template,
    account: account.id,
    subject: role,
    path: `roles/${fileOf(account, role)}/trust.json`,
    document,
  })

const identity = (
  environment: ResolvedEnvironment,
  account: ResolvedAccount,
  role: string,
  template: Template,
  document: Policy,
): RenderedPolicy =>
  rendered({
    kind: "identity",
    template,
    name: `dr-${environment.name}`,
    account: account.id,
    subject: role,
    path: `roles/${fileOf(account, role)}/identity-dr-${environment.name}.json`,
    document,
  })

/** The account stands in the name, as two accounts may have a role of the same name. */
const fileOf = (account: ResolvedAccount, role: string): string => `${roleNameOf(role) ?? "role"}@${account.id}`

function bucketPolicies(environment: ResolvedEnvironment): RenderedPolicy[] {
  const { workload, recovery, datasets, scratch, primaryRegion, recoveryRegion } = environment
  const of = (account: ResolvedAccount, region: RegionName, bucket: string, template: Template, document: Policy) =>
    rendered({
      kind: "bucket",
      template,
      account: account.id,
      region,
      subject: bucketArn(bucket, partitionOf(region)),
      path: `buckets/${bucket}.json`,
      document,
    })
  const sources = groupBy(datasets, (dataset) => dataset.bucket)
  const copies = [...new Set(datasets.map((dataset) => dataset.recoveryBucket))].filter(
    (name) => name !== scratch.bucket,
  )
  return [
    ...[...sources].map(([bucket, own]) =>
      of(workload, primaryRegion, bucket, "source-bucket", sourceBucketPolicy(environment, own)),
    ),
    ...copies.map((bucket) =>
      of(recovery, recoveryRegion, bucket, "recovery-bucket", recoveryBucketPolicy(environment, bucket)),
    ),
    of(recovery, recoveryRegion, scratch.bucket, "scratch-bucket", scratchBucketPolicy(environment)),
  ]
}

function groupBy(datasets: readonly Dataset[], nameOf: (dataset: Dataset) => string): Map<string, Dataset[]> {
  const groups = new Map<string, Dataset[]>()
  for (const dataset of datasets) groups.set(nameOf(dataset), [...(groups.get(nameOf(dataset)) ?? []), dataset])
  return groups
}

/** Only where an organisation is declared, and where every key has our template. */
function organizationPolicies(environment: ResolvedEnvironment): RenderedPolicy[] {
  const { workload, recovery, organizationId, keys } = environment
  // Under the seed's template break-glass has no right of its own: an SCP would leave nobody who may set the policy.
  const guarded = keys.every((key) => key.policy === "guarded")
  if (organizationId === undefined || !guarded || workload.roles.breakGlass === undefined) return []
  if (recovery.roles.breakGlass === undefined) return []
  return [workload, recovery].map((account) =>
    rendered({
      kind: "scp",
      template: "protect-keys",
      name: "dr-protect-keys",
      account: account.id,
      subject: account.id,
      path: `scps/${account.id}-dr-protect-keys.json`,
      document: protectKeysScp([workload, recovery]),
    }),
  )
}

function rendered(wanted: Omit<RenderedPolicy, "sizeBytes" | "limitBytes">): RenderedPolicy {
  const text = JSON.stringify(wanted.document)
  const sizeBytes = Buffer.byteLength(text)
  const limitBytes = LIMIT[wanted.kind] ?? Number.POSITIVE_INFINITY
  // KMS takes printable ASCII only, and a description in another script is easy to overlook.
  const odd = /[^\x20-\x7e]/.exec(text)?.[0]
  if (odd !== undefined) {
    throw new DrError({
      code: "E_POLICY_ASCII",
      exit: EXIT.config,
      message: `the policy of ${wanted.subject} holds ${JSON.stringify(odd)}: AWS takes printable ASCII only`,
    })
  }
  if (sizeBytes > limitBytes) {
    throw new DrError({
      code: "E_POLICY_SIZE",
      exit: EXIT.config,
      message: `the ${wanted.kind} policy of ${wanted.subject} has ${sizeBytes} bytes, AWS takes ${limitBytes}`,
      hints: ["split the environment: fewer datasets per key, or shorter prefixes"],
    })
  }
  return { ...wanted, sizeBytes, limitBytes }
}
