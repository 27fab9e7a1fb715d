import { bucketArn, objectArn, partitionOf } from "../../access/arn.ts"
import type { ResolvedEnvironment } from "../../estate/topology.ts"
import type { RegionName } from "../../kernel/brands.ts"
import { LIST_BUCKET, READ_OBJECT } from "./actions.ts"
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
    onlyTls(bucket, environment.primaryRegion),
  ])
}

/** Copies outlive their makers: only break-glass removes one for good. */
export function recoveryBucketPolicy(environment: ResolvedEnvironment, bucket: string): Policy {
  const partition = partitionOf(environment.recoveryRegion)
  return policyOf([
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

function onlyTls(bucket: string, region: RegionName): PolicyStatement {
  const partition = partitionOf(region)
  return deny("OnlyTls", {
    principal: "*",
    action: "s3:*",
    resource: [bucketArn(bucket, partition), objectArn(bucket, "*", partition)],
    when: { Bool: { "aws:SecureTransport": "false" } },
  })
}
