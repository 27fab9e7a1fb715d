import { keyIdOf, tryParseArn } from "../../access/arn.ts"
import type { ServiceError, SandboxResponse } from "../core/exchange.ts"
import type { Conditions } from "../core/world.ts"
import { emptyAnswer } from "./answers.ts"
import { attempt } from "./attempt.ts"
import { accessDenied, invalidRequest, methodNotAllowed } from "./errors.ts"
import { verifyBody } from "./integrity.ts"
import { authorizeObject, visibleObject } from "./object-access.ts"
import { mustNotBeLocked } from "./object-lock.ts"
import { targetBucket, type S3Call } from "./s3-call.ts"
import { rewrap } from "./seal.ts"
import type { Bucket } from "./state.ts"
import { versionHeader } from "./versions.ts"
import { child, childText, malformedXml, readRoot } from "./xml.ts"

interface WantedEncryption {
  readonly keyArn: string
  readonly bucketKey: boolean
}

/**
 * UpdateObjectEncryption: the object's own data key is wrapped under another KMS key. Bytes, ETag, LastModified,
 * checksums and class stay, archived objects too. A data key that has leaked is not made good by this.
 * Source: S3 User Guide, "Updating server-side encryption for existing data".
 */
export function updateObjectEncryption(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  verifyBody(s3)
  const versionId = s3.query.get("versionId")
  const wanted = attempt(() => readEncryption(s3))
  const facts = encryptionFacts(wanted.value)
  authorizeObject(s3, bucket, { action: "UpdateObjectEncryption", key: s3.key, versionId, facts, anyVersion: true })
  authorizeObject(s3, bucket, { action: "PutObject", key: s3.key, versionId, facts, anyVersion: true })
  const { keyArn, bucketKey } = wanted.orThrow()
  checkKey(bucket, keyArn)
  const object = visibleObject(s3, bucket, s3.key, versionId)
  if (object === undefined) throw methodNotAllowed(s3.call.request.method)
  mustNotBeLocked(s3, bucket, s3.key, object)
  const { envelope } = object.body
  if (envelope.algorithm === "aws:kms:dsse") throw unsupportedSource()
  object.body = { ...object.body, envelope: rewrap(s3, bucket, s3.key, envelope, { keyArn, bucketKey }) }
  return emptyAnswer(s3, 200, { "x-amz-version-id": versionHeader(bucket, object.id) })
}

/** The bucket key is off unless asked for, whatever the bucket's own rule says. */
function readEncryption(s3: S3Call): WantedEncryption {
  const kms = child(readRoot(s3.call.request.body, "ObjectEncryption"), "SSE-KMS")
  const keyArn = kms === undefined ? undefined : childText(kms, "KMSKeyArn")
  if (kms === undefined || keyArn === undefined || keyArn === "") throw malformedXml()
  return { keyArn, bucketKey: childText(kms, "BucketKeyEnabled")?.toLowerCase() === "true" }
}

const encryptionFacts = (wanted: WantedEncryption | undefined): Conditions =>
  wanted === undefined
    ? {}
    : {
        "s3:x-amz-server-side-encryption": "aws:kms",
        "s3:x-amz-server-side-encryption-aws-kms-key-id": wanted.keyArn,
      }

/** The bucket owner's account only, and by the full ARN of the key: no alias, no bare id. */
function checkKey(bucket: Bucket, keyArn: string): void {
  if (keyIdOf(keyArn) === undefined) {
    throw invalidRequest("The KMSKeyArn must be the full Amazon Resource Name of a KMS key.")
  }
  if (tryParseArn(keyArn)?.account !== bucket.account) throw accessDenied()
}

const unsupportedSource = (): ServiceError =>
  invalidRequest("The encryption type of the source object is not supported by UpdateObjectEncryption.")
