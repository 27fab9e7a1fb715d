import { checkCopySource } from "./conditions.ts"
import { invalidArgument, invalidRequest, noSuchBucket } from "./errors.ts"
import { authorizeObject, mustNotBeArchived, visibleObject } from "./object-access.ts"
import { checkExpectedOwner, type S3Call } from "./s3-call.ts"
import type { Bucket, ObjectVersion } from "./state.ts"

export interface CopySource {
  readonly bucket: Bucket
  readonly key: string
  readonly versionId?: string
  readonly object: ObjectVersion
}

/** The object that `x-amz-copy-source` names, with the right to read it and its conditions checked. */
export function readCopySource(s3: S3Call): CopySource {
  const named = parseCopySource(s3.headers["x-amz-copy-source"] ?? "")
  const bucket = s3.state.buckets.get(named.bucket)
  if (bucket === undefined) throw noSuchBucket(named.bucket)
  checkExpectedOwner(bucket, s3.headers["x-amz-source-expected-bucket-owner"])
  authorizeObject(s3, bucket, { action: "GetObject", key: named.key, versionId: named.versionId })
  const object = visibleObject(s3, bucket, named.key, named.versionId)
  if (object === undefined) {
    throw invalidRequest("The source of a copy request may not specifically refer to a delete marker by version id.")
  }
  checkCopySource(s3, object)
  mustNotBeArchived(object)
  return { bucket, key: named.key, object, ...(named.versionId === undefined ? {} : { versionId: named.versionId }) }
}

interface NamedSource {
  readonly bucket: string
  readonly key: string
  readonly versionId?: string
}

/** `?versionId=` is split off before decoding: a key may hold an encoded question mark. */
function parseCopySource(header: string): NamedSource {
  const query = /\?versionId=([^?]*)$/.exec(header)
  const path = query === null ? header : header.slice(0, query.index)
  const decoded = decode(path.startsWith("/") ? path.slice(1) : path)
  const slash = decoded.indexOf("/")
  const key = decoded.slice(slash + 1)
  if (slash <= 0 || key === "") {
    throw invalidArgument("Invalid copy source object key", "x-amz-copy-source", "x-amz-copy-source")
  }
  return { bucket: decoded.slice(0, slash), key, ...(query === null ? {} : { versionId: query[1] ?? "" }) }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalidArgument("Invalid copy source encoding.", "x-amz-copy-source", text)
  }
}
