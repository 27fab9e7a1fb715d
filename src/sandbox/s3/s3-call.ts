import { bucketArn, objectArn, partitionOf } from "../../access/arn.ts"
import { isAccountId } from "../../kernel/brands.ts"
import { ServiceError, type Call } from "../core/exchange.ts"
import type { Conditions, OnBehalfOf } from "../core/world.ts"
import { accessDenied, noSuchBucket } from "./errors.ts"
import type { Bucket, S3State } from "./state.ts"
import { decodeKey, targetOf } from "./target.ts"

/** A call on S3 with its target read: what every handler gets. */
export interface S3Call {
  readonly call: Call
  readonly state: S3State
  readonly operation: string
  /** "" at the service's root. */
  readonly bucketName: string
  /** "" where the call is about a bucket. */
  readonly key: string
  /** Request headers; those that a pre-signed link carries in its query too. */
  readonly headers: Readonly<Record<string, string>>
  readonly query: ReadonlyMap<string, string>
}

export function readCall(call: Call, state: S3State, operation: string): S3Call {
  const target = targetOf(call.request) ?? {}
  const hoisted = call.request.query.filter(([name]) => name.toLowerCase().startsWith("x-amz-"))
  return {
    call,
    state,
    operation,
    bucketName: target.bucket ?? "",
    key: target.rawKey === undefined ? "" : decodeKey(target.rawKey),
    headers:
      hoisted.length === 0
        ? call.request.headers
        : {
            ...Object.fromEntries(hoisted.map(([name, value]) => [name.toLowerCase(), value])),
            ...call.request.headers,
          },
    query: new Map(call.request.query),
  }
}

/** The bucket of the call: it exists, the signature names its Region, its owner is the expected one. */
export function targetBucket(s3: S3Call): Bucket {
  const bucket = s3.state.buckets.get(s3.bucketName)
  if (bucket === undefined) throw noSuchBucket(s3.bucketName)
  const anyRegion = s3.operation === "GetBucketLocation" && s3.call.region === "us-east-1"
  if (bucket.region !== s3.call.region && !anyRegion) throw wrongRegion(s3.call.region, bucket.region)
  checkExpectedOwner(bucket, s3.headers["x-amz-expected-bucket-owner"])
  return bucket
}

const wrongRegion = (given: string, right: string): ServiceError =>
  new ServiceError(
    "AuthorizationHeaderMalformed",
    `The authorization header is malformed; the region '${given}' is wrong; expecting '${right}'`,
    400,
    { Region: right },
  )

export function checkExpectedOwner(bucket: Bucket, expected: string | undefined): void {
  if (expected === undefined) return
  if (!isAccountId(expected)) {
    throw new ServiceError(
      "InvalidBucketOwnerAWSAccountID",
      "The value of the expected bucket owner parameter must be an AWS account ID",
      400,
      {
        ExpectedBucketOwner: expected,
      },
    )
  }
  if (expected !== bucket.account) throw accessDenied()
}

/** Asks for one IAM action on the bucket, or on an object of it when a key is given. */
export function authorize(s3: S3Call, bucket: Bucket, action: string, key?: string, context: Conditions = {}): void {
  const partition = partitionOf(bucket.region)
  s3.call.world.authorizer.authorize({
    caller: s3.call.caller,
    action: `s3:${action}`,
    resource: key === undefined ? bucketArn(bucket.name, partition) : objectArn(bucket.name, key, partition),
    resourceAccount: bucket.account,
    region: bucket.region,
    ...(bucket.policy === undefined ? {} : { resourcePolicy: bucket.policy }),
    context,
  })
}

/** Actions on versions have names of their own: `GetObject` → `GetObjectVersion` once a version id is named. */
export const versioned = (action: string, versionId: string | undefined): string =>
  versionId === undefined ? action : action.replace(/^(Get|Put|Delete)Object/, "$1ObjectVersion")

export const onBehalf = (s3: S3Call, bucket: Bucket): OnBehalfOf => ({
  caller: s3.call.caller,
  region: bucket.region,
  viaService: `s3.${bucket.region}.amazonaws.com`,
  requestId: s3.call.requestId,
})

export const answerHeaders = (s3: S3Call): Record<string, string> => ({
  "x-amz-request-id": s3.call.requestId,
  "x-amz-id-2": Buffer.from(`sandbox/${s3.call.requestId}`).toString("base64"),
})
