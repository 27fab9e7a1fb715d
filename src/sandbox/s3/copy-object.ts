import type { SandboxResponse } from "../core/exchange.ts"
import { xmlAnswer } from "./answers.ts"
import { checksumElement } from "./checksums.ts"
import { checkWriteConditions } from "./conditions.ts"
import { readCopySource, type CopySource } from "./copy-source.ts"
import { invalidArgument, invalidRequest } from "./errors.ts"
import { requestedAlgorithm } from "./integrity.ts"
import { authorizeObject } from "./object-access.ts"
import { requestedAttributes } from "./object-attributes.ts"
import { requestTagFacts } from "./request-facts.ts"
import { authorize, targetBucket, type S3Call } from "./s3-call.ts"
import { openBody } from "./seal.ts"
import type { Bucket, ObjectAttributes, ObjectVersion, Tags } from "./state.ts"
import { versionHeader } from "./versions.ts"
import { authorizeWrite, writeObject, writtenHeaders } from "./write-object.ts"
import { leaf, xmlDate, xmlDocument } from "./xml.ts"

const FIVE_GB = 5 * 1024 ** 3

/** Decrypts under the source's key and encrypts under the target's: either key can refuse. */
export function copyObject(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  const allowed = authorizeWrite(s3, bucket)
  const source = readCopySource(s3)
  checkSize(s3, source.object)
  refuseCopyOntoItself(s3, bucket, source)
  checkWriteConditions(s3, bucket, s3.key)
  const attributes = copiedAttributes(s3, source.object)
  const tags = copiedTags(s3, bucket, source, allowed.tags)
  const version = writeObject(s3, bucket, s3.key, {
    bytes: openBody(s3, source.bucket, source.object.body),
    attributes,
    tags,
    rule: allowed.rule,
    lock: allowed.lock,
    checksum: requestedAlgorithm(s3) ?? source.object.checksum?.algorithm ?? "CRC64NVME",
  })
  return xmlAnswer(s3, resultXml(version), {
    ...writtenHeaders(bucket, version),
    "x-amz-copy-source-version-id": versionHeader(source.bucket, source.object.id),
  })
}

function resultXml(version: ObjectVersion): string {
  const { checksum } = version
  return xmlDocument(
    "CopyObjectResult",
    leaf("LastModified", xmlDate(version.modifiedAt)),
    leaf("ETag", `"${version.etag}"`),
    ...(checksum === undefined
      ? []
      : [leaf("ChecksumType", checksum.type), leaf(checksumElement(checksum.algorithm), checksum.value)]),
  )
}

function checkSize(s3: S3Call, source: ObjectVersion): void {
  const limit = s3.call.world.settings.maxCopyBytes ?? FIVE_GB
  if (source.size <= limit) return
  throw invalidRequest(
    "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120",
  )
}

function directive(s3: S3Call, name: string): "COPY" | "REPLACE" {
  const value = s3.headers[name] ?? "COPY"
  if (value === "COPY" || value === "REPLACE") return value
  throw invalidArgument(
    `Unknown ${name === "x-amz-metadata-directive" ? "metadata" : "tagging"} directive.`,
    name,
    value,
  )
}

/** Storage class and redirect are never copied. */
function copiedAttributes(s3: S3Call, source: ObjectVersion): ObjectAttributes {
  const requested = requestedAttributes(s3)
  if (directive(s3, "x-amz-metadata-directive") === "REPLACE") return requested
  return { ...requested, headers: source.attributes.headers, metadata: source.attributes.metadata }
}

/** Tags go along only for who may read them there and write them here. */
function copiedTags(s3: S3Call, bucket: Bucket, source: CopySource, requested: Tags): Tags {
  if (directive(s3, "x-amz-tagging-directive") === "REPLACE") return requested
  const { tags } = source.object
  if (tags.length === 0) return tags
  authorizeObject(s3, source.bucket, { action: "GetObjectTagging", key: source.key, versionId: source.versionId })
  authorize(s3, bucket, "PutObjectTagging", s3.key, requestTagFacts(tags))
  return tags
}

/** An ACL, metadata without REPLACE, or a storage class left to its default does not count as a change. */
function refuseCopyOntoItself(s3: S3Call, bucket: Bucket, source: CopySource): void {
  if (source.bucket !== bucket || source.key !== s3.key) return
  if (source.versionId !== undefined && bucket.objects.get(s3.key)?.versions[0] !== source.object) return
  const changed =
    s3.headers["x-amz-metadata-directive"] === "REPLACE" ||
    s3.headers["x-amz-storage-class"] !== undefined ||
    s3.headers["x-amz-website-redirect-location"] !== undefined ||
    s3.headers["x-amz-server-side-encryption"] !== undefined ||
    bucket.encryption !== undefined
  if (changed) return
  throw invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  )
}
