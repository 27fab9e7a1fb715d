import { bucketArn, objectArn, partitionOf } from "../../access/arn.ts"
import type { ResolvedEnvironment } from "../../estate/topology.ts"
import type { RegionName, RoleArn } from "../../kernel/brands.ts"
import { LIST_BUCKET, LOOK_AT_BUCKET, READ_OBJECT } from "./actions.ts"
import { readersOf, roleOf, type Dataset } from "./scene.ts"
import { allow, deny, policyOf, type Policy, type PolicyStatement } from "./statement.ts"

/** The recovery role may pull copies; nobody speaks to the bucket without TLS. */
export function sourceBucketPolicy(environment: ResolvedEnvironment, datasets: readonly Dataset[]): Policy {
  const [first] = datasets
  const bucket = first?.bucket ?? ""
  const partition = partitionOf(environment.primaryRegion)
  const readers = readersOf(environment)
  return policyOf([
    allow("RecoveryRolesReadObjects", {
      principal: readers,
      action: READ_OBJECT,
      resource: datasets.map(({ prefix }) => objectArn(bucket, `${prefix}*`, partition)),
    }),
    allow("RecoveryRolesListTheBucket", {
      principal: readers,
      action: LIST_BUCKET,
      resource: bucketArn(bucket, partition),
    }),
    looksAt(environment.recovery.roles.restore, bucketArn(bucket, partition)),
    onlyTls(bucket, environment.primaryRegion),
  ])
}

/** Copies outlive their makers: only break-glass removes one for good. */
export function recoveryBucketPolicy(environment: ResolvedEnvironment, bucket: string): Policy {
  const partition = partitionOf(environment.recoveryRegion)
  const { restore } = environment.workload.roles
  const prefixes = environment.datasets
    .filter(({ recoveryBucket }) => recoveryBucket === bucket)
    .map(({ recoveryPrefix }) => recoveryPrefix)
  return policyOf([
    restore === undefined
      ? undefined
      : allow("WorkloadRestoreRoleReadsCopies", {
          principal: restore,
          action: READ_OBJECT,
          resource: prefixes.map((prefix) => objectArn(bucket, `${prefix}*`, partition)),
        }),
    restore === undefined
      ? undefined
      : allow("WorkloadRestoreRoleListsCopies", {
          principal: restore,
          action: LIST_BUCKET,
          resource: bucketArn(bucket, partition),
        }),
    looksAt(restore, bucketArn(bucket, partition)),
    deny("OnlyBreakGlassDestroysCopies", {
      principal: "*",
      action: ["s3:DeleteObjectVersion", "s3:PutLifecycleConfiguration"],
      resource: [bucketArn(bucket, partition), objectArn(bucket, "*", partition)],
      when: { ArnNotEquals: { "aws:PrincipalArn": roleOf(environment.recovery, "breakGlass") } },
    }),
    onlyTls(bucket, environment.recoveryRegion),
  ])
}

export const scratchBucketPolicy = (environment: ResolvedEnvironment): Policy =>
  policyOf([onlyTls(environment.scratch.bucket, environment.recoveryRegion)])

/** The settings of a bucket in another account, before a restore from it is planned. */
const looksAt = (role: RoleArn | undefined, bucket: string): PolicyStatement | undefined =>
  role === undefined
    ? undefined
    : allow("RestoreRoleLooksAtTheBucket", { principal: role, action: LOOK_AT_BUCKET, resource: bucket })

function onlyTls(bucket: string, region: RegionName): PolicyStatement {
  const partition = partitionOf(region)
  return deny("OnlyTls", {
    principal: "*",
    action: "s3:*",
    resource: [bucketArn(bucket, partition), objectArn(bucket, "*", partition)],
    when: { Bool: { "aws:SecureTransport": "false" } },
  })
}
