import { ServiceError, type SandboxResponse } from "../core/exchange.ts"
import type { Conditions } from "../core/world.ts"
import { emptyAnswer, xmlAnswer } from "./answers.ts"
import { etagMatches } from "./conditions.ts"
import { invalidArgument, noSuchKey, notImplemented, preconditionFailed } from "./errors.ts"
import { verifyBody } from "./integrity.ts"
import { mustNotBeLocked } from "./object-lock.ts"
import { versionFacts } from "./request-facts.ts"
import { authorize, targetBucket, versioned, type S3Call } from "./s3-call.ts"
import { currentObject, type Bucket } from "./state.ts"
import { addVersion, checkVersionId, nextVersionId, peekVersion, removeVersion } from "./versions.ts"
import { childrenOf, childText, leaf, malformedXml, node, readRoot, xmlDocument } from "./xml.ts"

interface Deleted {
  readonly versionId?: string
  /** A marker was made, or one was taken away. */
  readonly marker: boolean
}

export function deleteObject(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  const versionId = s3.query.get("versionId")
  authorize(s3, bucket, versioned("DeleteObject", versionId), s3.key, {
    ...versionFacts(versionId),
    ...matchFacts(s3.headers["if-match"]),
  })
  refuseBypass(s3, bucket)
  for (const name of ["x-amz-if-match-last-modified-time", "x-amz-if-match-size"]) {
    if (s3.headers[name] !== undefined) throw notImplemented(name)
  }
  checkMatch(bucket, s3.key, s3.headers["if-match"])
  const deleted = remove(s3, bucket, s3.key, versionId)
  return emptyAnswer(s3, 204, {
    "x-amz-version-id": deleted.versionId,
    "x-amz-delete-marker": deleted.marker ? "true" : undefined,
  })
}

const matchFacts = (match: string | undefined): Conditions => (match === undefined ? {} : { "s3:if-match": match })

function refuseBypass(s3: S3Call, bucket: Bucket): void {
  const value = s3.headers["x-amz-bypass-governance-retention"]
  if (value === undefined || bucket.objectLock !== undefined) return
  throw invalidArgument(
    "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
    "x-amz-bypass-governance-retention",
  )
}

function checkMatch(bucket: Bucket, key: string, match: string | undefined): void {
  if (match === undefined) return
  const current = currentObject(bucket, key)
  if (current === undefined) throw noSuchKey(key)
  if (!etagMatches(match, current.etag)) throw preconditionFailed("If-Match")
}

/** With a version id for good; without one a marker where versioning is on. A key that is not there is no error. */
function remove(s3: S3Call, bucket: Bucket, key: string, versionId: string | undefined): Deleted {
  if (versionId !== undefined) {
    checkVersionId(bucket, versionId)
    const version = peekVersion(bucket, key, versionId)
    if (version?.kind === "object") mustNotBeLocked(s3, bucket, key, version)
    const removed = removeVersion(bucket, key, versionId)
    return bucket.versioning === "never" ? { marker: false } : { versionId, marker: removed?.kind === "marker" }
  }
  if (bucket.versioning === "never") {
    removeVersion(bucket, key, "null")
    return { marker: false }
  }
  const id = nextVersionId(s3, bucket)
  addVersion(bucket, key, { kind: "marker", id, modifiedAt: s3.call.world.clock.now() })
  return { versionId: id, marker: true }
}

/** Each key has its own result; one that fails does not stop the others. */
export function deleteObjects(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  verifyBody(s3)
  refuseBypass(s3, bucket)
  const root = readRoot(s3.call.request.body, "Delete")
  const objects = childrenOf(root, "Object")
  if (objects.length === 0 || objects.length > 1000) throw malformedXml()
  const quiet = childText(root, "Quiet") === "true"
  const results = objects.map((object) => {
    const key = childText(object, "Key")
    if (key === undefined || key === "") throw malformedXml()
    return { key, versionId: childText(object, "VersionId"), match: childText(object, "ETag") }
  })
  return xmlAnswer(s3, xmlDocument("DeleteResult", ...results.map((each) => deleteOne(s3, bucket, each, quiet))))
}

interface Wanted {
  readonly key: string
  readonly versionId: string | undefined
  readonly match: string | undefined
}

function deleteOne(s3: S3Call, bucket: Bucket, wanted: Wanted, quiet: boolean): string {
  const { key, versionId } = wanted
  try {
    authorize(s3, bucket, versioned("DeleteObject", versionId), key, {
      ...versionFacts(versionId),
      ...matchFacts(wanted.match),
    })
    checkMatch(bucket, key, wanted.match)
    const deleted = remove(s3, bucket, key, versionId)
    return quiet ? "" : deletedXml(wanted, deleted)
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    return node(
      "Error",
      leaf("Key", key),
      leaf("VersionId", versionId),
      leaf("Code", error.code),
      leaf("Message", error.message),
    )
  }
}

function deletedXml({ key, versionId }: Wanted, deleted: Deleted): string {
  const markerId = deleted.marker ? deleted.versionId : undefined
  return node(
    "Deleted",
    leaf("Key", key),
    leaf("VersionId", versionId),
    leaf("DeleteMarker", deleted.marker ? true : undefined),
    leaf("DeleteMarkerVersionId", markerId),
  )
}
