import type { CallError, CreateUploadRequest, ObjectHead, ObjectLock, VersionRef } from "../data-plane.ts"
import type { ListedObject } from "../objects.ts"
import type { Attempt } from "../ports.ts"
import {
  destinationRef,
  pinned,
  sourceRef,
  storageClassOf,
  type OpenUpload,
  type RouteContext,
  type Work,
} from "./context.ts"
import { again, attemptFor } from "./judge.ts"
import { rangesOf } from "./ranges.ts"
import { replan, skipped } from "./replan.ts"
import { headOf } from "../verify/head-of.ts"

export type Opened =
  | { readonly kind: "open"; readonly upload: OpenUpload }
  | { readonly kind: "settles"; readonly attempt: Attempt }

const settles = (attempt: Attempt): Opened => ({ kind: "settles", attempt })

/** The object's open upload, or a new one with everything that multipart does not carry over by itself. */
export async function openUpload(
  context: RouteContext,
  work: Work,
  partBytes: number,
  lock: ObjectLock | undefined,
): Promise<Opened> {
  const open = context.uploads.open.get(work.object)
  if (open !== undefined) return { kind: "open", upload: open }
  const object = pinned(context, work.object)
  const head = await headOf(context.source, sourceRef(context.aim, object))
  if (head.kind === "error") return settles(await afterHead(context, work, head.error))
  if (head.value.etag !== object.etag) return settles(await replan(context, work))
  if (head.value.archived) return settles(skipped(context, work, "NEEDS_THAW"))
  const odd = unsendable(head.value)
  if (odd !== undefined) return settles(skipped(context, work, "UNSUPPORTED_METADATA", odd))
  const tags = await tagsOf(context, work, head.value)
  if (tags.kind === "settles") return tags
  return create(context, work, partBytes, requestOf(context, work, head.value, tags.tags, lock))
}

async function afterHead(context: RouteContext, work: Work, error: CallError): Promise<Attempt> {
  if (error.class === "not-found") return replan(context, work)
  if (error.class === "refused") return skipped(context, work, "NEEDS_CUSTOMER_KEY")
  return attemptFor(error, context.aim, work.object)
}

/** Names and values go out as they came in, RFC 2047 forms too; what no header can hold is refused by name, never dropped. */
function unsendable(head: ObjectHead): string | undefined {
  if (head.missingMetadata !== undefined)
    return `has ${head.missingMetadata} entries of metadata that no header can carry: S3 does not tell them`
  const redirect =
    head.websiteRedirect === undefined ? [] : [["website-redirect-location", head.websiteRedirect] as const]
  const entries = [...head.metadata, ...Object.entries(head.headers), ...redirect]
  const bad = entries.find(([name, value]) => /[^\x20-\x7e]/.test(name) || /[^\t\x20-\x7e]/.test(value))
  return bad === undefined ? undefined : `has ${JSON.stringify(bad[0])} with characters that no header can carry`
}

type Tags = { readonly kind: "tags"; readonly tags: Readonly<Record<string, string>> }

async function tagsOf(
  context: RouteContext,
  work: Work,
  head: ObjectHead,
): Promise<Tags | Extract<Opened, { kind: "settles" }>> {
  if (head.tagCount === 0) return { kind: "tags", tags: {} }
  const ref: VersionRef = sourceRef(context.aim, pinned(context, work.object))
  const outcome = await context.source.tags(head.versionId === undefined ? ref : { ...ref, versionId: head.versionId })
  if (outcome.kind === "error") return { kind: "settles", attempt: attemptFor(outcome.error, context.aim, work.object) }
  if (Object.keys(outcome.value).length !== head.tagCount)
    return { kind: "settles", attempt: again("conflict", "its tags changed while they were read") }
  return { kind: "tags", tags: outcome.value }
}

function requestOf(
  context: RouteContext,
  work: Work,
  like: ObjectHead,
  tags: Readonly<Record<string, string>>,
  lock: ObjectLock | undefined,
): CreateUploadRequest {
  const { aim } = context
  return {
    destination: destinationRef(aim, work.object.key),
    keyArn: aim.keyArn,
    bucketKey: aim.bucketKey,
    storageClass: storageClassOf(aim, pinned(context, work.object)),
    like,
    tags,
    ...(lock === undefined ? {} : { lock }),
  }
}

async function create(
  context: RouteContext,
  work: Work,
  partBytes: number,
  request: CreateUploadRequest,
): Promise<Opened> {
  const created = await context.destination.createUpload(request)
  if (created.kind === "error") return settles(attemptFor(created.error, context.aim, work.object))
  const { sizeBytes } = request.like
  const ranges = rangesOf(sizeBytes, partBytes)
  const upload: OpenUpload = { uploadId: created.value.uploadId, ranges, parts: ranges.map(() => undefined), sizeBytes }
  context.uploads.open.set(work.object, upload)
  await context.uploads.log.opened(work.object, upload.uploadId).catch(async (thrown: unknown) => {
    await closeUpload(context, work.object)
    throw thrown
  })
  return { kind: "open", upload }
}

/** Ends the object's open upload. One that cannot be aborted stays in the log as open, for the sweep. */
export async function closeUpload(context: RouteContext, object: ListedObject): Promise<void> {
  const upload = context.uploads.open.get(object)
  if (upload === undefined) return
  context.uploads.open.delete(object)
  await abort(context, object, upload.uploadId)
}

/** Ends what earlier processes left open for this object; the attempt to make instead when that must be tried again. */
export async function abortLeft(context: RouteContext, object: ListedObject): Promise<Attempt | undefined> {
  for (const uploadId of context.uploads.log.left(object)) {
    const error = await abort(context, object, uploadId)
    const attempt = error === undefined ? undefined : attemptFor(error, context.aim, object)
    if (attempt?.kind === "again") return attempt
  }
  return undefined
}

async function abort(context: RouteContext, object: ListedObject, uploadId: string): Promise<CallError | undefined> {
  const outcome = await context.destination.abortUpload(destinationRef(context.aim, object.key), uploadId)
  const gone = outcome.kind === "ok" || outcome.error.code === "NoSuchUpload"
  if (gone) context.uploads.log.closed(object, uploadId)
  return gone ? undefined : outcome.error
}
