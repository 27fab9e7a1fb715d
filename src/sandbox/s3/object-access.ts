import { ServiceError } from "../core/exchange.ts"
import type { Conditions } from "../core/world.ts"
import { invalidObjectState, noSuchKey } from "./errors.ts"
import { existingTagFacts, versionFacts } from "./request-facts.ts"
import { authorize, versioned, type S3Call } from "./s3-call.ts"
import type { Bucket, ObjectVersion, Version } from "./state.ts"
import { findVersion, peekVersion } from "./versions.ts"

export interface ObjectQuestion {
  readonly action: string
  readonly key: string
  readonly versionId: string | undefined
  readonly facts?: Conditions
  /** The action has no second name for versions (`GetObjectRetention`). */
  readonly anyVersion?: true
}

/** Asks about an existing object: the question carries its tags and the version named. */
export function authorizeObject(s3: S3Call, bucket: Bucket, question: ObjectQuestion): void {
  const { action, key, versionId, facts } = question
  const version = peekVersion(bucket, key, versionId)
  const name = question.anyVersion === true ? action : versioned(action, versionId)
  authorize(s3, bucket, name, key, {
    ...(version?.kind === "object" ? existingTagFacts(version.tags) : undefined),
    ...versionFacts(versionId),
    ...facts,
  })
}

/** That something is not there is told only to who may list the bucket; others get the denial of s3:ListBucket. */
export function visibleVersion(s3: S3Call, bucket: Bucket, key: string, versionId: string | undefined): Version {
  try {
    return findVersion(bucket, key, versionId)
  } catch (error) {
    if (error instanceof ServiceError && error.status === 404) authorize(s3, bucket, "ListBucket")
    throw error
  }
}

/** A delete marker as the newest version: the key is not there. */
function hiddenByMarker(s3: S3Call, bucket: Bucket, key: string): ServiceError {
  authorize(s3, bucket, "ListBucket")
  return noSuchKey(key)
}

/** The object to read, or undefined for a marker that was named by its id. */
export function visibleObject(
  s3: S3Call,
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
): ObjectVersion | undefined {
  const version = visibleVersion(s3, bucket, key, versionId)
  if (version.kind === "object") return version
  if (versionId === undefined) throw hiddenByMarker(s3, bucket, key)
  return undefined
}

const ARCHIVES: ReadonlySet<string> = new Set(["GLACIER", "DEEP_ARCHIVE"])

/** @throws ServiceError InvalidObjectState: the bytes of an archived object are out of reach until it is restored */
export function mustNotBeArchived({ attributes: { storageClass } }: ObjectVersion): void {
  if (ARCHIVES.has(storageClass)) throw invalidObjectState(storageClass)
}
