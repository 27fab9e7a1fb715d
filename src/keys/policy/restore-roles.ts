import type { ResolvedEnvironment } from "../../estate/topology.ts"
import { LOOK_AT_BUCKET, USE_KEY, WRITE_OBJECT } from "./actions.ts"
import { keepsTheLock, looksAtRecoveryKeys, placesOf, readsSourceAndCopies, sourceKeys } from "./recovery-roles.ts"
import { bucketArns, keysIn, objectArns, unique, type Place } from "./resources.ts"
import { s3Context, s3In, workloadRegions } from "./scene.ts"
import { allow, policyOf, type Policy, type PolicyStatement } from "./statement.ts"

/**
 * The recovery account's: pulls from the source into the copies, and re-keys the copies in place. It deletes no version: a
 * delete marker, which mode all carries over, is all that s3:DeleteObject makes where versions are kept.
 */
export function recoveryRestorePolicy(environment: ResolvedEnvironment): Policy {
  const { recoveryRegion } = environment
  const { copies } = placesOf(environment)
  const [looks, reads] = sourceKeys(environment)
  return policyOf([
    ...readsSourceAndCopies(environment),
    ...looksAtBuckets(environment),
    writes(objectArns(copies, recoveryRegion)),
    looksAtRecoveryKeys(environment),
    ...keepsTheLock(environment),
    looks,
    reads,
  ])
}

/** The workload account's: re-keys in place, and pulls back from the copies when the workload's data or key is lost. */
export function workloadRestorePolicy(environment: ResolvedEnvironment): Policy {
  const { workload, recovery, keys, primaryRegion, recoveryRegion } = environment
  const { sources, copies } = placesOf(environment)
  const own = unique(keys.flatMap((key) => workloadRegions(environment, key))).map((region) => keysIn(workload, region))
  const foreign = keysIn(recovery, recoveryRegion)
  return policyOf([
    ...readsSourceAndCopies(environment),
    ...looksAtBuckets(environment),
    writes(objectArns(sources, primaryRegion)),
    allow("LooksAtTheKeys", { action: "kms:DescribeKey", resource: [...own, foreign] }),
    allow("UsesTheKeysThroughS3", {
      action: USE_KEY,
      resource: own,
      when: through(primaryRegion, sources),
    }),
    allow("ReadsCopiesThroughS3", {
      action: "kms:Decrypt",
      resource: foreign,
      when: through(recoveryRegion, copies),
    }),
  ])
}

const through = (region: ResolvedEnvironment["primaryRegion"], places: readonly Place[]) => ({
  StringEquals: { "kms:ViaService": s3In(region) },
  StringLike: { "kms:EncryptionContext:aws:s3:arn": s3Context(places, region) },
})

function looksAtBuckets(environment: ResolvedEnvironment): PolicyStatement[] {
  const { sources, copies } = placesOf(environment)
  const namesOf = (places: readonly Place[]): string[] => places.map(({ bucket }) => bucket)
  return [
    allow("LooksAtBuckets", {
      action: [...LOOK_AT_BUCKET, "s3:ListBucketMultipartUploads"],
      resource: [
        ...bucketArns(namesOf(sources), environment.primaryRegion),
        ...bucketArns(namesOf(copies), environment.recoveryRegion),
      ],
    }),
  ]
}

const writes = (resource: readonly string[]): PolicyStatement =>
  allow("WritesAndReKeys", {
    action: [...WRITE_OBJECT, "s3:DeleteObject", "s3:UpdateObjectEncryption"],
    resource,
  })
