import { ServiceError, type SandboxResponse } from "../core/exchange.ts"
import { emptyAnswer, present } from "./answers.ts"
import { readCondition } from "./conditions.ts"
import { encryptionHeaders, refuseCustomerKey } from "./encryption.ts"
import { invalidArgument, methodNotAllowed } from "./errors.ts"
import { lockHeaders } from "./lock-headers.ts"
import { authorizeObject, mustNotBeArchived, visibleObject } from "./object-access.ts"
import { attributeHeaders } from "./object-attributes.ts"
import { existingTagFacts, versionFacts } from "./request-facts.ts"
import { allows, answerHeaders, targetBucket, versioned, type S3Call } from "./s3-call.ts"
import { openBody, openEnvelope } from "./seal.ts"
import type { Bucket, ObjectVersion } from "./state.ts"
import { versionHeader } from "./versions.ts"
import { checksumHeaders } from "./write-object.ts"
import { httpDate } from "./xml.ts"

/** GetObject and HeadObject: the same but for the body, and that a head does not need the key. */
export function getObject(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  const versionId = s3.query.get("versionId")
  authorizeObject(s3, bucket, { action: "GetObject", key: s3.key, versionId })
  refuseCustomerKey(s3)
  const object = readable(s3, bucket, versionId)
  if (readCondition(s3, object) === "not-modified") return notModified(s3, bucket, object)
  const slice = requestedSlice(s3, object)
  const status = slice === undefined ? 200 : 206
  const headers = { ...objectHeaders(s3, bucket, object), ...sliceHeaders(s3, object, slice), ...overrides(s3) }
  if (s3.operation === "HeadObject") {
    // Checksums are kept under the object's key: without it a head tells all but them.
    if (headers["x-amz-checksum-type"] !== undefined) openEnvelope(s3, bucket, object.body.envelope)
    return { status, headers: present({ ...answerHeaders(s3), ...headers }), body: "" }
  }
  mustNotBeArchived(object)
  const bytes = openBody(s3, bucket, object.body)
  return {
    status,
    headers: present({ ...answerHeaders(s3), ...headers }),
    body: slice === undefined ? bytes : bytes.subarray(slice.first, slice.last + 1),
  }
}

function readable(s3: S3Call, bucket: Bucket, versionId: string | undefined): ObjectVersion {
  const object = visibleObject(s3, bucket, s3.key, versionId)
  if (object !== undefined) return object
  throw methodNotAllowed(s3.call.request.method)
}

function notModified(s3: S3Call, bucket: Bucket, object: ObjectVersion): SandboxResponse {
  return emptyAnswer(s3, 304, {
    etag: `"${object.etag}"`,
    "last-modified": httpDate(object.modifiedAt),
    "x-amz-version-id": versionHeader(bucket, object.id),
  })
}

function objectHeaders(s3: S3Call, bucket: Bucket, object: ObjectVersion): Record<string, string | undefined> {
  return {
    "accept-ranges": "bytes",
    etag: `"${object.etag}"`,
    "last-modified": httpDate(object.modifiedAt),
    "x-amz-version-id": versionHeader(bucket, object.id),
    ...attributeHeaders(object.attributes),
    ...encryptionHeaders(object.body.envelope),
    ...lockHeaders(s3, bucket, object),
    ...(mayCountTags(s3, bucket, object) ? { "x-amz-tagging-count": String(object.tags.length) } : {}),
  }
}

/** Even the number of tags is told only to who may read them. */
function mayCountTags(s3: S3Call, bucket: Bucket, object: ObjectVersion): boolean {
  if (object.tags.length === 0) return false
  const versionId = s3.query.get("versionId")
  return allows(s3, bucket, versioned("GetObjectTagging", versionId), s3.key, {
    ...existingTagFacts(object.tags),
    ...versionFacts(versionId),
  })
}

interface Slice {
  readonly first: number
  readonly last: number
  readonly partNumber?: number
}

function requestedSlice(s3: S3Call, object: ObjectVersion): Slice | undefined {
  const part = s3.query.get("partNumber")
  return part === undefined ? rangeSlice(s3.headers["range"], object.size) : partSlice(part, object)
}

/** One range only; a header that is no range is ignored, as HTTP says. */
function rangeSlice(header: string | undefined, size: number): Slice | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "")
  if (match === null || header === undefined || (match[1] === "" && match[2] === "")) return undefined
  const suffix = match[1] === ""
  const first = suffix ? Math.max(0, size - Number(match[2])) : Number(match[1])
  const last = suffix || match[2] === "" ? size - 1 : Math.min(Number(match[2]), size - 1)
  if (!suffix && match[2] !== "" && Number(match[2]) < first) return undefined
  if (first < size && !(suffix && Number(match[2]) === 0)) return { first, last }
  throw new ServiceError("InvalidRange", "The requested range is not satisfiable", 416, {
    RangeRequested: header,
    ActualObjectSize: String(size),
  })
}

function partSlice(text: string, object: ObjectVersion): Slice {
  const wanted = Number(text)
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 10_000) {
    throw invalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text)
  }
  const parts = object.parts ?? [{ number: 1, size: object.size }]
  const part = parts[wanted - 1]
  if (part === undefined) {
    throw new ServiceError("InvalidPartNumber", "The requested partnumber is not satisfiable", 416, {
      PartNumberRequested: text,
      ActualPartCount: String(parts.length),
    })
  }
  const first = parts.slice(0, wanted - 1).reduce((sum, each) => sum + each.size, 0)
  return { first, last: first + part.size - 1, partNumber: wanted }
}

function sliceHeaders(s3: S3Call, object: ObjectVersion, slice: Slice | undefined): Record<string, string | undefined> {
  const wantsChecksum = s3.headers["x-amz-checksum-mode"]?.toUpperCase() === "ENABLED"
  const length = slice === undefined ? object.size : slice.last - slice.first + 1
  return {
    "content-length": String(length),
    ...(slice === undefined ? {} : { "content-range": `bytes ${slice.first}-${slice.last}/${object.size}` }),
    ...(slice?.partNumber === undefined || object.parts === undefined
      ? {}
      : { "x-amz-mp-parts-count": String(object.parts.length) }),
    // The checksum is of the whole: with a part of the bytes a client would find it wrong.
    ...(wantsChecksum && slice === undefined ? checksumHeaders(object.checksum) : {}),
  }
}

function overrides(s3: S3Call): Record<string, string> {
  return Object.fromEntries(
    [...s3.query].flatMap(([name, value]) =>
      name.startsWith("response-") ? [[name.slice("response-".length), value]] : [],
    ),
  )
}
