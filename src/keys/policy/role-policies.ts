import { formatArn, partitionOf } from "../../access/arn.ts"
import type { ResolvedAccount, ResolvedEnvironment } from "../../estate/topology.ts"
import type { RegionName, RoleArn } from "../../kernel/brands.ts"
import { DESTROY_KEY, MANAGE_KEY, READ_KEY, READ_ROLE, REPLICATE_KEY } from "./actions.ts"
import { bucketArns, byAlias, keysIn, objectArns, unique } from "./resources.ts"
import { grantsOf, roleOf, WITH_A_PLAN, workloadRegions, type Dataset } from "./scene.ts"
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

/** By tag a new key is known before it has an alias; by alias one that was there before dr. */
const KEPT_BY = (env: string, aliases: readonly string[]) =>
  [
    ["ByTag", { StringEquals: { "aws:ResourceTag/dr:env": env } }],
    ["ByAlias", byAlias(aliases)],
  ] as const

/**
 * New keys have no policy yet that could let anybody make them; everything else stands in the key's own, except under the
 * seed's template, which leaves it to IAM.
 */
export function breakGlassPolicy(
  environment: ResolvedEnvironment,
  account: ResolvedAccount,
  regions: readonly RegionName[],
): Policy {
  const all = regions.map((region) => keysIn(account, region))
  const [region] = regions
  return policyOf([
    allow("LooksAtTheKeys", { action: READ_KEY, resource: all }),
    allow("MakesKeysAndReplicas", { action: ["kms:CreateKey", "kms:ListAliases", "kms:ListKeys"], resource: "*" }),
    allow("TagsWhatItMakes", {
      action: "kms:TagResource",
      resource: all,
      when: { StringEquals: { "aws:RequestTag/dr:env": environment.name } },
    }),
    region === undefined
      ? undefined
      : allow("LetsKmsCopyMultiRegionKeys", {
          action: "iam:CreateServiceLinkedRole",
          resource: formatArn({
            partition: partitionOf(region),
            service: "iam",
            region: "",
            account: account.id,
            resource: "role/aws-service-role/mrk.kms.amazonaws.com/*",
          }),
          when: { StringEquals: { "iam:AWSServiceName": "mrk.kms.amazonaws.com" } },
        }),
    ...seedKeys(environment, account).flatMap(({ aliases }) =>
      KEPT_BY(environment.name, aliases).map(([how, when]) =>
        allow(`ChangesSeedDefaultKeys${how}`, {
          action: [...DESTROY_KEY, ...REPLICATE_KEY, "kms:CancelKeyDeletion", "kms:EnableKey", "kms:RevokeGrant"],
          resource: all,
          when: { ...WITH_A_PLAN, ...when },
        }),
      ),
    ),
    ...seedKeys(environment, account).flatMap(({ grants }) =>
      grants.length === 0
        ? []
        : [
            allow("MakesGrantsOfSeedDefaultKeys", {
              action: "kms:CreateGrant",
              resource: all,
              when: { ...WITH_A_PLAN, ...grantsOf(grants) },
            }),
          ],
    ),
  ])
}

/** Keys whose policy leaves everything to IAM: at most one entry, for all of them. */
function seedKeys({ workload, keys }: ResolvedEnvironment, account: ResolvedAccount) {
  const seed = keys.filter(({ policy }) => policy === "seed-default")
  if (account.id !== workload.id || seed.length === 0) return []
  return [{ aliases: unique(seed.map(({ alias }) => alias)), grants: seed.flatMap(({ grants }) => grants) }]
}

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
  environment: ResolvedEnvironment,
  account: ResolvedAccount,
  regions: readonly RegionName[],
  read: { readonly roles: readonly RoleArn[]; readonly buckets: readonly string[] },
): Policy {
  const aliases = unique(environment.keys.flatMap((key) => [key.alias, key.recovery.alias]))
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
    ...seedKeys(environment, account).flatMap(({ aliases: seed }) =>
      KEPT_BY(environment.name, seed).map(([how, when]) =>
        allow(`KeepsSeedDefaultKeysInOrder${how}`, { action: MANAGE_KEY, resource: reads, when }),
      ),
    ),
    allow("LooksAtRoles", { action: READ_ROLE, resource: unique(read.roles) }),
    allow("LooksAtBuckets", {
      action: ["s3:GetBucketLocation", "s3:GetBucketPolicy", "s3:GetEncryptionConfiguration"],
      resource: bucketArns(read.buckets, regions[0] as RegionName),
    }),
  ])
}
