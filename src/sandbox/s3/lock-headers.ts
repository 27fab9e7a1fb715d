import { invalidArgument, invalidRequest } from "./errors.ts"
import { authorize, allows, type S3Call } from "./s3-call.ts"
import type { Bucket, LockMode, ObjectVersion, Retention, VersionLock } from "./state.ts"
import { lockFacts } from "./object-lock.ts"

const MODE = "x-amz-object-lock-mode"
const UNTIL = "x-amz-object-lock-retain-until-date"
const HOLD = "x-amz-object-lock-legal-hold"

const NOTHING: VersionLock = {}

/** The lock that a write asks for in its headers. @throws ServiceError InvalidArgument */
export function requestedLock(s3: S3Call): VersionLock {
  const mode = s3.headers[MODE]
  const until = s3.headers[UNTIL]
  const hold = s3.headers[HOLD]
  if (mode === undefined && until === undefined && hold === undefined) return NOTHING
  if (mode !== undefined && !isLockMode(mode)) throw invalidArgument("Unknown wormMode directive.", MODE, mode)
  if ((mode === undefined) !== (until === undefined)) {
    throw invalidArgument("x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied")
  }
  if (hold !== undefined && hold !== "ON" && hold !== "OFF") {
    throw invalidArgument("Legal Hold must be either of 'ON' or 'OFF'", HOLD, hold)
  }
  return {
    ...(mode === undefined || until === undefined ? {} : { retention: { mode, until: futureDate(s3, until, UNTIL) } }),
    ...(hold === undefined ? {} : { legalHold: hold }),
  }
}

export const isLockMode = (text: string): text is LockMode => text === "GOVERNANCE" || text === "COMPLIANCE"

/** @throws ServiceError InvalidArgument */
export function futureDate(s3: S3Call, text: string, name?: string): number {
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw invalidArgument("The retain until date must be provided in ISO 8601 format", name, text)
  if (at <= s3.call.world.clock.now()) {
    throw invalidArgument("The retain until date must be in the future!", name, text)
  }
  return at
}

/** A write that asks for a lock needs the rights to set it as well, and a bucket that has Object Lock. */
export function authorizeLock(s3: S3Call, bucket: Bucket, lock: VersionLock): void {
  if (lock.retention === undefined && lock.legalHold === undefined) return
  const facts = lockFacts(lock, s3.call.world.clock.now())
  if (lock.retention !== undefined) authorize(s3, bucket, "PutObjectRetention", s3.key, facts)
  if (lock.legalHold !== undefined) authorize(s3, bucket, "PutObjectLegalHold", s3.key, facts)
  mustHaveLock(bucket)
}

export function mustHaveLock(bucket: Bucket): void {
  if (bucket.objectLock === undefined) throw invalidRequest("Bucket is missing Object Lock Configuration")
}

/** A body that nobody may replace for years must have arrived whole: S3 insists on a checksum. */
export function mustCarryChecksum(s3: S3Call, retention: Retention | undefined, given: boolean): void {
  if (retention === undefined || given || s3.headers["content-md5"] !== undefined) return
  throw invalidRequest(
    "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters",
  )
}

/** Shown to those only who may read the lock. */
export function lockHeaders(s3: S3Call, bucket: Bucket, version: ObjectVersion): Record<string, string> {
  const { retention, legalHold } = version
  if (retention === undefined && legalHold === undefined) return {}
  const headers: Record<string, string> = {}
  if (retention !== undefined && allows(s3, bucket, "GetObjectRetention", s3.key)) {
    headers[MODE] = retention.mode
    headers[UNTIL] = new Date(retention.until).toISOString()
  }
  if (legalHold !== undefined && allows(s3, bucket, "GetObjectLegalHold", s3.key)) headers[HOLD] = legalHold
  return headers
}
