import { MINUTE } from "../../kernel/units.ts"
import type {
  Checksum,
  CompleteUploadRequest,
  CopiedPart,
  CreateUploadRequest,
  ObjectHead,
  ObjectRef,
} from "../../restore/data-plane.ts"
import { encodeQueryValue } from "../s3-key-encoding.ts"
import type { AddressOf } from "./endpoint.ts"
import { encrypted, locked, objectRequest, owned, queryOf, QUICK, type S3Request } from "./request-parts.ts"
import { escapeXml } from "./xml-answer.ts"

/** Nothing of the source is carried over by itself: all of it is said here, once for all parts. */
export function createMultipartUpload(addressOf: AddressOf, request: CreateUploadRequest): S3Request {
  const { destination, like } = request
  const { algorithm, type } = checksumOfUpload(like.checksum)
  return objectRequest(addressOf, destination, {
    operation: "CreateMultipartUpload",
    method: "POST",
    deadlineMs: QUICK,
    query: queryOf(["uploads", ""]),
    fixed: [
      ...owned(destination.owner, destination.requestPayer),
      ...encrypted(request.keyArn, request.bucketKey),
      "x-amz-storage-class",
      request.storageClass,
      "x-amz-checksum-algorithm",
      algorithm,
      "x-amz-checksum-type",
      type,
      ...locked(request.lock),
      ...Object.entries(like.headers).flat(),
      ...[...like.metadata].flatMap(([name, value]) => [`x-amz-meta-${name}`, value]),
      ...described(request.tags, like),
    ],
  })
}

function described(tags: Readonly<Record<string, string>>, like: ObjectHead): string[] {
  const pairs = Object.entries(tags).map(([name, value]) => `${encodeQueryValue(name)}=${encodeQueryValue(value)}`)
  return [
    ...(pairs.length === 0 ? [] : ["x-amz-tagging", pairs.join("&")]),
    ...(like.websiteRedirect === undefined ? [] : ["x-amz-website-redirect-location", like.websiteRedirect]),
  ]
}

const FULL_IN_PARTS: ReadonlySet<string> = new Set(["CRC32", "CRC32C", "CRC64NVME"])
const COMPOSITE_IN_PARTS: ReadonlySet<string> = new Set(["CRC32", "CRC32C", "SHA1", "SHA256"])

/** The source's own kind where parts can have it, so that both can be compared; else the one that needs no parts. */
export function checksumOfUpload(source: Checksum | undefined): Pick<Checksum, "algorithm" | "type"> {
  if (source !== undefined) {
    const possible = source.type === "FULL_OBJECT" ? FULL_IN_PARTS : COMPOSITE_IN_PARTS
    if (possible.has(source.algorithm)) return { algorithm: source.algorithm, type: source.type }
  }
  return { algorithm: "CRC64NVME", type: "FULL_OBJECT" }
}

/** S3 sends blanks for minutes while it joins thousands of parts [S3 API, CompleteMultipartUpload]. */
const JOINING = 10 * MINUTE

export function completeMultipartUpload(addressOf: AddressOf, request: CompleteUploadRequest): S3Request {
  const { destination, expect } = request
  return objectRequest(addressOf, destination, {
    operation: expect === "absent" ? "CompleteMultipartUpload" : "CompleteMultipartUpload/if-match",
    method: "POST",
    deadlineMs: JOINING,
    query: queryOf(["uploadId", request.uploadId]),
    fixed: [...owned(destination.owner, destination.requestPayer), "content-type", "application/xml"],
    varying: [expect === "absent" ? "if-none-match" : "if-match", "x-amz-mp-object-size"],
    values: [expect === "absent" ? "*" : expect.etag, String(request.sizeBytes)],
    body: partsBody(request.parts),
  })
}

function partsBody(parts: readonly CopiedPart[]): Buffer {
  const listed = parts.map(({ etag, checksum }, index) => {
    const sum =
      checksum === undefined ? "" : `<Checksum${checksum.algorithm}>${checksum.value}</Checksum${checksum.algorithm}>`
    return `<Part><ETag>${escapeXml(etag)}</ETag>${sum}<PartNumber>${index + 1}</PartNumber></Part>`
  })
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${listed.join("")}</CompleteMultipartUpload>`,
  )
}

export interface AbortRequest {
  readonly ref: ObjectRef
  readonly uploadId: string
}

export function abortMultipartUpload(addressOf: AddressOf, { ref, uploadId }: AbortRequest): S3Request {
  return objectRequest(addressOf, ref, {
    operation: "AbortMultipartUpload",
    method: "DELETE",
    deadlineMs: QUICK,
    query: queryOf(["uploadId", uploadId]),
    fixed: owned(ref.owner, ref.requestPayer),
  })
}
