import type { CallError, CopyRequest, ObjectLock } from "../data-plane.ts"
import type { Attempt } from "../ports.ts"
import { lookAtDestination, type Standing } from "./adopt.ts"
import { confirm } from "./confirm.ts"
import {
  destinationRef,
  expectOf,
  pinned,
  sourceRef,
  storageClassOf,
  type Expect,
  type RouteContext,
  type Work,
} from "./context.ts"
import { again, attemptFor } from "./judge.ts"
import { lockOf } from "./lock.ts"
import { replan, skipped } from "./replan.ts"
import { headOf } from "../verify/head-of.ts"

/**
 * One CopyObject, pinned to the version and ETag of the plan and conditional on what stands at the destination. An attempt
 * whose predecessor's answer was lost reads back first and sends only when nothing of it is there.
 */
export async function attemptCopy(
  context: RouteContext,
  work: Work,
  expect: Expect = expectOf(work.object),
): Promise<Attempt> {
  const lock = context.aim.lock === undefined ? NO_LOCK : await lockOf(context, work)
  if (lock.kind === "settles") return lock.attempt
  if (work.doubtful) {
    const standing = await lookAtDestination(context, work, expect, lock.lock)
    if (standing.kind === "settles") return standing.attempt
    work.doubtful = false
    if (standing.kind === "absent") return send(context, work, "absent", lock.lock)
  }
  return send(context, work, expect, lock.lock)
}

const NO_LOCK: { readonly kind: "known"; readonly lock?: ObjectLock } = { kind: "known" }

async function send(context: RouteContext, work: Work, expect: Expect, lock: ObjectLock | undefined): Promise<Attempt> {
  const outcome = await context.destination.copy(requestOf(context, work, expect, lock))
  if (outcome.kind === "ok") return confirm(context, work, outcome.value, lock)
  if (outcome.error.ambiguous) work.doubtful = true
  return afterError(context, work, expect, outcome.error, lock)
}

function requestOf(context: RouteContext, work: Work, expect: Expect, lock: ObjectLock | undefined): CopyRequest {
  const { aim } = context
  const object = pinned(context, work.object)
  const request: CopyRequest = {
    source: sourceRef(aim, object),
    sourceEtag: object.etag,
    destination: destinationRef(aim, object.key),
    expect,
    keyArn: aim.keyArn,
    bucketKey: aim.bucketKey,
    storageClass: storageClassOf(aim, object),
    sizeBytes: object.sizeBytes,
  }
  return lock === undefined ? request : { ...request, lock }
}

async function afterError(
  context: RouteContext,
  work: Work,
  expect: Expect,
  error: CallError,
  lock: ObjectLock | undefined,
): Promise<Attempt> {
  if (error.class === "precondition") return afterCondition(context, work, expect, lock)
  if (error.class === "not-found")
    return expect === "absent" ? replan(context, work) : afterCondition(context, work, expect, lock)
  if (error.class === "refused") return afterRefusal(context, work, error)
  return attemptFor(error, context.aim, work.object)
}

/**
 * S3 answers 412 for either side, and 404 where If-Match finds nothing: what stands at the destination tells which. A copy is
 * never taken for made because something is there.
 */
async function afterCondition(
  context: RouteContext,
  work: Work,
  expect: Expect,
  lock: ObjectLock | undefined,
): Promise<Attempt> {
  const standing: Standing = await lookAtDestination(context, work, expect, lock)
  if (standing.kind === "settles") return standing.attempt
  if (standing.kind === "replaceable" || expect === "absent") return replan(context, work)
  work.doubtful = true
  return again("conflict", "what was to be replaced is gone: nothing stands there now")
}

const THAW = new Set(["InvalidObjectState", "ObjectNotInActiveTierError"])

/** Why S3 will not copy this object and no other. */
export async function afterRefusal(context: RouteContext, work: Work, error: CallError): Promise<Attempt> {
  if (THAW.has(error.code)) return skipped(context, work, "NEEDS_THAW")
  const head = await headOf(context.source, sourceRef(context.aim, pinned(context, work.object)))
  if (head.kind === "ok" && head.value.archived) return skipped(context, work, "NEEDS_THAW")
  if (head.kind === "error" && head.error.class === "refused") return skipped(context, work, "NEEDS_CUSTOMER_KEY")
  return attemptFor(error, context.aim, work.object)
}
