import { createHash } from "node:crypto"
import { ServiceError, type SandboxResponse } from "../core/exchange.ts"
import { xmlAnswer } from "./answers.ts"
import {
  checksumElement,
  checksumHeader,
  checksumOf,
  CHECKSUM_ALGORITHMS,
  compositeChecksum,
  type Checksum,
} from "./checksums.ts"
import { checkWriteConditions } from "./conditions.ts"
import { conditionalConflict, invalidRequest } from "./errors.ts"
import { badDigest, givenChecksum } from "./integrity.ts"
import { authorizeUpload, findUpload } from "./multipart.ts"
import { newVersionLock } from "./object-lock.ts"
import { writeHeaderFacts } from "./request-facts.ts"
import { targetBucket, type S3Call } from "./s3-call.ts"
import { openEnvelope, openSegment, randomBuffer } from "./seal.ts"
import { newestVersionMark, type Bucket, type ObjectVersion, type Part, type Upload } from "./state.ts"
import { addVersion, nextVersionId } from "./versions.ts"
import { writtenHeaders } from "./write-object.ts"
import { childrenOf, childText, leaf, malformedXml, readRoot, xmlDocument, type XmlElement } from "./xml.ts"

const FIVE_MIB = 5 * 1024 ** 2

export function completeUpload(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  authorizeUpload(s3, bucket, { ...writeHeaderFacts(s3.headers), "s3:ObjectCreationOperation": "true" })
  const upload = findUpload(s3, bucket)
  const parts = listedParts(s3, upload)
  checkType(s3, upload)
  checkSizes(s3, parts)
  checkRace(s3, bucket, upload)
  const checksum = objectChecksum(s3, bucket, upload, parts)
  const version = joinParts(s3, bucket, upload, parts, checksum)
  addVersion(bucket, s3.key, version)
  bucket.uploads.delete(upload.id)
  return xmlAnswer(
    s3,
    xmlDocument(
      "CompleteMultipartUploadResult",
      leaf("Location", `${s3.headers["host"] ?? ""}/${bucket.name}/${s3.key}`),
      leaf("Bucket", bucket.name),
      leaf("Key", s3.key),
      leaf("ETag", `"${version.etag}"`),
      ...(checksum === undefined
        ? []
        : [leaf(checksumElement(checksum.algorithm), checksum.value), leaf("ChecksumType", checksum.type)]),
    ),
    writtenHeaders(bucket, version),
  )
}

function listedParts(s3: S3Call, upload: Upload): readonly Part[] {
  const { body } = s3.call.request
  const listed = body.length === 0 ? [] : childrenOf(readRoot(body, "CompleteMultipartUpload"), "Part")
  if (listed.length === 0) throw invalidRequest("You must specify at least one part")
  let before = 0
  return listed.map((element) => {
    const number = Number(childText(element, "PartNumber") ?? "")
    if (!Number.isInteger(number) || number < 1) throw malformedXml()
    if (number <= before) {
      throw new ServiceError(
        "InvalidPartOrder",
        "The list of parts was not in ascending order. Parts must be ordered by part number.",
        400,
        { UploadId: upload.id },
      )
    }
    before = number
    return checkPart(element, number, upload)
  })
}

