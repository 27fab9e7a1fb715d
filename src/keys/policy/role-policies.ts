import { accountPrincipalArn, bucketArn, formatArn, objectArn, partitionOf } from "../../access/arn.ts"
import type { ResolvedAccount, ResolvedEnvironment } from "../../estate/topology.ts"
import type { RegionName, RoleArn } from "../../kernel/brands.ts"
import { LIST_BUCKET, READ_KEY, READ_OBJECT, READ_ROLE } from "./actions.ts"
import { DRILL_CONTEXT, roleOf, s3Context, s3In, workloadRegions, type Dataset, type Key } from "./scene.ts"
import { allow, policyOf, sidOf, type Policy, type PolicyStatement } from "./statement.ts"

/** Key ids are not in dr.yaml: keys of the own account are named by their alias, foreign ones by Region and condition. */
const keysIn = (account: ResolvedAccount, region: RegionName): string =>
  formatArn({ partition: partitionOf(region), service: "kms", region, account: account.id, resource: "key/*" })

const byAlias = (aliases: readonly string[]) => ({
  "ForAnyValue:StringEquals": { "kms:ResourceAliases": aliases },
})

const buckets = (names: readonly string[], region: RegionName): string[] =>
  names.map((name) => bucketArn(name, partitionOf(region)))

const objects = (places: ReadonlyArray<{ bucket: string; prefix: string }>, region: RegionName): string[] =>
  places.map(({ bucket, prefix }) => objectArn(bucket, `${prefix}*`, partitionOf(region)))

const unique = <T>(list: readonly T[]): T[] => [...new Set(list)]

/** The workload account's drill role: looks at keys and buckets and makes data keys of its own; it opens nothing. */
export function drillRolePolicy(environment: ResolvedEnvironment): Policy {
  const { workload, keys, primaryRegion } = environment
  const aliases = unique(keys.map((key) => key.alias))
  const all = unique(keys.flatMap((key) => workloadRegions(environment, key))).map((region) => keysIn(workload, region))
  return policyOf([
    allow("LooksAtTheKeys", { action: READ_KEY, resource: all, when: byAlias(aliases) }),
    allow("LooksAtBucketPolicies", {
      action: "s3:GetBucketPolicy",
      resource: buckets(unique(environment.datasets.map((dataset) => dataset.bucket)), primaryRegion),
    }),
    looksAtItself(roleOf(workload, "drill")),
  ])
}

/** The recovery account's role: reads the source and the copies, re-encrypts under the recovery key into the scratch prefix. */
export function recoveryRolePolicy(environment: ResolvedEnvironment): Policy {
  const { recovery, datasets, scratch, primaryRegion, recoveryRegion } = environment
  const sources = datasets.map(({ bucket, prefix }) => ({ bucket, prefix }))
  const copies = datasets.map((dataset) => ({ bucket: dataset.recoveryBucket, prefix: dataset.recoveryPrefix }))
  const readable = [...objects(sources, primaryRegion), ...objects([...copies, scratch], recoveryRegion)]
  return policyOf([
    allow("ReadsSourceAndCopies", { action: READ_OBJECT, resource: unique(readable) }),
    allow("ListsSourceAndCopies", {
      action: LIST_BUCKET,
      resource: unique([
        ...buckets(
          sources.map(({ bucket }) => bucket),
          primaryRegion,
        ),
        ...buckets(
          copies.map(({ bucket }) => bucket),
          recoveryRegion,
        ),
      ]),
    }),
    allow("WritesAndClearsTheScratchPrefix", {
      action: [
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:PutObject",
        "s3:PutObjectTagging",
      ],
      resource: objects([scratch], recoveryRegion),
    }),
    allow("ListsTheScratchPrefix", {
      action: [...LIST_BUCKET, "s3:ListBucketMultipartUploads"],
      resource: buckets([scratch.bucket], recoveryRegion),
      when: { StringLike: { "s3:prefix": `${scratch.prefix}*` } },
    }),
    looksAtRecoveryKeys(environment),
    ...sourceKeys(environment, sources),
    allow("LooksAtBucketPolicies", {
      action: "s3:GetBucketPolicy",
      resource: buckets(unique([...copies.map(({ bucket }) => bucket), scratch.bucket]), recoveryRegion),
    }),
    looksAtItself(roleOf(recovery, "drill")),
  ])
}

type Place = { readonly bucket: string; readonly prefix: string }

/** Using the recovery keys is given by their own policies, which name the role. */
function looksAtRecoveryKeys({ keys, recovery }: ResolvedEnvironment): PolicyStatement {
  const regions = unique(keys.flatMap((key) => key.recovery.regions))
  return allow("LooksAtTheRecoveryKeys", {
    action: READ_KEY,
    resource: regions.map((region) => keysIn(recovery, region)),
    when: byAlias(unique(keys.map((key) => key.recovery.alias))),
  })
}

