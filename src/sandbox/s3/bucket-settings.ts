import { ServiceError, type SandboxResponse } from "../core/exchange.ts"
import { emptyAnswer, xmlAnswer } from "./answers.ts"
import { DEFAULT_RULE } from "./encryption.ts"
import { invalidArgument } from "./errors.ts"
import { verifyBody } from "./integrity.ts"
import { authorize, targetBucket, type S3Call } from "./s3-call.ts"
import type { Bucket, SseAlgorithm } from "./state.ts"
import { child, childrenOf, childText, leaf, malformedXml, node, readRoot, xmlDocument } from "./xml.ts"

/** Reads a bucket's setting after the right to it was checked. */
export function settingOf(s3: S3Call, action: string): Bucket {
  const bucket = targetBucket(s3)
  authorize(s3, bucket, action)
  if (s3.call.request.method === "PUT") verifyBody(s3)
  return bucket
}

export const absent = (code: string, message: string, bucket: Bucket): ServiceError =>
  new ServiceError(code, message, 404, { BucketName: bucket.name })

/** AWS's own answers for settings that are never made here. */
const NEVER_MADE: Readonly<Record<string, readonly [string, string, string]>> = {
  GetBucketLifecycleConfiguration: [
    "GetLifecycleConfiguration",
    "NoSuchLifecycleConfiguration",
    "The lifecycle configuration does not exist",
  ],
  GetBucketReplication: [
    "GetReplicationConfiguration",
    "ReplicationConfigurationNotFoundError",
    "The replication configuration was not found",
  ],
  GetBucketCors: ["GetBucketCORS", "NoSuchCORSConfiguration", "The CORS configuration does not exist"],
  GetBucketWebsite: [
    "GetBucketWebsite",
    "NoSuchWebsiteConfiguration",
    "The specified bucket does not have a website configuration",
  ],
  GetBucketInventoryConfiguration: [
    "GetInventoryConfiguration",
    "NoSuchConfiguration",
    "The specified configuration does not exist.",
  ],
  GetObjectLockConfiguration: [
    "GetBucketObjectLockConfiguration",
    "ObjectLockConfigurationNotFoundError",
    "Object Lock configuration does not exist for this bucket",
  ],
}

export const NEVER_MADE_OPERATIONS: readonly string[] = Object.keys(NEVER_MADE)

export function neverMade(s3: S3Call): SandboxResponse {
  const [action, code, message] = NEVER_MADE[s3.operation] ?? [
    "",
    "NoSuchConfiguration",
    "The specified configuration does not exist.",
  ]
  throw absent(code, message, settingOf(s3, action))
}

export function getVersioning(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "GetBucketVersioning")
  return xmlAnswer(
    s3,
    xmlDocument(
      "VersioningConfiguration",
      leaf("Status", bucket.versioning === "never" ? undefined : bucket.versioning),
    ),
  )
}

export function putVersioning(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "PutBucketVersioning")
  const status = childText(readRoot(s3.call.request.body, "VersioningConfiguration"), "Status")
  if (status === undefined) {
    throw new ServiceError("IllegalVersioningConfigurationException", "The Versioning element must be specified")
  }
  if (status !== "Enabled" && status !== "Suspended") throw malformedXml()
  bucket.versioning = status
  return emptyAnswer(s3)
}

/** Never absent: without a rule of its own a bucket shows AES256. */
export function getEncryption(s3: S3Call): SandboxResponse {
  const rule = settingOf(s3, "GetEncryptionConfiguration").encryption ?? DEFAULT_RULE
  const byDefault = node(
    "ApplyServerSideEncryptionByDefault",
    leaf("SSEAlgorithm", rule.algorithm),
    leaf("KMSMasterKeyID", rule.keyId),
  )
  return xmlAnswer(
    s3,
    xmlDocument("ServerSideEncryptionConfiguration", node("Rule", byDefault, leaf("BucketKeyEnabled", rule.bucketKey))),
  )
}

