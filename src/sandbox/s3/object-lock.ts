import type { Conditions } from "../core/world.ts"
import { accessDeniedByLock } from "./errors.ts"
import { authorize, type S3Call } from "./s3-call.ts"
import type { Bucket, LockMode, ObjectVersion, Retention, VersionLock } from "./state.ts"

/** Object Lock: what keeps a version, for how long, and who may go around it. Time is the virtual clock's. */

const DAY_MS = 86_400_000

/** What protects the version right now. A hold outweighs a retention; an expired retention protects nothing. */
function protectionOf(version: VersionLock, now: number): LockMode | "HOLD" | undefined {
  if (version.legalHold === "ON") return "HOLD"
  return isActive(version.retention, now) ? version.retention.mode : undefined
}

const isActive = (retention: Retention | undefined, now: number): retention is Retention =>
  retention !== undefined && retention.until > now

/** The retention that a new version gets from its bucket. Years are calendar years. */
function defaultRetention(bucket: Bucket, now: number): Retention | undefined {
  const rule = bucket.objectLock?.byDefault
  if (rule === undefined) return undefined
  if (rule.days !== undefined) return { mode: rule.mode, until: now + rule.days * DAY_MS }
  const until = new Date(now)
  until.setUTCFullYear(until.getUTCFullYear() + (rule.years ?? 0))
  return { mode: rule.mode, until: until.getTime() }
}

/** What was asked for, and the bucket's default where no retention was. */
export function newVersionLock(bucket: Bucket, asked: VersionLock, now: number): VersionLock {
  if (asked.retention !== undefined || bucket.objectLock === undefined) return asked
  const retention = defaultRetention(bucket, now)
  return retention === undefined ? asked : { ...asked, retention }
}

/**
 * A version may be taken away or changed only when nothing protects it. GOVERNANCE yields to
 * `x-amz-bypass-governance-retention` from who may s3:BypassGovernanceRetention; COMPLIANCE and holds to nobody.
 *
 * @throws ServiceError AccessDenied
 */
export function mustNotBeLocked(s3: S3Call, bucket: Bucket, key: string, version: ObjectVersion): void {
  const protection = protectionOf(version, s3.call.world.clock.now())
  if (protection === undefined) return
  if (protection !== "GOVERNANCE" || !wantsBypass(s3)) throw accessDeniedByLock()
  authorizeBypass(s3, bucket, key)
}

/** A new retention must not weaken an active one. @throws ServiceError AccessDenied */
export function mustNotWeaken(s3: S3Call, bucket: Bucket, version: ObjectVersion, wanted: Retention | undefined): void {
  const { retention } = version
  if (!isActive(retention, s3.call.world.clock.now())) return
  // A change of mode counts as weakening even towards COMPLIANCE, as on AWS.
  if (wanted !== undefined && wanted.mode === retention.mode && wanted.until >= retention.until) return
  if (retention.mode === "COMPLIANCE" || !wantsBypass(s3)) throw accessDeniedByLock()
  authorizeBypass(s3, bucket, s3.key)
}

const wantsBypass = (s3: S3Call): boolean => s3.headers["x-amz-bypass-governance-retention"]?.toLowerCase() === "true"

const authorizeBypass = (s3: S3Call, bucket: Bucket, key: string): void =>
  authorize(s3, bucket, "BypassGovernanceRetention", key)

/** `s3:object-lock-…` of a lock that a request asks for. Begun days count as whole ones. */
export function lockFacts({ retention, legalHold }: VersionLock, now: number): Conditions {
  return {
    ...(retention === undefined
      ? {}
      : {
          "s3:object-lock-mode": retention.mode,
          "s3:object-lock-retain-until-date": new Date(retention.until).toISOString(),
          "s3:object-lock-remaining-retention-days": String(Math.ceil((retention.until - now) / DAY_MS)),
        }),
    ...(legalHold === undefined ? {} : { "s3:object-lock-legal-hold": legalHold }),
  }
}