function checkPart(element: XmlElement, number: number, upload: Upload): Part {
  const part = upload.parts.get(number)
  const etag = (childText(element, "ETag") ?? "").replace(/^"(.*)"$/, "$1")
  if (part === undefined || part.etag !== etag) throw invalidPart(upload, number, etag)
  const given = CHECKSUM_ALGORITHMS.flatMap((algorithm) => {
    const value = childText(element, checksumElement(algorithm))
    return value === undefined ? [] : [{ algorithm, value }]
  })
  const wanted = upload.checksum
  for (const { algorithm, value } of given) {
    if (wanted !== undefined && algorithm !== wanted.algorithm) {
      throw new ServiceError(
        "BadDigest",
        `The ${algorithm.toLowerCase()} you specified for part ${number} did not match what we received.`,
      )
    }
    if (wanted === undefined || value !== part.checksum?.value) throw invalidPart(upload, number, etag)
  }
  if (wanted?.type === "COMPOSITE" && given.length === 0) {
    const name = wanted.algorithm.toLowerCase()
    throw invalidRequest(
      `The upload was created using a ${name} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
    )
  }
  return part
}

const invalidPart = (upload: Upload, number: number, etag: string): ServiceError =>
  new ServiceError(
    "InvalidPart",
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    400,
    { UploadId: upload.id, PartNumber: String(number), ETag: etag },
  )

function checkType(s3: S3Call, upload: Upload): void {
  const type = s3.headers["x-amz-checksum-type"]
  if (type === undefined || type === upload.checksum?.type) return
  throw invalidRequest(
    `The upload was created using the ${upload.checksum?.type ?? "null"} checksum mode. The complete request must use the same checksum mode.`,
  )
}

function checkSizes(s3: S3Call, parts: readonly Part[]): void {
  for (const part of parts.slice(0, -1)) {
    if (part.size >= FIVE_MIB) continue
    throw new ServiceError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", 400, {
      ETag: part.etag,
      MinSizeAllowed: String(FIVE_MIB),
      PartNumber: String(part.number),
      ProposedSize: String(part.size),
    })
  }
  const stated = s3.headers["x-amz-mp-object-size"]
  const actual = parts.reduce((sum, part) => sum + part.size, 0)
  if (stated === undefined || Number(stated) === actual) return
  throw invalidRequest(
    `The provided 'x-amz-mp-object-size' header value ${stated} does not match what was computed: ${actual}`,
  )
}

/** A condition that holds is still refused when the key was written since the upload began. */
function checkRace(s3: S3Call, bucket: Bucket, upload: Upload): void {
  checkWriteConditions(s3, bucket, s3.key)
  const header = s3.headers["if-match"] === undefined ? "If-None-Match" : "If-Match"
  const conditional = s3.headers[header.toLowerCase()] !== undefined
  if (conditional && newestVersionMark(bucket, s3.key) !== upload.versionAtStart)
    throw conditionalConflict(header, s3.key)
}

function objectChecksum(s3: S3Call, bucket: Bucket, upload: Upload, parts: readonly Part[]): Checksum | undefined {
  // Asked in any case: AWS completes no upload whose key has been disabled.
  const dataKey = openEnvelope(s3, bucket, upload.envelope)
  const given = givenChecksum(s3)
  if (upload.checksum === undefined) return undefined
  const { algorithm, type } = upload.checksum
  const value =
    type === "COMPOSITE"
      ? compositeChecksum(
          algorithm,
          parts.map((part) => part.checksum?.value ?? ""),
        )
      : checksumOf(algorithm, Buffer.concat(parts.map((part) => openSegment(dataKey, part.segment))))
  const typed = type === "COMPOSITE" || s3.headers["x-amz-checksum-type"] !== undefined
  const stated = given === undefined ? undefined : s3.headers[checksumHeader(algorithm)]
  if (given !== undefined && (stated !== value || !typed)) throw badDigest(given.algorithm.toLowerCase())
  return { algorithm, type, value }
}

function joinParts(
  s3: S3Call,
  bucket: Bucket,
  upload: Upload,
  parts: readonly Part[],
  checksum: Checksum | undefined,
): ObjectVersion {
  const now = s3.call.world.clock.now()
  return {
    kind: "object",
    id: nextVersionId(s3, bucket),
    modifiedAt: now,
    size: parts.reduce((sum, part) => sum + part.size, 0),
    etag: `${etagBase(s3, upload, parts)}-${parts.length}`,
    attributes: upload.attributes,
    tags: upload.tags,
    body: { envelope: upload.envelope, segments: parts.map((part) => part.segment) },
    ...(checksum === undefined ? {} : { checksum }),
    parts: parts.map((part) => ({
      number: part.number,
      size: part.size,
      ...(part.checksum === undefined ? {} : { checksum: part.checksum.value }),
    })),
    ...newVersionLock(bucket, upload.lock ?? {}, now),
  }
}

function etagBase(s3: S3Call, upload: Upload, parts: readonly Part[]): string {
  if (upload.envelope.keyArn !== undefined) return randomBuffer(s3, 16).toString("hex")
  return createHash("md5")
    .update(Buffer.concat(parts.map((part) => Buffer.from(part.md5, "hex"))))
    .digest("hex")
}
