import { ServiceError, type SandboxResponse } from "../core/exchange.ts"
import type { Conditions } from "../core/world.ts"
import { emptyAnswer, xmlAnswer } from "./answers.ts"
import { attempt } from "./attempt.ts"
import { methodNotAllowed } from "./errors.ts"
import { verifyBody } from "./integrity.ts"
import { futureDate, isLockMode, mustHaveLock } from "./lock-headers.ts"
import { lockFacts, mustNotWeaken } from "./object-lock.ts"
import { authorizeObject, visibleVersion } from "./object-access.ts"
import { targetBucket, type S3Call } from "./s3-call.ts"
import type { Bucket, ObjectVersion, Retention, VersionLock } from "./state.ts"
import { childText, leaf, malformedXml, readRoot, xmlDate, xmlDocument } from "./xml.ts"

export function getRetention(s3: S3Call): SandboxResponse {
  const { retention } = lockedVersion(s3, targetBucket(s3), "GetObjectRetention")
  if (retention === undefined) throw neverLocked()
  return xmlAnswer(
    s3,
    xmlDocument("Retention", leaf("Mode", retention.mode), leaf("RetainUntilDate", xmlDate(retention.until))),
  )
}

export function getLegalHold(s3: S3Call): SandboxResponse {
  const { legalHold } = lockedVersion(s3, targetBucket(s3), "GetObjectLegalHold")
  if (legalHold === undefined) throw neverLocked()
  return xmlAnswer(s3, xmlDocument("LegalHold", leaf("Status", legalHold)))
}

export function putRetention(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  verifyBody(s3)
  const wanted = attempt(() => readRetention(s3))
  const version = lockedVersion(s3, bucket, "PutObjectRetention", factsOf(s3, { retention: wanted.value }), () =>
    wanted.orThrow(),
  )
  mustNotWeaken(s3, bucket, version, wanted.value)
  if (wanted.value === undefined) delete version.retention
  else version.retention = wanted.value
  return emptyAnswer(s3)
}

export function putLegalHold(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  verifyBody(s3)
  const wanted = attempt(() => readLegalHold(s3))
  const version = lockedVersion(s3, bucket, "PutObjectLegalHold", factsOf(s3, { legalHold: wanted.value }), () =>
    wanted.orThrow(),
  )
  version.legalHold = wanted.orThrow()
  return emptyAnswer(s3)
}

const factsOf = (
  s3: S3Call,
  lock: { retention?: Retention | undefined; legalHold?: "ON" | "OFF" | undefined },
): Conditions => lockFacts(lock as VersionLock, s3.call.world.clock.now())

/** Undefined = an empty element: the retention is to go. */
function readRetention(s3: S3Call): Retention | undefined {
  const root = readRoot(s3.call.request.body, "Retention")
  if (root.children.length === 0) return undefined
  const mode = childText(root, "Mode")
  const until = childText(root, "RetainUntilDate")
  if (mode === undefined || !isLockMode(mode) || until === undefined) throw malformedXml()
  return { mode, until: futureDate(s3, until) }
}

function readLegalHold(s3: S3Call): "ON" | "OFF" {
  const status = childText(readRoot(s3.call.request.body, "LegalHold"), "Status")
  if (status !== "ON" && status !== "OFF") throw malformedXml()
  return status
}

/** These actions have one name for all versions. `between` runs after the right was checked, before anything is told. */
function lockedVersion(
  s3: S3Call,
  bucket: Bucket,
  action: string,
  facts: Conditions = {},
  between: () => unknown = () => undefined,
): ObjectVersion {
  const versionId = s3.query.get("versionId")
  authorizeObject(s3, bucket, { action, key: s3.key, versionId, facts, anyVersion: true })
  between()
  mustHaveLock(bucket)
  const version = visibleVersion(s3, bucket, s3.key, versionId)
  if (version.kind === "marker") throw methodNotAllowed(s3.call.request.method)
  return version
}

const neverLocked = (): ServiceError =>
  new ServiceError(
    "NoSuchObjectLockConfiguration",
    "The specified object does not have a ObjectLock configuration",
    404,
  )
