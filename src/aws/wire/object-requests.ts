import { crc32 } from "node:zlib"
import type { ObjectRef, RekeyRequest, VersionRef } from "../../restore/data-plane.ts"
import type { AddressOf } from "./endpoint.ts"
import { objectRequest, owned, queryOf, QUICK, type S3Request } from "./request-parts.ts"
import { escapeXml } from "./xml-answer.ts"

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"

export function headObject(addressOf: AddressOf, ref: VersionRef): S3Request {
  return objectRequest(addressOf, ref, {
    operation: "HeadObject",
    method: "HEAD",
    deadlineMs: QUICK,
    query: queryOf(["versionId", ref.versionId]),
    fixed: [...owned(ref.owner, ref.requestPayer), "x-amz-checksum-mode", "ENABLED"],
  })
}

/** A HEAD that failed says no more than its status. The same as GET of one byte has the reason in its body. */
export function whyHeadFailed(addressOf: AddressOf, ref: VersionRef): S3Request {
  return objectRequest(addressOf, ref, {
    operation: "GetObject/first",
    method: "GET",
    deadlineMs: QUICK,
    query: queryOf(["versionId", ref.versionId]),
    fixed: [...owned(ref.owner, ref.requestPayer), "range", "bytes=0-0"],
  })
}

export function getObject(addressOf: AddressOf, ref: VersionRef): S3Request {
  return objectRequest(addressOf, ref, {
    operation: "GetObject",
    method: "GET",
    deadlineMs: QUICK,
    query: queryOf(["versionId", ref.versionId]),
    fixed: [...owned(ref.owner, ref.requestPayer), "x-amz-checksum-mode", "ENABLED"],
  })
}

export function getObjectTagging(addressOf: AddressOf, ref: VersionRef): S3Request {
  return objectRequest(addressOf, ref, {
    operation: "GetObjectTagging",
    method: "GET",
    deadlineMs: QUICK,
    query: queryOf(["tagging", ""], ["versionId", ref.versionId]),
    fixed: owned(ref.owner, ref.requestPayer),
  })
}

export function deleteObject(addressOf: AddressOf, { ref, ifMatch }: MarkerRequest): S3Request {
  return objectRequest(addressOf, ref, {
    operation: ifMatch === undefined ? "DeleteObject" : "DeleteObject/if-match",
    method: "DELETE",
    deadlineMs: QUICK,
    fixed: owned(ref.owner, ref.requestPayer),
    ...(ifMatch === undefined ? {} : { varying: ["if-match"], values: [ifMatch] }),
  })
}

export interface MarkerRequest {
  readonly ref: ObjectRef
  readonly ifMatch: string | undefined
}

/** The body is the same for all objects of a run, and so are its checksum and its hash. */
export function updateObjectEncryption(addressOf: AddressOf, request: RekeyRequest): S3Request {
  const { object, keyArn, bucketKey } = request
  const { body, checksum } = bodyFor(keyArn, bucketKey)
  return objectRequest(addressOf, object, {
    operation: "UpdateObjectEncryption",
    method: "PUT",
    deadlineMs: QUICK,
    query: queryOf(["encryption", ""], ["versionId", object.versionId]),
    fixed: [
      ...owned(object.owner, object.requestPayer),
      "content-type",
      "application/xml",
      "x-amz-checksum-crc32",
      checksum,
    ],
    body,
  })
}

let lastBody: { readonly of: string; readonly body: Buffer; readonly checksum: string } | undefined

function bodyFor(keyArn: string, bucketKey: boolean): { readonly body: Buffer; readonly checksum: string } {
  const text = `<?xml version="1.0" encoding="UTF-8"?><ObjectEncryption xmlns="${NAMESPACE}"><SSE-KMS><KMSKeyArn>${escapeXml(keyArn)}</KMSKeyArn><BucketKeyEnabled>${bucketKey}</BucketKeyEnabled></SSE-KMS></ObjectEncryption>`
  if (lastBody?.of === text) return lastBody
  const body = Buffer.from(text)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  lastBody = { of: text, body, checksum: sum.toString("base64") }
  return lastBody
}
