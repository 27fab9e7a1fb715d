import type { CallError, CompleteUploadRequest, CopiedPart, ObjectLock } from "../data-plane.ts"
import type { Attempt } from "../ports.ts"
import { lookAtDestination } from "./adopt.ts"
import { confirm } from "./confirm.ts"
import { afterRefusal } from "./copy.ts"
import { destinationRef, expectOf, type Expect, type OpenUpload, type RouteContext, type Work } from "./context.ts"
import { again, attemptFor } from "./judge.ts"
import { lockOf } from "./lock.ts"
import { copyParts } from "./parts.ts"
import { replan } from "./replan.ts"
import { abortLeft, closeUpload, openUpload, type Opened } from "./upload.ts"

/**
 * An object above the limit of one CopyObject. What was copied of it is kept between attempts of one process; an upload of an
 * earlier process is aborted and begun anew, for nothing tells which parts of it were right. Whatever ends the object ends
 * its upload.
 */
export async function attemptMultipart(
  context: RouteContext,
  work: Work,
  partBytes: number,
  expect: Expect = expectOf(work.object),
): Promise<Attempt> {
  const attempt = await attemptUpload(context, work, partBytes, expect)
  if (attempt.kind !== "again") await closeUpload(context, work.object)
  return attempt
}

async function attemptUpload(context: RouteContext, work: Work, partBytes: number, expect: Expect): Promise<Attempt> {
  const lock = context.aim.lock === undefined ? undefined : await lockOf(context, work)
  if (lock?.kind === "settles") return lock.attempt
  const found = work.doubtful ? await lookAtDestination(context, work, expect, lock?.lock) : undefined
  const left = await abortLeft(context, work.object)
  if (found?.kind === "settles") return found.attempt
  if (left !== undefined) return left
  work.doubtful = false
  const opened = await openUpload(context, work, partBytes, lock?.lock)
  if (opened.kind === "settles") return opened.attempt
  return fill(context, work, opened, found?.kind === "absent" ? "absent" : expect, lock?.lock)
}

async function fill(
  context: RouteContext,
  work: Work,
  { upload }: Extract<Opened, { kind: "open" }>,
  expect: Expect,
  lock: ObjectLock | undefined,
): Promise<Attempt> {
  const refused = await copyParts(context, work, upload)
  if (refused !== undefined) return afterPart(context, work, refused)
  const outcome = await context.destination.completeUpload(completionOf(context, work, upload, expect))
  if (outcome.kind === "error") return afterCompletion(context, work, outcome.error, { expect, lock })
  context.uploads.open.delete(work.object)
  context.uploads.log.closed(work.object, upload.uploadId)
  return confirm(context, work, outcome.value, lock)
}

function completionOf(context: RouteContext, work: Work, upload: OpenUpload, expect: Expect): CompleteUploadRequest {
  return {
    destination: destinationRef(context.aim, work.object.key),
    uploadId: upload.uploadId,
    parts: upload.parts as readonly CopiedPart[],
    sizeBytes: upload.sizeBytes,
    expect,
    keyArn: context.aim.keyArn,
  }
}

/** A part that S3 refused for good: the source changed, the upload is gone, or the whole object cannot be copied. */
async function afterPart(context: RouteContext, work: Work, error: CallError): Promise<Attempt> {
  if (error.class === "precondition") return anew(context, work, await replan(context, work))
  if (error.code === "NoSuchUpload") return anew(context, work, again("conflict", "the upload is gone: it begins anew"))
  if (error.class === "not-found") return anew(context, work, await replan(context, work))
  if (error.class === "refused") return afterRefusal(context, work, error)
  return attemptFor(error, context.aim, work.object)
}

async function afterCompletion(
  context: RouteContext,
  work: Work,
  error: CallError,
  asked: { readonly expect: Expect; readonly lock: ObjectLock | undefined },
): Promise<Attempt> {
  if (error.ambiguous) work.doubtful = true
  // S3 wants a new upload after a conflict [S3 API, CompleteMultipartUpload].
  if (error.class === "conflict") return anew(context, work, attemptFor(error, context.aim, work.object))
  if (error.class !== "precondition" && error.class !== "not-found") return attemptFor(error, context.aim, work.object)
  if (error.code === "NoSuchUpload") context.uploads.open.delete(work.object)
  const standing = await lookAtDestination(context, work, asked.expect, asked.lock)
  if (standing.kind === "settles") return standing.attempt
  work.doubtful = true
  return again("conflict", "the upload was refused, and nothing of it stands at the destination")
}

/** What was copied so far is of another source, or of no use: the next attempt opens another upload. */
async function anew(context: RouteContext, work: Work, attempt: Attempt): Promise<Attempt> {
  await closeUpload(context, work.object)
  return attempt
}
