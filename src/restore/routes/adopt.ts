import { display } from "../../kernel/display.ts"
import type { CallError, ObjectLock, VersionRef } from "../data-plane.ts"
import { destinationKey } from "../objects.ts"
import type { Attempt, Proof } from "../ports.ts"
import type { Wanted } from "../verify/compare-heads.ts"
import { headOf } from "../verify/head-of.ts"
import { adoptionDemand, compareWith, type Pair, type ReadBack } from "../verify/read-back.ts"
import {
  destinationRef,
  pinned,
  sourceRef,
  storageClassOf,
  type Expect,
  type ReadContext,
  type Work,
} from "./context.ts"
import { attemptFor } from "./judge.ts"

/** What stands at the destination, before anything is (again) sent there. */
export type Standing =
  /** Nothing. */
  | { readonly kind: "absent" }
  /** Just what the plan may replace. */
  | { readonly kind: "replaceable" }
  /** Something that answers the question for this object. */
  | { readonly kind: "settles"; readonly attempt: Attempt }

/**
 * Reads what stands at the destination and takes it as this object's own copy only when nothing tells them apart: key,
 * class, headers, metadata, number of tags, size, and the bytes by a checksum of one kind or by reading both sides.
 */
export async function lookAtDestination(
  context: ReadContext,
  work: Work,
  expect: Expect,
  lock?: ObjectLock,
): Promise<Standing> {
  const pair = pairOf(context, work, destinationRef(context.aim, work.object.key), lock)
  const head = await headOf(pair.to, pair.copy)
  if (head.kind === "error") {
    if (head.error.class === "not-found") return { kind: "absent" }
    if (head.error.class === "refused") return settles(closed(context, work))
    return settles(attemptFor(head.error, context.aim, work.object))
  }
  if (expect !== "absent" && head.value.etag === expect.etag) return { kind: "replaceable" }
  return settles(adoption(context, work, await compareWith(pair, head.value, adoptionDemand(context.verify))))
}

const settles = (attempt: Attempt): Standing => ({ kind: "settles", attempt })

/** Nothing of ours: what this run writes can be read with the planned key. */
const closed = (context: ReadContext, work: Work): Attempt => ({
  kind: "skipped",
  why: "DESTINATION_EXISTS",
  message: `${uriAt(context, work)} was there already, under a key that only its owner has`,
})

function adoption(context: ReadContext, work: Work, found: ReadBack): Attempt {
  const there = `${uriAt(context, work)} was there already`
  switch (found.kind) {
    case "same":
      return { kind: "done", proof: { ...proofOf(found.by, found.copy), adopted: true } }
    case "different":
      return { kind: "skipped", why: "DESTINATION_EXISTS", message: `${there}, and ${found.what.join(", ")}` }
    case "source-changed":
      return { kind: "unknown", message: `${there}, but its source has changed: nothing tells whether it is a copy` }
    case "missing":
      return { kind: "again", cause: "conflict", message: `${there} and is gone` }
    case "unreadable":
      return unreadable(context, work, found, there)
  }
}

/** A read that may go well later comes back; one that never will leaves the object unknown. */
export function unreadable(
  context: ReadContext,
  work: Work,
  found: { readonly side: "source" | "copy"; readonly error: CallError },
  said: string,
): Attempt {
  const attempt = attemptFor(found.error, context.aim, work.object)
  if (attempt.kind !== "failed") return attempt
  return { kind: "unknown", message: `${said}, but its ${found.side} cannot be read: ${attempt.message}` }
}

/** The two sides of one object and what the plan wants of the copy. */
export function pairOf(context: ReadContext, work: Work, copy: VersionRef, lock?: ObjectLock): Pair {
  const object = pinned(context, work.object)
  return {
    from: context.source,
    source: sourceRef(context.aim, object),
    sourceEtag: object.etag,
    to: context.destination,
    copy,
    wanted: wantedOf(context, work, lock),
  }
}

function wantedOf(context: ReadContext, work: Work, lock: ObjectLock | undefined): Wanted {
  const { aim } = context
  const storageClass = storageClassOf(aim, pinned(context, work.object))
  const { keyArn, bucketKey } = aim
  return { keyArn, bucketKey, storageClass, ...(lock === undefined ? {} : { lock }) }
}

type Provable = Pick<Proof, "etag" | "versionId" | "requestId"> & {
  readonly checksum?: { readonly algorithm: string; readonly value: string }
}

export function proofOf(by: Proof["by"], written: Provable): Proof {
  const { etag, versionId, checksum, requestId } = written
  return {
    by,
    etag,
    ...(requestId === undefined ? {} : { requestId }),
    ...(versionId === undefined ? {} : { versionId }),
    ...(checksum === undefined ? {} : { checksum: `${checksum.algorithm}:${checksum.value}` }),
  }
}

export const uriAt = (context: ReadContext, work: Work): string =>
  display(`s3://${context.aim.destination.bucket}/${destinationKey(context.aim, work.object.key)}`)
