import { COPY_LIMIT_BYTES } from "../../restore/objects.ts"
import type { CopyPartRequest, CopyRequest, ObjectRef } from "../../restore/data-plane.ts"
import { encodeCopySource } from "../s3-key-encoding.ts"
import type { AddressOf } from "./endpoint.ts"
import { encrypted, locked, moving, objectRequest, owned, queryOf, type S3Request } from "./request-parts.ts"

const COPY_ABSENT = ["x-amz-copy-source", "x-amz-copy-source-if-match", "x-amz-storage-class"]
const COPY_OVER = [...COPY_ABSENT, "if-match"]

/** Metadata and tags come along by default; lock and storage class only because they are sent [S3 API, CopyObject]. */
export function copyObject(addressOf: AddressOf, request: CopyRequest): S3Request {
  const { source, destination, expect } = request
  const values = [
    encodeCopySource(source.bucket, source.key, source.versionId),
    request.sourceEtag,
    request.storageClass,
  ]
  const fixed = [
    ...owned(destination.owner, payerOf(source, destination)),
    "x-amz-source-expected-bucket-owner",
    source.owner,
    ...encrypted(request.keyArn, request.bucketKey),
    ...locked(request.lock),
  ]
  if (expect === "absent") fixed.push("if-none-match", "*")
  else values.push(expect.etag)
  return objectRequest(addressOf, destination, {
    operation: "CopyObject",
    method: "PUT",
    deadlineMs: moving(request.sizeBytes ?? COPY_LIMIT_BYTES),
    fixed,
    varying: expect === "absent" ? COPY_ABSENT : COPY_OVER,
    values,
  })
}

const PART = ["x-amz-copy-source", "x-amz-copy-source-if-match", "x-amz-copy-source-range"]

export function uploadPartCopy(addressOf: AddressOf, request: CopyPartRequest): S3Request {
  const { source, destination, fromByte, toByte } = request
  return objectRequest(addressOf, destination, {
    operation: "UploadPartCopy",
    method: "PUT",
    deadlineMs: moving(toByte - fromByte + 1),
    query: queryOf(["partNumber", String(request.part)], ["uploadId", request.uploadId]),
    fixed: [
      ...owned(destination.owner, payerOf(source, destination)),
      "x-amz-source-expected-bucket-owner",
      source.owner,
    ],
    varying: PART,
    values: [
      encodeCopySource(source.bucket, source.key, source.versionId),
      request.sourceEtag,
      `bytes=${fromByte}-${toByte}`,
    ],
  })
}

/** One header stands for both sides. */
const payerOf = (source: ObjectRef, destination: ObjectRef): true | undefined =>
  source.requestPayer ?? destination.requestPayer
