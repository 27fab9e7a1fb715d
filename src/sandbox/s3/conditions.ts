import { noSuchKey, notImplemented, preconditionFailed } from "./errors.ts"
import type { S3Call } from "./s3-call.ts"
import { currentObject, type Bucket, type ObjectVersion } from "./state.ts"

const bare = (etag: string): string =>
  etag
    .trim()
    .replace(/^W\//, "")
    .replace(/^"(.*)"$/, "$1")

/** A list of ETags with or without quotes, or `*`. */
export function etagMatches(header: string, etag: string): boolean {
  return header.split(",").some((each) => bare(each) === "*" || bare(each) === etag)
}

/** A date that cannot be read is as if it had not been sent. */
function dateOf(header: string | undefined): number | undefined {
  const at = header === undefined ? Number.NaN : Date.parse(header)
  return Number.isNaN(at) ? undefined : at
}

const wholeSecond = (at: number): number => Math.floor(at / 1000) * 1000

export type ReadVerdict = "go" | "not-modified"

/** The conditions of GetObject and HeadObject. @throws ServiceError PreconditionFailed */
export function readCondition(s3: S3Call, object: ObjectVersion): ReadVerdict {
  const match = s3.headers["if-match"]
  const noneMatch = s3.headers["if-none-match"]
  const modifiedAt = wholeSecond(object.modifiedAt)
  if (match !== undefined && !etagMatches(match, object.etag)) throw preconditionFailed("If-Match")
  const unmodified = dateOf(s3.headers["if-unmodified-since"])
  if (match === undefined && unmodified !== undefined && modifiedAt > unmodified) {
    throw preconditionFailed("If-Unmodified-Since")
  }
  if (noneMatch !== undefined) return etagMatches(noneMatch, object.etag) ? "not-modified" : "go"
  const since = dateOf(s3.headers["if-modified-since"])
  return since !== undefined && since <= s3.call.world.clock.now() && modifiedAt <= since ? "not-modified" : "go"
}

/** The conditions on the source of a copy, in AWS's order; a future If-Modified-Since is ignored. */
export function checkCopySource(s3: S3Call, source: ObjectVersion): void {
  const header = (name: string): string | undefined => s3.headers[`x-amz-copy-source-${name}`]
  const modifiedAt = wholeSecond(source.modifiedAt)
  const match = header("if-match")
  if (match !== undefined && !etagMatches(match, source.etag)) throw preconditionFailed("x-amz-copy-source-If-Match")
  const unmodified = dateOf(header("if-unmodified-since"))
  if (match === undefined && unmodified !== undefined && modifiedAt > unmodified) {
    throw preconditionFailed("x-amz-copy-source-If-Unmodified-Since")
  }
  const noneMatch = header("if-none-match")
  if (noneMatch !== undefined && etagMatches(noneMatch, source.etag)) {
    throw preconditionFailed("x-amz-copy-source-If-None-Match")
  }
  const since = dateOf(header("if-modified-since"))
  if (noneMatch === undefined && since !== undefined && since <= s3.call.world.clock.now() && modifiedAt <= since) {
    throw preconditionFailed("x-amz-copy-source-If-Modified-Since")
  }
}

/** If-Match and If-None-Match on a write look only at the current version. */
export function checkWriteConditions(s3: S3Call, bucket: Bucket, key: string): void {
  const match = s3.headers["if-match"]
  const noneMatch = s3.headers["if-none-match"]
  if (match === undefined && noneMatch === undefined) return
  if (noneMatch !== undefined && (match !== undefined || noneMatch.trim() !== "*"))
    throw notImplemented("If-None-Match")
  if (match?.trim() === "*") throw notImplemented("If-Match")
  const current = currentObject(bucket, key)
  if (noneMatch !== undefined && current !== undefined) throw preconditionFailed("If-None-Match")
  if (match === undefined) return
  if (current === undefined) throw noSuchKey(key)
  if (!etagMatches(match, current.etag)) throw preconditionFailed("If-Match")
}
