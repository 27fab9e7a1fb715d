import { aliasArn, bucketArn, partitionOf } from "../../access/arn.ts"
import type { ResolvedAccount, ResolvedEnvironment } from "../../estate/topology.ts"
import type { RegionName } from "../../kernel/brands.ts"
import { recoveryBucketPolicy, scratchBucketPolicy, sourceBucketPolicy } from "./bucket-policies.ts"
import { recoveryKeyPolicy, seedDefault, workloadKeyPolicy } from "./key-policy.ts"
import { protectKeysScp } from "./organization-policy.ts"
import { rendered, type RenderedPolicy, type Template } from "./rendered.ts"
import { rolePolicies } from "./render-roles.ts"
import { workloadRegions, type Dataset, type Key } from "./scene.ts"
import type { Policy } from "./statement.ts"

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
