import { bucketArn, objectArn } from "../access/arn.ts"
import { DrError } from "../kernel/errors.ts"
import type { DrillScope, FoundKeys } from "./scope.ts"

/** AWS's limit for an inline session policy, in characters. */
const LIMIT = 2048

/**
 * The session policy of the reader: all that the role may, except the workload's keys, its buckets and its Region. So the
 * loss is simulated for this one session and production notices nothing.
 * @throws DrError E_SESSION_POLICY when an estate has too many keys and buckets for one session policy
 */
export function denySourcePolicy(scope: DrillScope, keys: Iterable<FoundKeys>): string {
  const keyArns = [...keys].flatMap((found) => found.workloadArns)
  const buckets = [...new Set(scope.datasets.map((dataset) => dataset.bucket))]
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["s3:Get*", "s3:List*", "kms:Decrypt", "kms:DescribeKey", "sts:GetCallerIdentity"],
        Resource: "*",
      },
      { Effect: "Deny", Action: "kms:*", Resource: keyArns },
      {
        Effect: "Deny",
        Action: "s3:*",
        Resource: buckets.flatMap((bucket) => [bucketArn(bucket), objectArn(bucket, "*")]),
      },
      {
        Effect: "Deny",
        Action: "*",
        Resource: "*",
        Condition: { StringEquals: { "aws:RequestedRegion": scope.primaryRegion } },
      },
    ],
  })
  if (policy.length > LIMIT) {
    throw new DrError({
      code: "E_SESSION_POLICY",
      message: `the session policy that denies the source has ${policy.length} characters, AWS takes ${LIMIT}`,
      hints: ["drill fewer datasets at once: dr drill run loki-sample"],
    })
  }
  return policy
}
