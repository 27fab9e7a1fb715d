import { bucketArn, partitionOf } from "../../access/arn.ts"
import { ServiceError, type SandboxResponse } from "../core/exchange.ts"
import { emptyAnswer, xmlAnswer } from "./answers.ts"
import { absent, settingOf } from "./bucket-setting.ts"
import { blockedBy, blockXml, isBlocked, readBlock } from "./public-access.ts"
import { isPublicPolicy } from "./public-policy.ts"
import type { S3Call } from "./s3-call.ts"
import type { Bucket } from "./state.ts"
import { leaf, readRoot, xmlDocument } from "./xml.ts"

const noPolicy = (bucket: Bucket): ServiceError =>
  absent("NoSuchBucketPolicy", "The bucket policy does not exist", bucket)

export function getPolicy(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "GetBucketPolicy")
  if (bucket.policy === undefined) throw noPolicy(bucket)
  return { ...emptyAnswer(s3, 200, { "content-type": "application/json" }), body: bucket.policy }
}

export function getPolicyStatus(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "GetBucketPolicyStatus")
  if (bucket.policy === undefined) throw noPolicy(bucket)
  return xmlAnswer(s3, xmlDocument("PolicyStatus", leaf("IsPublic", bucket.publicPolicy === true)))
}

/** BlockPublicPolicy refuses a public policy here; one that stands already stays. */
export function putPolicy(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "PutBucketPolicy")
  const text = s3.call.request.body.toString("utf8")
  const isPublic = isPublicPolicy(readPolicy(text))
  if (isPublic && isBlocked(s3.state, bucket, "BlockPublicPolicy")) throw refusedAsPublic(s3, bucket)
  bucket.policy = text
  bucket.publicPolicy = isPublic
  return emptyAnswer(s3, 204)
}

const refusedAsPublic = (s3: S3Call, bucket: Bucket): ServiceError =>
  blockedBy(
    s3.call.caller,
    "s3:PutBucketPolicy",
    bucketArn(bucket.name, partitionOf(bucket.region)),
    "BlockPublicPolicy",
  )

function readPolicy(text: string): Readonly<Record<string, unknown>> {
  const policy = text.startsWith("{") ? parseObject(text) : undefined
  if (policy === undefined) throw malformedPolicy("Policies must be valid JSON and the first byte must be '{'")
  const statement = policy["Statement"]
  if (statement === undefined || (Array.isArray(statement) && statement.length === 0)) {
    throw malformedPolicy("Missing required field Statement")
  }
  return policy
}

const malformedPolicy = (message: string): ServiceError => new ServiceError("MalformedPolicy", message)

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
}

export function deletePolicy(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "DeleteBucketPolicy")
  delete bucket.policy
  delete bucket.publicPolicy
  return emptyAnswer(s3, 204)
}

export function getPublicAccessBlock(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "GetBucketPublicAccessBlock")
  const block = bucket.publicAccessBlock
  if (block === undefined) {
    throw absent("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found", bucket)
  }
  return xmlAnswer(s3, xmlDocument("PublicAccessBlockConfiguration", blockXml(block)))
}

export function putPublicAccessBlock(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "PutBucketPublicAccessBlock")
  bucket.publicAccessBlock = readBlock(readRoot(s3.call.request.body, "PublicAccessBlockConfiguration"))
  return emptyAnswer(s3)
}

export function deletePublicAccessBlock(s3: S3Call): SandboxResponse {
  delete settingOf(s3, "PutBucketPublicAccessBlock").publicAccessBlock
  return emptyAnswer(s3, 204)
}
