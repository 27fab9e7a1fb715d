import { bucketArn, objectArn, partitionOf, tryParseArn } from "../../access/arn.ts"
import { isAccountId, type AccountId } from "../../kernel/brands.ts"
import { ServiceError, type Call, type Caller } from "../core/exchange.ts"
import type { AccessQuestion, Conditions, OnBehalfOf } from "../core/world.ts"
import { accessDenied, noSuchBucket } from "./errors.ts"
import { restrictsTo } from "./public-access.ts"
import { requestFacts } from "./request-facts.ts"
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
  /** Condition keys that every question about this call carries. */
  readonly facts: Conditions
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
    facts: requestFacts(call.request),
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
  const question = questionOf(s3, bucket, action, key, context)
  restrictsTo(s3.state, bucket, question)
  s3.call.world.authorizer.authorize(question)
}

/** The same question without an error: some answers only tell more to who may know more. */
export function allows(s3: S3Call, bucket: Bucket, action: string, key: string, context: Conditions = {}): boolean {
  return s3.call.world.authorizer.allows(questionOf(s3, bucket, action, key, context))
}

function questionOf(
  s3: S3Call,
  bucket: Bucket,
  action: string,
  key: string | undefined,
  context: Conditions,
): AccessQuestion {
  const partition = partitionOf(bucket.region)
  const { caller } = s3.call
  const policy = isRootsOwn(caller, bucket, action) ? undefined : bucket.policy
  return {
    caller,
    action: `s3:${action}`,
    resource: key === undefined ? bucketArn(bucket.name, partition) : objectArn(bucket.name, key, partition),
    resourceAccount: bucket.account,
    region: bucket.region,
    ...(policy === undefined ? {} : { resourcePolicy: policy }),
    context: { ...s3.facts, "s3:ResourceAccount": bucket.account, ...context },
  }
}

const POLICY_ACTIONS: ReadonlySet<string> = new Set(["GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"])

/** No bucket policy locks the owner's root user out of the policy itself. */
const isRootsOwn = (caller: Caller, bucket: Bucket, action: string): boolean =>
  caller.kind === "root" && caller.account === bucket.account && POLICY_ACTIONS.has(action)

/** An action that is about no bucket, in the caller's own account. */
export function authorizeAccount(s3: S3Call, action: string, context: Conditions = {}): void {
  const { caller, region } = s3.call
  s3.call.world.authorizer.authorize({
    caller,
    action: `s3:${action}`,
    resource: "*",
    resourceAccount: caller.account,
    region,
    context: { ...s3.facts, "s3:ResourceAccount": caller.account, ...context },
  })
}

/** iam:PassRole: who hands a role to a service must be allowed to, or S3 would lend anybody any role. */
export function authorizePassRole(s3: S3Call, roleArn: string, service: string): void {
  const { caller, region } = s3.call
  s3.call.world.authorizer.authorize({
    caller,
    action: "iam:PassRole",
    resource: roleArn,
    resourceAccount: (tryParseArn(roleArn)?.account ?? caller.account) as AccountId,
    region,
    context: { "iam:PassedToService": service },
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
