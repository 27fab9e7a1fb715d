import { createHash } from "node:crypto"
import type { SandboxResponse } from "../core/exchange.ts"
import type { Conditions } from "../core/world.ts"
import { emptyAnswer, xmlAnswer } from "./answers.ts"
import { checksumElement, checksumHeader, checksumOf, type ChecksumAlgorithm, type ChecksumType } from "./checksums.ts"
import { readCopySource } from "./copy-source.ts"
import { encryptionHeaders } from "./encryption.ts"
import { invalidArgument, invalidRequest, noSuchUpload } from "./errors.ts"
import { requestedAlgorithm, verifyBody, type GivenChecksum } from "./integrity.ts"
import { requestedAttributes } from "./object-attributes.ts"
import { writeHeaderFacts } from "./request-facts.ts"
import { authorize, targetBucket, type S3Call } from "./s3-call.ts"
import { openBody, openEnvelope, openNewEnvelope, randomBuffer, sealSegment } from "./seal.ts"
import { newestVersionMark, type Bucket, type Part, type Upload } from "./state.ts"
import { versionHeader } from "./versions.ts"
import { authorizeWrite, etagOf } from "./write-object.ts"
import { leaf, xmlDate, xmlDocument } from "./xml.ts"

/** Key, encryption, metadata, tags and checksum type are settled here; parts and the completion cannot change them. */
export function createUpload(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  const allowed = authorizeWrite(s3, bucket)
  const checksum = uploadChecksum(s3)
  const attributes = requestedAttributes(s3)
  const { envelope } = openNewEnvelope(s3, bucket, s3.key, allowed.rule)
  const upload: Upload = {
    id: randomBuffer(s3, 48).toString("base64url"),
    key: s3.key,
    startedAt: s3.call.world.clock.now(),
    versionAtStart: newestVersionMark(bucket, s3.key),
    attributes,
    tags: allowed.tags,
    envelope,
    lock: allowed.lock,
    facts: allowed.facts,
    ...(checksum === undefined ? {} : { checksum }),
    parts: new Map(),
    initiator: s3.call.caller.arn,
  }
  bucket.uploads.set(upload.id, upload)
  return xmlAnswer(
    s3,
    xmlDocument(
      "InitiateMultipartUploadResult",
      leaf("Bucket", bucket.name),
      leaf("Key", s3.key),
      leaf("UploadId", upload.id),
    ),
    {
      ...encryptionHeaders(envelope),
      "x-amz-checksum-algorithm": checksum?.algorithm,
      "x-amz-checksum-type": checksum?.type,
    },
  )
}

function uploadChecksum(s3: S3Call): { algorithm: ChecksumAlgorithm; type: ChecksumType } | undefined {
  const algorithm = requestedAlgorithm(s3)
  const type = s3.headers["x-amz-checksum-type"]
  if (algorithm === undefined) {
    if (type === undefined) return undefined
    throw invalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
  }
  const onlyFull = algorithm === "CRC64NVME"
  const onlyComposite = algorithm === "SHA1" || algorithm === "SHA256"
  if ((type === "COMPOSITE" && onlyFull) || (type === "FULL_OBJECT" && onlyComposite)) {
    throw invalidRequest(
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    )
  }
  return { algorithm, type: type === "FULL_OBJECT" || onlyFull ? "FULL_OBJECT" : "COMPOSITE" }
}

/** @throws ServiceError NoSuchUpload, also for the upload of another key */
export function findUpload(s3: S3Call, bucket: Bucket): Upload {
  const id = s3.query.get("uploadId") ?? ""
  const upload = bucket.uploads.get(id)
  if (upload === undefined || upload.key !== s3.key) throw noSuchUpload(id)
  return upload
}

function partNumber(s3: S3Call): number {
  const text = s3.query.get("partNumber") ?? ""
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= 10_000) return value
  throw invalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text)
}

