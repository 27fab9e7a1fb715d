import { formatArn, partitionOf } from "../../access/arn.ts"
import type { ResolvedAccount, ResolvedEnvironment } from "../../estate/topology.ts"
import type { RegionName, RoleArn } from "../../kernel/brands.ts"
import { READ_KEY, READ_ROLE } from "./actions.ts"
import { bucketArns, byAlias, keysIn, objectArns, unique } from "./resources.ts"
import { roleOf, workloadRegions, type Dataset, type Key } from "./scene.ts"
import { allow, policyOf, sidOf, type Policy } from "./statement.ts"

/** The workload account's drill role: looks at keys and buckets and makes data keys of its own; it opens nothing. */
export function drillRolePolicy(environment: ResolvedEnvironment): Policy {
  const { workload, keys, primaryRegion } = environment
  const aliases = unique(keys.map((key) => key.alias))
  const all = unique(keys.flatMap((key) => workloadRegions(environment, key))).map((region) => keysIn(workload, region))
  return policyOf([
    allow("LooksAtTheKeys", { action: READ_KEY, resource: all, when: byAlias(aliases) }),
    allow("LooksAtBucketPolicies", {
      action: "s3:GetBucketPolicy",
      resource: bucketArns(
        environment.datasets.map((dataset) => dataset.bucket),
        primaryRegion,
      ),
    }),
    allow("LooksAtItself", { action: READ_ROLE, resource: roleOf(workload, "drill") }),
  ])
}

/** New keys have no policy yet that could let anybody make them; everything else stands in the key's. */
export const breakGlassPolicy = (account: ResolvedAccount, regions: readonly RegionName[]): Policy =>
  policyOf([
    allow("LooksAtTheKeys", { action: READ_KEY, resource: regions.map((region) => keysIn(account, region)) }),
    allow("MakesKeysAndReplicas", {
      // TagResource for the tags of a key that is being made: on a key that is there its own policy decides.
      action: ["kms:CreateKey", "kms:ListAliases", "kms:ListKeys", "kms:TagResource"],
      resource: "*",
    }),
  ])

/** A service's own bucket and no other; what the key lets it do stands in the key's policy. */
export function userPolicy(environment: ResolvedEnvironment, datasets: readonly Dataset[]): Policy {
  const region = environment.primaryRegion
  return policyOf(
    datasets.flatMap((dataset) => [
      allow(sidOf(dataset.name, "Objects"), {
        action: [
          "s3:AbortMultipartUpload",
          "s3:DeleteObject",
          "s3:GetObject",
          "s3:ListMultipartUploadParts",
          "s3:PutObject",
          "s3:PutObjectTagging",
        ],
        resource: objectArns([dataset], region),
      }),
      allow(sidOf(dataset.name, "Bucket"), {
        action: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
        resource: bucketArns([dataset.bucket], region),
      }),
    ]),
  )
}

/**
 * Operators need no right of IAM on the key itself, but aliases and new keys have no policy that could give it. They
 * also read what the estate's roles and buckets may, for `dr policy snapshot` and `dr policy render --check`.
 */
export function operatorPolicy(
  account: ResolvedAccount,
  keys: readonly Key[],
  regions: readonly RegionName[],
  read: { readonly roles: readonly RoleArn[]; readonly buckets: readonly string[] },
): Policy {
  const aliases = unique(keys.flatMap((key) => [key.alias, key.recovery.alias]))
  const arns = regions.flatMap((region) =>
    aliases.map((alias) =>
      formatArn({ partition: partitionOf(region), service: "kms", region, account: account.id, resource: alias }),
    ),
  )
  const reads = regions.map((region) => keysIn(account, region))
  return policyOf([
    allow("KeepsAliases", { action: ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"], resource: arns }),
    allow("ListsKeys", { action: ["kms:ListAliases", "kms:ListKeys"], resource: "*" }),
    allow("LooksAtTheKeys", { action: READ_KEY, resource: reads }),
    allow("LooksAtRoles", { action: READ_ROLE, resource: unique(read.roles) }),
    allow("LooksAtBuckets", {
      action: ["s3:GetBucketLocation", "s3:GetBucketPolicy", "s3:GetEncryptionConfiguration"],
      resource: bucketArns(read.buckets, regions[0] as RegionName),
    }),
  ])
}
