import { createHash } from "node:crypto"
import type { Conditions } from "../core/world.ts"
import { checkAcl, namesAcl } from "./acl.ts"
import { attempt } from "./attempt.ts"
import { checksumHeader, checksumOf, type Checksum, type ChecksumAlgorithm } from "./checksums.ts"
import { encryptionHeaders, requestedEncryption } from "./encryption.ts"
import { authorizeLock, requestedLock } from "./lock-headers.ts"
import { requestedTags } from "./object-attributes.ts"
import { lockFacts, newVersionLock } from "./object-lock.ts"
import { requestTagFacts, writeHeaderFacts } from "./request-facts.ts"
import { authorize, type S3Call } from "./s3-call.ts"
import { openNewEnvelope, randomBuffer, sealSegment } from "./seal.ts"
import type { Bucket, EncryptionRule, Envelope, ObjectAttributes, ObjectVersion, Tags, VersionLock } from "./state.ts"
import { addVersion, nextVersionId, versionHeader } from "./versions.ts"

export interface NewObject {
  readonly bytes: Buffer
  readonly attributes: ObjectAttributes
  readonly tags: Tags
  readonly rule: EncryptionRule
  readonly lock: VersionLock
  readonly checksum: ChecksumAlgorithm
}

/** Encrypts and stores; nothing is stored when KMS refuses. */
export function writeObject(s3: S3Call, bucket: Bucket, key: string, object: NewObject): ObjectVersion {
  const { envelope, dataKey } = openNewEnvelope(s3, bucket, key, object.rule)
  const now = s3.call.world.clock.now()
  const version: ObjectVersion = {
    kind: "object",
    id: nextVersionId(s3, bucket),
    modifiedAt: now,
    size: object.bytes.length,
    etag: etagOf(s3, envelope, object.bytes),
    attributes: object.attributes,
    tags: object.tags,
    body: { envelope, segments: [sealSegment(s3, dataKey, object.bytes)] },
    checksum: { algorithm: object.checksum, type: "FULL_OBJECT", value: checksumOf(object.checksum, object.bytes) },
    ...newVersionLock(bucket, object.lock, now),
  }
  addVersion(bucket, key, version)
  return version
}

/** The MD5 only under S3's own key; under KMS an ETag says nothing about the bytes. */
export function etagOf(s3: S3Call, envelope: Envelope, bytes: Buffer): string {
  return envelope.keyArn === undefined
    ? createHash("md5").update(bytes).digest("hex")
    : randomBuffer(s3, 16).toString("hex")
}

/** What a write may do, once it is allowed. */
export interface AllowedWrite {
  readonly rule: EncryptionRule
  readonly lock: VersionLock
  readonly tags: Tags
  /** What was asked about encryption, ACL, class and lock. */
  readonly facts: Conditions
}

/** The rights to write what the headers ask for: bucket policies look at encryption, tags, ACL and lock. */
export function authorizeWrite(s3: S3Call, bucket: Bucket): AllowedWrite {
  const tags = attempt(() => requestedTags(s3))
  const lock = attempt(() => requestedLock(s3))
  const facts: Conditions = {
    ...writeHeaderFacts(s3.headers),
    ...(lock.value === undefined ? undefined : lockFacts(lock.value, s3.call.world.clock.now())),
  }
  const tagFacts = requestTagFacts(tags.value ?? [])
  const creates = s3.operation === "CreateMultipartUpload" ? "false" : "true"
  authorize(s3, bucket, "PutObject", s3.key, { ...facts, ...tagFacts, "s3:ObjectCreationOperation": creates })
  if (s3.headers["x-amz-tagging"] !== undefined) authorize(s3, bucket, "PutObjectTagging", s3.key, tagFacts)
  if (namesAcl(s3)) authorize(s3, bucket, "PutObjectAcl", s3.key, facts)
  checkAcl(s3, bucket)
  authorizeLock(s3, bucket, lock.orThrow())
  return { rule: requestedEncryption(s3, bucket), lock: lock.orThrow(), tags: tags.orThrow(), facts }
}

export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  if (checksum === undefined) return {}
  return { [checksumHeader(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type }
}

export function writtenHeaders(bucket: Bucket, version: ObjectVersion): Record<string, string | undefined> {
  return {
    "x-amz-version-id": versionHeader(bucket, version.id),
    ...encryptionHeaders(version.body.envelope),
  }
}
