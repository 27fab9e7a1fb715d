import { display } from "../../kernel/display.ts"
import type { ObjectHead, VersionRef } from "../data-plane.ts"
import type { ListedObject, Refusal } from "../objects.ts"
import type { Attempt } from "../ports.ts"
import { pinned, sourceRef, type ReadContext, type Work } from "./context.ts"
import { again, attemptFor } from "./judge.ts"
import { headOf } from "../verify/head-of.ts"

/**
 * The source is not what was planned. It is planned anew from its current version, once; the second time, and where the plan
 * names a version that nothing can stand for, it is left out by name.
 */
export async function replan(context: ReadContext, work: Work): Promise<Attempt> {
  const before = pinned(context, work.object)
  const named = before.versionId !== undefined && before.versionId !== "null"
  const current = await headOf(context.source, named ? sourceRef(context.aim, before) : currentRef(context, work))
  if (current.kind === "error") {
    const attempt = attemptFor(current.error, context.aim, work.object)
    return attempt.kind === "failed" && current.error.class === "not-found"
      ? skipped(context, work, "SOURCE_GONE")
      : attempt
  }
  if (current.value.etag === before.etag)
    return again("conflict", `${uriOf(context, work)} is as it was planned after all`)
  if (named || context.replanned.has(work.object)) return skipped(context, work, "SOURCE_CHANGED")
  const anew = objectFrom(before, current.value)
  if (anew.sizeBytes > context.copyLimitBytes !== before.sizeBytes > context.copyLimitBytes)
    return skipped(context, work, "SOURCE_CHANGED")
  context.replanned.set(work.object, anew)
  return again("conflict", `${uriOf(context, work)} changed after the plan: it is copied as it is now (${anew.etag})`)
}

const currentRef = (context: ReadContext, work: Work): VersionRef => {
  const { versionId: _pinned, ...ref } = sourceRef(context.aim, work.object)
  return ref
}

function objectFrom(before: ListedObject, head: ObjectHead): ListedObject {
  return {
    key: before.key,
    sizeBytes: head.sizeBytes,
    modifiedAt: head.modifiedAt,
    etag: head.etag,
    storageClass: head.storageClass,
    ...(head.versionId === undefined ? {} : { versionId: head.versionId }),
    ...(before.replaces === undefined ? {} : { replaces: before.replaces }),
  }
}

const REASONS: Partial<Readonly<Record<Refusal, string>>> = {
  SOURCE_GONE: "was deleted after the plan",
  SOURCE_CHANGED: "changed after the plan and again since",
  NEEDS_THAW: "is archived: it can be copied after a restore of some hours",
  NEEDS_CUSTOMER_KEY: "is encrypted with a key that only its owner has (SSE-C)",
}

export function skipped(context: ReadContext, work: Work, why: Refusal, reason = REASONS[why] ?? why): Attempt {
  return { kind: "skipped", why, message: `${uriOf(context, work)} ${reason}` }
}

const uriOf = (context: ReadContext, work: Work): string =>
  display(`s3://${context.aim.source.bucket}/${work.object.key}`)
