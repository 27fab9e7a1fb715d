import type { ListRequest } from "../../restore/data-plane.ts"
import type { AddressOf } from "./endpoint.ts"
import { bucketRequest, owned, queryOf, QUICK, type S3Request } from "./request-parts.ts"

/** By start-after and never by token, so that a range can be cut anywhere; keys come url-encoded (reliability S3). */
export function listObjectsV2(addressOf: AddressOf, request: ListRequest): S3Request {
  return bucketRequest(addressOf, request.bucket, {
    operation: "ListObjectsV2",
    method: "GET",
    deadlineMs: QUICK,
    query: queryOf(
      ["encoding-type", "url"],
      ["list-type", "2"],
      ["max-keys", String(request.limit ?? 1000)],
      ["prefix", request.prefix],
      ["start-after", request.after],
    ),
    fixed: owned(request.owner, request.requestPayer),
  })
}

export function listObjectVersions(
  addressOf: AddressOf,
  request: ListRequest & { readonly afterVersion?: string },
): S3Request {
  return bucketRequest(addressOf, request.bucket, {
    operation: "ListObjectVersions",
    method: "GET",
    deadlineMs: QUICK,
    query: queryOf(
      ["encoding-type", "url"],
      ["key-marker", request.after],
      ["max-keys", String(request.limit ?? 1000)],
      ["prefix", request.prefix],
      ["version-id-marker", request.afterVersion],
      ["versions", ""],
    ),
    fixed: owned(request.owner, request.requestPayer),
  })
}
