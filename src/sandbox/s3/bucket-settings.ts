import { ServiceError, type SandboxResponse } from "../core/exchange.ts"
import { emptyAnswer, xmlAnswer } from "./answers.ts"
import { absent, settingOf } from "./bucket-setting.ts"
import { DEFAULT_RULE } from "./encryption.ts"
import { invalidArgument } from "./errors.ts"
import type { S3Call } from "./s3-call.ts"
import type { SseAlgorithm } from "./state.ts"
import { child, childrenOf, childText, leaf, malformedXml, node, readRoot, xmlDocument } from "./xml.ts"

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

/** With Object Lock it stays on: overwriting without versions would destroy what is locked. */
export function putVersioning(s3: S3Call): SandboxResponse {
  const bucket = settingOf(s3, "PutBucketVersioning")
  const status = childText(readRoot(s3.call.request.body, "VersioningConfiguration"), "Status")
  if (status === undefined) {
    throw new ServiceError("IllegalVersioningConfigurationException", "The Versioning element must be specified")
  }
  if (status !== "Enabled" && status !== "Suspended") throw malformedXml()
  if (status === "Suspended" && bucket.objectLock !== undefined) {
    throw new ServiceError(
      "InvalidBucketState",
      "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
      409,
      { BucketName: bucket.name },
    )
  }
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
  const blocked =
    rule.blocked === undefined
      ? ""
      : node("BlockedEncryptionTypes", ...rule.blocked.map((each) => leaf("EncryptionType", each)))
  return xmlAnswer(
    s3,
    xmlDocument(
      "ServerSideEncryptionConfiguration",
      node("Rule", byDefault, leaf("BucketKeyEnabled", rule.bucketKey), blocked),
    ),
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
  const blocked = child(rule, "BlockedEncryptionTypes")?.children.map((each) => each.text)
  if (blocked?.some((each) => each !== "SSE-C" && each !== "NONE") === true) throw malformedXml()
  bucket.encryption = {
    algorithm: algorithm satisfies SseAlgorithm,
    ...(keyId === undefined ? {} : { keyId }),
    ...(blocked === undefined ? {} : { blocked }),
    bucketKey: childText(rule, "BucketKeyEnabled") === "true",
  }
  return emptyAnswer(s3)
}

export function deleteEncryption(s3: S3Call): SandboxResponse {
  delete settingOf(s3, "PutEncryptionConfiguration").encryption
  return emptyAnswer(s3, 204)
}

export const OWNERSHIPS: ReadonlySet<string> = new Set(["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"])

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
