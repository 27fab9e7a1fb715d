import type { CallError, CopyPartRequest } from "../data-plane.ts"
import { destinationRef, pinned, sourceRef, type OpenUpload, type RouteContext, type Work } from "./context.ts"

/**
 * Copies the parts that are still missing, some at a time. After an error no further part is begun; those in flight are
 * waited for and kept. Returns the error that weighs most, undefined = all parts are there.
 */
export async function copyParts(context: RouteContext, work: Work, upload: OpenUpload): Promise<CallError | undefined> {
  const missing = upload.parts.flatMap((part, index) => (part === undefined ? [index] : []))
  const errors: CallError[] = []
  const lane = async (): Promise<void> => {
    for (let index = missing.shift(); index !== undefined && errors.length === 0; index = missing.shift()) {
      const error = await copyPart(context, work, upload, index)
      if (error !== undefined) errors.push(error)
    }
  }
  const lanes = Math.min(context.uploads.partsInFlight, missing.length)
  await Promise.all(Array.from({ length: lanes }, lane))
  return errors.find((error) => !COMES_BACK.has(error.class)) ?? errors[0]
}

const COMES_BACK: ReadonlySet<CallError["class"]> = new Set([
  "throttled",
  "kms-throttled",
  "transient",
  "broken",
  "expired-token",
  "conflict",
])

/** A part whose answer was lost is sent again: the same bytes under the same number. */
async function copyPart(
  context: RouteContext,
  work: Work,
  upload: OpenUpload,
  index: number,
): Promise<CallError | undefined> {
  const request = requestOf(context, work, upload, index)
  const outcome = await context.uploads.slots(() => context.destination.copyPart(request))
  if (outcome.kind === "error") return outcome.error
  upload.parts[index] = outcome.value
  return undefined
}

function requestOf(context: RouteContext, work: Work, upload: OpenUpload, index: number): CopyPartRequest {
  const object = pinned(context, work.object)
  const { fromByte, toByte } = upload.ranges[index] ?? { fromByte: 0, toByte: 0 }
  return {
    source: sourceRef(context.aim, object),
    sourceEtag: object.etag,
    destination: destinationRef(context.aim, object.key),
    uploadId: upload.uploadId,
    part: index + 1,
    fromByte,
    toByte,
  }
}
