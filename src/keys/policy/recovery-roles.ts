import type { ResolvedEnvironment } from "../../estate/topology.ts"
import { LIST_BUCKET, READ_KEY, READ_OBJECT, READ_ROLE } from "./actions.ts"
import { bucketArns, byAlias, keysIn, objectArns, unique, type Place } from "./resources.ts"
import { DRILL_CONTEXT, roleOf, s3Context, s3In, workloadRegions } from "./scene.ts"
import { allow, policyOf, type Policy, type PolicyStatement } from "./statement.ts"

/** The recovery account's role: reads the source and the copies, re-encrypts under the recovery key into the scratch prefix. */
export function recoveryRolePolicy(environment: ResolvedEnvironment): Policy {
  const { recovery, scratch, recoveryRegion } = environment
  const { copies } = placesOf(environment)
  return policyOf([
    ...readsSourceAndCopies(environment, [scratch]),
    allow("WritesAndClearsTheScratchPrefix", {
      action: [
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:PutObject",
        "s3:PutObjectTagging",
      ],
      resource: objectArns([scratch], recoveryRegion),
    }),
    allow("ListsTheScratchPrefix", {
      action: [...LIST_BUCKET, "s3:ListBucketMultipartUploads"],
      resource: bucketArns([scratch.bucket], recoveryRegion),
      when: { StringLike: { "s3:prefix": `${scratch.prefix}*` } },
    }),
    looksAtRecoveryKeys(environment),
    ...sourceKeys(environment),
    allow("LooksAtBucketPolicies", {
      action: "s3:GetBucketPolicy",
      resource: bucketArns([...copies.map(({ bucket }) => bucket), scratch.bucket], recoveryRegion),
    }),
    allow("LooksAtItself", { action: READ_ROLE, resource: roleOf(recovery, "drill") }),
  ])
}

export function placesOf({ datasets }: ResolvedEnvironment): { sources: readonly Place[]; copies: readonly Place[] } {
  return {
    sources: datasets.map(({ bucket, prefix }) => ({ bucket, prefix })),
    copies: datasets.map((dataset) => ({ bucket: dataset.recoveryBucket, prefix: dataset.recoveryPrefix })),
  }
}

/** `more`: places in the recovery account beside the copies. */
export function readsSourceAndCopies(environment: ResolvedEnvironment, more: readonly Place[] = []): PolicyStatement[] {
  const { primaryRegion, recoveryRegion } = environment
  const { sources, copies } = placesOf(environment)
  const namesOf = (places: readonly Place[]): string[] => places.map(({ bucket }) => bucket)
  return [
    allow("ReadsSourceAndCopies", {
      action: READ_OBJECT,
      resource: [...objectArns(sources, primaryRegion), ...objectArns([...copies, ...more], recoveryRegion)],
    }),
    allow("ListsSourceAndCopies", {
      action: LIST_BUCKET,
      resource: [...bucketArns(namesOf(sources), primaryRegion), ...bucketArns(namesOf(copies), recoveryRegion)],
    }),
  ]
}

/** Using the recovery keys is given by their own policies, which name the role. */
export function looksAtRecoveryKeys({ keys, recovery }: ResolvedEnvironment): PolicyStatement {
  const regions = unique(keys.flatMap((key) => key.recovery.regions))
  return allow("LooksAtTheRecoveryKeys", {
    action: READ_KEY,
    resource: regions.map((region) => keysIn(recovery, region)),
    when: byAlias(unique(keys.map((key) => key.recovery.alias))),
  })
}

export function sourceKeys(environment: ResolvedEnvironment): PolicyStatement[] {
  const { sources } = placesOf(environment)
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

/** Makes and refreshes the recovery copies: reads the source, writes below the recovery prefixes, deletes nothing. */
export function syncRolePolicy(environment: ResolvedEnvironment): Policy {
  const [looks, reads] = sourceKeys(environment)
  return policyOf([
    ...readsSourceAndCopies(environment),
    allow("WritesCopies", {
      action: ["s3:AbortMultipartUpload", "s3:PutObject", "s3:PutObjectTagging"],
      resource: objectArns(placesOf(environment).copies, environment.recoveryRegion),
    }),
    looksAtRecoveryKeys(environment),
    ...keepsTheLock(environment),
    looks,
    reads,
  ])
}

/** One restore at a time for an environment, whatever the machine: numbered objects beside what drills write. */
export function keepsTheLock({ scratch, recoveryRegion }: ResolvedEnvironment): PolicyStatement[] {
  const locks = { bucket: scratch.bucket, prefix: `${scratch.prefix}locks/` }
  return [
    allow("KeepsTheLock", {
      action: ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
      resource: objectArns([locks], recoveryRegion),
    }),
    allow("ListsLocks", {
      action: "s3:ListBucket",
      resource: bucketArns([locks.bucket], recoveryRegion),
      when: { StringLike: { "s3:prefix": `${locks.prefix}*` } },
    }),
  ]
}