function sourceKeys(environment: ResolvedEnvironment, sources: readonly Place[]): PolicyStatement[] {
  const regions = unique(environment.keys.flatMap((key) => workloadRegions(environment, key)))
  const all = regions.map((region) => keysIn(environment.workload, region))
  return [
    allow("LooksAtTheSourceKeys", { action: "kms:DescribeKey", resource: all }),
    allow("ReadsTheSourceThroughS3", {
      action: "kms:Decrypt",
      resource: all,
      when: {
        StringEquals: { "kms:ViaService": regions.map(s3In) },
        StringLike: { "kms:EncryptionContext:aws:s3:arn": s3Context(sources, environment.primaryRegion) },
      },
    }),
    allow("RewrapsFromTheSourceKeys", {
      action: "kms:ReEncryptFrom",
      resource: all,
      when: { StringLike: DRILL_CONTEXT },
    }),
  ]
}

const looksAtItself = (role: RoleArn): PolicyStatement => allow("LooksAtItself", { action: READ_ROLE, resource: role })

/** Makes and refreshes the recovery copies: reads the source, writes below the recovery prefixes, deletes nothing. */
export function syncRolePolicy(environment: ResolvedEnvironment): Policy {
  const { datasets, primaryRegion, recoveryRegion } = environment
  const sources = datasets.map(({ bucket, prefix }) => ({ bucket, prefix }))
  const copies = datasets.map((dataset) => ({ bucket: dataset.recoveryBucket, prefix: dataset.recoveryPrefix }))
  const [looks, reads] = sourceKeys(environment, sources)
  return policyOf([
    allow("ReadsSourceAndCopies", {
      action: READ_OBJECT,
      resource: unique([...objects(sources, primaryRegion), ...objects(copies, recoveryRegion)]),
    }),
    allow("ListsSourceAndCopies", {
      action: LIST_BUCKET,
      resource: unique([
        ...buckets(
          sources.map(({ bucket }) => bucket),
          primaryRegion,
        ),
        ...buckets(
          copies.map(({ bucket }) => bucket),
          recoveryRegion,
        ),
      ]),
    }),
    allow("WritesCopies", {
      action: ["s3:AbortMultipartUpload", "s3:PutObject", "s3:PutObjectTagging"],
      resource: unique(objects(copies, recoveryRegion)),
    }),
    looks,
    reads,
  ])
}

/** New keys have no policy yet that could let anybody make them; everything else stands in the key's. */
export const breakGlassPolicy = (account: ResolvedAccount, regions: readonly RegionName[]): Policy =>
  policyOf([
    allow("LooksAtTheKeys", { action: READ_KEY, resource: regions.map((region) => keysIn(account, region)) }),
    allow("MakesKeysAndReplicas", { action: ["kms:CreateKey", "kms:ListAliases", "kms:ListKeys"], resource: "*" }),
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
        resource: objects([dataset], region),
      }),
      allow(sidOf(dataset.name, "Bucket"), {
        action: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
        resource: buckets([dataset.bucket], region),
      }),
    ]),
  )
}

/** Who may become a drill role: the runners, else whoever the workload account lets, with a name and the external id. */
export function drillTrust(environment: ResolvedEnvironment, account: ResolvedAccount): Policy {
  const { runners, workload, primaryRegion, organizationId } = environment
  const principal = runners.length > 0 ? runners : accountPrincipalArn(workload.id, partitionOf(primaryRegion))
  const equals = {
    ...(account.externalId === undefined ? {} : { "sts:ExternalId": account.externalId }),
    ...(organizationId === undefined || account.id === workload.id ? {} : { "aws:PrincipalOrgID": organizationId }),
  }
  return policyOf([
    allow("RunnersMayDrill", {
      principal,
      action: ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
      ...(Object.keys(equals).length === 0 ? {} : { when: { StringEquals: equals } }),
    }),
  ])
}

/** People only, with a second factor that is fresh, and under their name. */
export function breakGlassTrust(account: ResolvedAccount, region: RegionName): Policy {
  return policyOf([
    allow("PeopleWithAFreshSecondFactor", {
      principal: accountPrincipalArn(account.id, partitionOf(region)),
      action: ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
      when: {
        Bool: { "aws:MultiFactorAuthPresent": "true" },
        NumericLessThan: { "aws:MultiFactorAuthAge": "900" },
        StringLike: { "sts:SourceIdentity": "?*" },
      },
    }),
  ])
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
      resource: buckets(unique(read.buckets), regions[0] as RegionName),
    }),
  ])
}
