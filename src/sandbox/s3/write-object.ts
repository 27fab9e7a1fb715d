import { createHash } from "node:crypto"
import type { ServiceError } from "../core/exchange.ts"
import { checksumHeader, checksumOf, type Checksum, type ChecksumAlgorithm } from "./checksums.ts"
import { encryptionHeaders, requestedEncryption } from "./encryption.ts"
import { invalidArgument } from "./errors.ts"
import type { S3Call } from "./s3-call.ts"
import { authorize } from "./s3-call.ts"
import { openNewEnvelope, randomBuffer, sealSegment } from "./seal.ts"
import type { Bucket, EncryptionRule, Envelope, ObjectAttributes, ObjectVersion, Tags } from "./state.ts"
import { addVersion, nextVersionId, versionHeader } from "./versions.ts"

export interface NewObject {
  readonly bytes: Buffer
  readonly attributes: ObjectAttributes
  readonly tags: Tags
  readonly rule: EncryptionRule
  readonly checksum: ChecksumAlgorithm
}

/** Encrypts and stores; nothing is stored when KMS refuses. */
export function writeObject(s3: S3Call, bucket: Bucket, key: string, object: NewObject): ObjectVersion {
  const { envelope, dataKey } = openNewEnvelope(s3, bucket, key, object.rule)
  const version: ObjectVersion = {
    kind: "object",
    id: nextVersionId(s3, bucket),
    modifiedAt: s3.call.world.clock.now(),
    size: object.bytes.length,
    etag: etagOf(s3, envelope, object.bytes),
    attributes: object.attributes,
    tags: object.tags,
    body: { envelope, segments: [sealSegment(s3, dataKey, object.bytes)] },
    checksum: { algorithm: object.checksum, type: "FULL_OBJECT", value: checksumOf(object.checksum, object.bytes) },
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

/** The right to write, with the encryption asked for: bucket policies look at it. */
export function authorizeWrite(s3: S3Call, bucket: Bucket): EncryptionRule {
  const sse = s3.headers["x-amz-server-side-encryption"]
  const keyId = s3.headers["x-amz-server-side-encryption-aws-kms-key-id"]
  authorize(s3, bucket, "PutObject", s3.key, {
    ...(sse === undefined ? {} : { "s3:x-amz-server-side-encryption": sse }),
    ...(keyId === undefined ? {} : { "s3:x-amz-server-side-encryption-aws-kms-key-id": keyId }),
  })
  if (s3.headers["x-amz-tagging"] !== undefined) authorize(s3, bucket, "PutObjectTagging", s3.key)
  refuseLock(s3)
  return requestedEncryption(s3, bucket)
}

function refuseLock(s3: S3Call): void {
  const mode = s3.headers["x-amz-object-lock-mode"]
  const until = s3.headers["x-amz-object-lock-retain-until-date"]
  if (mode !== undefined && mode !== "GOVERNANCE" && mode !== "COMPLIANCE") {
    throw invalidArgument("Unknown wormMode directive.", "x-amz-object-lock-mode", mode)
  }
  if ((mode === undefined) !== (until === undefined)) {
    throw invalidArgument("x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied")
  }
  if (mode !== undefined || s3.headers["x-amz-object-lock-legal-hold"] !== undefined) throw missingLock()
}

const missingLock = (): ServiceError => invalidArgument("Bucket is missing Object Lock Configuration")

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
