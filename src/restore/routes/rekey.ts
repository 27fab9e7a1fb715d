import type { CallError, ObjectHead } from "../data-plane.ts"
import type { Refusal } from "../objects.ts"
import type { Attempt } from "../ports.ts"
import { headOf } from "../verify/head-of.ts"
import { proofOf } from "./adopt.ts"
import { sourceRef, type ReadContext, type Work } from "./context.ts"
import { attemptFor, describe } from "./judge.ts"
import { holding } from "./lock.ts"
import { skipped } from "./replan.ts"

/**
 * UpdateObjectEncryption of one version. Its answer tells nothing about the key, so only a HEAD makes it done: the key's full
 * ARN is the planned one, ETag and LastModified are what they were.
 */
export async function attemptRekey(context: ReadContext, work: Work): Promise<Attempt> {
  if (work.doubtful) {
    const before = await headNow(context, work)
    if (before.kind === "error") return attemptFor(before.error, context.aim, work.object)
    if (isUnderKey(context, before.value)) return confirmed(context, work, before.value, { adopted: true })
    work.doubtful = false
  }
  const { keyArn, bucketKey } = context.aim
  const outcome = await context.destination.rekey({ object: sourceRef(context.aim, work.object), keyArn, bucketKey })
  if (outcome.kind === "error") return afterError(context, work, outcome.error)
  return readBackKey(context, work)
}

const headNow = (context: ReadContext, work: Work) => headOf(context.source, sourceRef(context.aim, work.object))

const isUnderKey = (context: ReadContext, head: ObjectHead): boolean =>
  head.encryption === "aws:kms" && head.keyArn === context.aim.keyArn && head.bucketKey === context.aim.bucketKey

export async function readBackKey(context: ReadContext, work: Work): Promise<Attempt> {
  const head = await headNow(context, work)
  if (head.kind === "ok") return confirmed(context, work, head.value)
  work.doubtful = true
  const attempt = attemptFor(head.error, context.aim, work.object)
  return attempt.kind === "failed" ? { kind: "unknown", message: `re-keyed, but ${attempt.message}` } : attempt
}

async function confirmed(
  context: ReadContext,
  work: Work,
  head: ObjectHead,
  how: { readonly adopted?: true } = {},
): Promise<Attempt> {
  if (!isUnderKey(context, head))
    return { kind: "failed", why: "MISMATCH", message: `re-keyed, but a HEAD names key ${head.keyArn ?? "(none)"}` }
  if (head.etag !== work.object.etag || !isSameSecond(head.modifiedAt, work.object.modifiedAt))
    return { kind: "unknown", message: "under the planned key, but its ETag or date is not the planned one" }
  if (context.verify !== "full") return { kind: "done", proof: { ...proofOf("head", head), ...how } }
  return readThrough(context, work, head, how)
}

/** HEAD tells a date in seconds, listings in milliseconds. */
const isSameSecond = (a: number, b: number): boolean => Math.floor(a / 1000) === Math.floor(b / 1000)

/** There is no second side to compare with: reading every byte proves that the new key opens all of them. */
async function readThrough(
  context: ReadContext,
  work: Work,
  head: ObjectHead,
  how: { readonly adopted?: true },
): Promise<Attempt> {
  const read = await context.source.hash(sourceRef(context.aim, work.object))
  if (read.kind === "ok")
    return read.value.sizeBytes === head.sizeBytes
      ? { kind: "done", proof: { ...proofOf("bytes", head), ...how } }
      : {
          kind: "failed",
          why: "MISMATCH",
          message: `only ${read.value.sizeBytes} of ${head.sizeBytes} bytes were read`,
        }
  work.doubtful = true
  const attempt = attemptFor(read.error, context.aim, work.object)
  if (attempt.kind !== "failed") return attempt
  return { kind: "unknown", message: `under the planned key, but ${attempt.message}` }
}

async function afterError(context: ReadContext, work: Work, error: CallError): Promise<Attempt> {
  if (error.ambiguous) work.doubtful = true
  if (error.class === "not-found") return skipped(context, work, "SOURCE_GONE")
  if (error.class !== "refused" && error.class !== "access-denied") return attemptFor(error, context.aim, work.object)
  const head = await headNow(context, work)
  if (head.kind === "error") return afterBoth(context, work, error, head.error)
  if (isUnderKey(context, head.value)) return confirmed(context, work, head.value, { adopted: true })
  const why = refusalOf(head.value, context.clock.now())
  if (why !== undefined) return skipped(context, work, why[0], why[1])
  if (error.code === "MethodNotAllowed")
    return { kind: "fatal", why: "not-supported", message: describe(error, context.aim, work.object) }
  return attemptFor(error, context.aim, work.object)
}

/** S3 says only that it will not; the object says why [S3 User Guide, update-sse-encryption]. */
function refusalOf(head: ObjectHead, now: number): readonly [Refusal, string] | undefined {
  if (holding(head.lock, now) !== undefined) return ["LOCKED", "is locked: no key can be changed under a lock"]
  if (head.encryption === undefined) return ["UNENCRYPTED", "is not encrypted: only a copy can put it under a key"]
  if (head.encryption === "aws:kms:dsse")
    return ["DOUBLE_ENCRYPTED", "is encrypted twice (DSSE): only a copy can change it"]
  return undefined
}

/** A HEAD that is refused as well tells of a key that only the owner has; one that finds nothing, of a delete marker. */
function afterBoth(context: ReadContext, work: Work, error: CallError, head: CallError): Attempt {
  if (head.class === "not-found" || head.code === "MethodNotAllowed") return skipped(context, work, "SOURCE_GONE")
  if (head.class === "refused") return skipped(context, work, "NEEDS_CUSTOMER_KEY")
  const attempt = attemptFor(head, context.aim, work.object)
  return attempt.kind === "again" ? attempt : attemptFor(error, context.aim, work.object)
}
