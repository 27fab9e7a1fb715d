import { tryParseArn } from "../../access/arn.ts"
import { ServiceError } from "../core/exchange.ts"
import { child, childText, type XmlElement } from "../s3/xml.ts"
import { invalidRequest } from "./control-call.ts"
import type { InsideRequest } from "./inside-s3.ts"
import type { Task } from "./job.ts"

/** Element of `S3PutObjectCopy` → header of CopyObject. */
const HEADERS: ReadonlyArray<readonly [string, string]> = [
  ["CannedAccessControlList", "x-amz-acl"],
  ["MetadataDirective", "x-amz-metadata-directive"],
  ["ModifiedSinceConstraint", "x-amz-copy-source-if-modified-since"],
  ["UnModifiedSinceConstraint", "x-amz-copy-source-if-unmodified-since"],
  ["RedirectLocation", "x-amz-website-redirect-location"],
  ["StorageClass", "x-amz-storage-class"],
  ["ObjectLockLegalHoldStatus", "x-amz-object-lock-legal-hold"],
  ["ObjectLockMode", "x-amz-object-lock-mode"],
  ["ObjectLockRetainUntilDate", "x-amz-object-lock-retain-until-date"],
  ["ChecksumAlgorithm", "x-amz-checksum-algorithm"],
]

/** Element of `NewObjectMetadata` → header. */
const METADATA: ReadonlyArray<readonly [string, string]> = [
  ["CacheControl", "cache-control"],
  ["ContentDisposition", "content-disposition"],
  ["ContentEncoding", "content-encoding"],
  ["ContentLanguage", "content-language"],
  ["ContentType", "content-type"],
  ["HttpExpiresDate", "expires"],
]

/** One destination bucket for the whole job; equal keys are overwritten. */
export function copyRequest(parameters: XmlElement): (task: Task) => InsideRequest {
  const target = tryParseArn(childText(parameters, "TargetResource") ?? "")
  if (target?.service !== "s3") throw invalidRequest("TargetResource must be the ARN of a bucket")
  if (child(parameters, "AccessControlGrants") !== undefined) {
    throw new ServiceError("NotImplemented", "the sandbox knows no grants by ACL", 501)
  }
  const prefix = childText(parameters, "TargetKeyPrefix")
  const headers = headersOf(parameters)
  return (task) => ({
    method: "PUT",
    bucket: target.resource,
    key: prefix === undefined || prefix === "" ? task.key : `${prefix}/${task.key}`,
    headers: { ...headers, "x-amz-copy-source": sourceOf(task) },
  })
}

function sourceOf({ bucket, key, versionId }: Task): string {
  const path = `${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`
  return versionId === undefined ? path : `${path}?versionId=${versionId}`
}

function headersOf(parameters: XmlElement): Record<string, string> {
  const headers: Record<string, string> = {}
  const take = (from: XmlElement, names: ReadonlyArray<readonly [string, string]>): void => {
    for (const [element, header] of names) {
      const value = childText(from, element)
      if (value !== undefined && value !== "") headers[header] = value
    }
  }
  take(parameters, HEADERS)
  const metadata = child(parameters, "NewObjectMetadata")
  if (metadata !== undefined) {
    take(metadata, METADATA)
    if (describes(metadata)) headers["x-amz-metadata-directive"] ??= "REPLACE"
    for (const entry of child(metadata, "UserMetadata")?.children ?? []) {
      headers[`x-amz-meta-${(childText(entry, "key") ?? "").toLowerCase()}`] = childText(entry, "value") ?? ""
    }
  }
  encryptionOf(parameters, metadata, headers)
  tagsOf(parameters, headers)
  return headers
}

/** New metadata takes the place of the source's; an encryption alone does not. */
const describes = (metadata: XmlElement): boolean =>
  METADATA.some(([element]) => child(metadata, element) !== undefined) ||
  (child(metadata, "UserMetadata")?.children.length ?? 0) > 0

function encryptionOf(parameters: XmlElement, metadata: XmlElement | undefined, headers: Record<string, string>): void {
  const keyId = childText(parameters, "SSEAwsKmsKeyId")
  const named = metadata === undefined ? undefined : childText(metadata, "SSEAlgorithm")
  const algorithm = named === "KMS" || (named === undefined && keyId !== undefined) ? "aws:kms" : named
  if (algorithm !== undefined) headers["x-amz-server-side-encryption"] = algorithm
  if (keyId !== undefined) headers["x-amz-server-side-encryption-aws-kms-key-id"] = keyId
  const bucketKey = childText(parameters, "BucketKeyEnabled")
  if (bucketKey !== undefined) headers["x-amz-server-side-encryption-bucket-key-enabled"] = bucketKey
}

/** A given tag set replaces the source's, an empty one too. */
function tagsOf(parameters: XmlElement, headers: Record<string, string>): void {
  const set = child(parameters, "NewObjectTagging")
  if (set === undefined) return
  const tags = set.children.map((tag): [string, string] => [childText(tag, "Key") ?? "", childText(tag, "Value") ?? ""])
  headers["x-amz-tagging-directive"] = "REPLACE"
  if (tags.length > 0) headers["x-amz-tagging"] = new URLSearchParams(tags).toString()
}