/** The key is not looked at, as on AWS: a typing error shows only when objects are written. */
export function putEncryption(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "PutEncryptionConfiguration")
  const rules = childrenOf(readRoot(s3.call.request.body, "ServerSideEncryptionConfiguration"), "Rule")
  const [rule] = rules
  const byDefault = rule === undefined ? undefined : child(rule, "ApplyServerSideEncryptionByDefault")
  if (rule === undefined || rules.length !== 1 || byDefault === undefined) throw malformedXml()
  const algorithm = childText(byDefault, "SSEAlgorithm")
  if (algorithm !== "AES256" && algorithm !== "aws:kms" && algorithm !== "aws:kms:dsse") throw malformedXml()
  const keyId = childText(byDefault, "KMSMasterKeyID")
  if (keyId !== undefined && algorithm === "AES256") {
    throw invalidArgument(
      "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
      "ApplyServerSideEncryptionByDefault",
    )
  }
  bucket.encryption = {
    algorithm: algorithm satisfies SseAlgorithm,
    ...(keyId === undefined ? {} : { keyId }),
    bucketKey: childText(rule, "BucketKeyEnabled") === "true",
  }
  return emptyAnswer(s3)
}

export function deleteEncryption(s3: S3Call): SandboxResponse {
  delete settingOf(s3, "PutEncryptionConfiguration").encryption
  return emptyAnswer(s3, 204)
}

export function getPolicy(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "GetBucketPolicy")
  if (bucket.policy === undefined) throw absent("NoSuchBucketPolicy", "The bucket policy does not exist", bucket)
  return { ...emptyAnswer(s3, 200, { "content-type": "application/json" }), body: bucket.policy }
}

export function putPolicy(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "PutBucketPolicy")
  const text = s3.call.request.body.toString("utf8")
  checkPolicy(text)
  bucket.policy = text
  return emptyAnswer(s3, 204)
}

function checkPolicy(text: string): void {
  const policy = text.startsWith("{") ? parseObject(text) : undefined
  if (policy === undefined) throw malformedPolicy("Policies must be valid JSON and the first byte must be '{'")
  const statement = policy["Statement"]
  if (statement === undefined || (Array.isArray(statement) && statement.length === 0)) {
    throw malformedPolicy("Missing required field Statement")
  }
}

const malformedPolicy = (message: string): ServiceError => new ServiceError("MalformedPolicy", message)

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}

export function deletePolicy(s3: S3Call): SandboxResponse {
  delete settingOf(s3, "DeleteBucketPolicy").policy
  return emptyAnswer(s3, 204)
}

const BLOCKS = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"] as const

export function getPublicAccessBlock(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "GetBucketPublicAccessBlock")
  const block = bucket.publicAccessBlock
  if (block === undefined) {
    throw absent("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found", bucket)
  }
  return xmlAnswer(
    s3,
    xmlDocument("PublicAccessBlockConfiguration", ...BLOCKS.map((name) => leaf(name, block[name] ?? false))),
  )
}

export function putPublicAccessBlock(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "PutBucketPublicAccessBlock")
  const root = readRoot(s3.call.request.body, "PublicAccessBlockConfiguration")
  bucket.publicAccessBlock = Object.fromEntries(
    BLOCKS.map((name) => [name, childText(root, name)?.toLowerCase() === "true"]),
  )
  return emptyAnswer(s3)
}

export function deletePublicAccessBlock(s3: S3Call): SandboxResponse {
  delete settingOf(s3, "PutBucketPublicAccessBlock").publicAccessBlock
  return emptyAnswer(s3, 204)
}

const OWNERSHIPS: ReadonlySet<string> = new Set(["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"])

export function getOwnership(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "GetBucketOwnershipControls")
  if (bucket.ownership === undefined) {
    throw absent("OwnershipControlsNotFoundError", "The bucket ownership controls were not found", bucket)
  }
  return xmlAnswer(s3, xmlDocument("OwnershipControls", node("Rule", leaf("ObjectOwnership", bucket.ownership))))
}

export function putOwnership(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "PutBucketOwnershipControls")
  const rule = child(readRoot(s3.call.request.body, "OwnershipControls"), "Rule")
  const ownership = rule === undefined ? undefined : childText(rule, "ObjectOwnership")
  if (ownership === undefined || !OWNERSHIPS.has(ownership)) throw malformedXml()
  bucket.ownership = ownership
  return emptyAnswer(s3)
}

export function deleteOwnership(s3: S3Call): SandboxResponse {
  delete settingOf(s3, "PutBucketOwnershipControls").ownership
  return emptyAnswer(s3, 204)
}