/** Parts and completion are s3:PutObject as well, with what the first request told about encryption. */
export function authorizeUpload(s3: S3Call, bucket: Bucket, more: Conditions = {}): void {
  const upload = bucket.uploads.get(s3.query.get("uploadId") ?? "")
  authorize(s3, bucket, "PutObject", s3.key, { ...(upload?.key === s3.key ? upload.facts : undefined), ...more })
}

export function uploadPart(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  authorizeUpload(s3, bucket, { "s3:ObjectCreationOperation": "false" })
  const number = partNumber(s3)
  const upload = findUpload(s3, bucket)
  const given = verifyBody(s3)
  checkPartAlgorithm(s3, upload, given)
  const part = storePart(s3, bucket, upload, number, s3.call.request.body, given?.algorithm)
  return emptyAnswer(s3, 200, {
    etag: `"${part.etag}"`,
    ...encryptionHeaders(upload.envelope),
    ...(part.checksum === undefined ? {} : { [checksumHeader(part.checksum.algorithm)]: part.checksum.value }),
  })
}

function checkPartAlgorithm(s3: S3Call, upload: Upload, given: GivenChecksum | undefined): void {
  const actual = given?.algorithm ?? requestedAlgorithm(s3)
  if (actual === undefined || upload.checksum === undefined || actual === upload.checksum.algorithm) return
  const expected = upload.checksum.algorithm.toLowerCase()
  throw invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${actual.toLowerCase()}`,
  )
}

function storePart(
  s3: S3Call,
  bucket: Bucket,
  upload: Upload,
  number: number,
  bytes: Buffer,
  sent: ChecksumAlgorithm | undefined,
): Part {
  // KMS is asked again for every part: that is why writers need kms:Decrypt for multipart uploads.
  const dataKey = openEnvelope(s3, bucket, upload.envelope)
  const algorithm = upload.checksum?.algorithm ?? sent
  const part: Part = {
    number,
    size: bytes.length,
    etag: etagOf(s3, upload.envelope, bytes),
    md5: createHash("md5").update(bytes).digest("hex"),
    modifiedAt: s3.call.world.clock.now(),
    segment: sealSegment(s3, dataKey, bytes),
    ...(algorithm === undefined ? {} : { checksum: { algorithm, value: checksumOf(algorithm, bytes) } }),
  }
  upload.parts.set(number, part)
  return part
}

export function uploadPartCopy(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  authorizeUpload(s3, bucket, { ...writeHeaderFacts(s3.headers), "s3:ObjectCreationOperation": "false" })
  const number = partNumber(s3)
  const upload = findUpload(s3, bucket)
  const source = readCopySource(s3)
  const [first, last] = copyRange(s3, source.object.size)
  const bytes = openBody(s3, source.bucket, source.object.body).subarray(first, last + 1)
  const part = storePart(s3, bucket, upload, number, bytes, undefined)
  return xmlAnswer(
    s3,
    xmlDocument(
      "CopyPartResult",
      leaf("LastModified", xmlDate(part.modifiedAt)),
      leaf("ETag", `"${part.etag}"`),
      part.checksum === undefined ? "" : leaf(checksumElement(part.checksum.algorithm), part.checksum.value),
    ),
    {
      ...encryptionHeaders(upload.envelope),
      "x-amz-copy-source-version-id": versionHeader(source.bucket, source.object.id),
    },
  )
}

function copyRange(s3: S3Call, size: number): readonly [number, number] {
  const header = s3.headers["x-amz-copy-source-range"]
  if (header === undefined) return [0, size - 1]
  const match = /^bytes=(\d+)-(\d+)$/.exec(header)
  const first = Number(match?.[1])
  const last = Number(match?.[2])
  if (match === null || first > last) {
    throw invalidArgument(
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      "x-amz-copy-source-range",
      header,
    )
  }
  if (first >= size) throw invalidRequest("The specified copy range is invalid for the source object size")
  if (last >= size) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${size}`,
      "x-amz-copy-source-range",
      header,
    )
  }
  return [first, last]
}

export function abortUpload(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  authorize(s3, bucket, "AbortMultipartUpload", s3.key)
  bucket.uploads.delete(findUpload(s3, bucket).id)
  return emptyAnswer(s3, 204)
}
