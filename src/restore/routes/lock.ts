import type { ObjectLock } from "../data-plane.ts"
import type { Attempt } from "../ports.ts"
import { pinned, sourceRef, type ReadContext, type Work } from "./context.ts"
import { attemptFor } from "./judge.ts"
import { replan, skipped } from "./replan.ts"
import { headOf } from "../verify/head-of.ts"

export type KnownLock =
  | { readonly kind: "known"; readonly lock?: ObjectLock }
  | { readonly kind: "settles"; readonly attempt: Attempt }

/** The lock that the source still has: CopyObject carries none over, and only a HEAD tells it. */
export async function lockOf(context: ReadContext, work: Work): Promise<KnownLock> {
  const head = await headOf(context.source, sourceRef(context.aim, pinned(context, work.object)))
  if (head.kind === "ok") {
    const lock = holding(head.value.lock, context.clock.now())
    return lock === undefined ? { kind: "known" } : { kind: "known", lock }
  }
  if (head.error.class === "refused") return { kind: "settles", attempt: skipped(context, work, "NEEDS_CUSTOMER_KEY") }
  if (head.error.class === "not-found") return { kind: "settles", attempt: await replan(context, work) }
  return { kind: "settles", attempt: attemptFor(head.error, context.aim, work.object) }
}

/** A retention that has run out holds nothing, and S3 refuses a date in the past. */
export function holding(lock: ObjectLock | undefined, now: number): ObjectLock | undefined {
  if (lock === undefined) return undefined
  const retains = lock.mode !== undefined && lock.until !== undefined && Date.parse(lock.until) > now
  const retention = retains ? { mode: lock.mode, until: lock.until } : {}
  const held = lock.legalHold === true ? { ...retention, legalHold: true } : retention
  return Object.keys(held).length === 0 ? undefined : held
}
