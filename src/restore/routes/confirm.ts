import type { ObjectLock, Written } from "../data-plane.ts"
import type { VerifyLevel } from "../plan/restore-plan.ts"
import type { Attempt } from "../ports.ts"
import { readBack, type Demand, type ReadBack } from "../verify/read-back.ts"
import { pairOf, proofOf, unreadable, uriAt } from "./adopt.ts"
import { destinationRef, type RouteContext, type Work } from "./context.ts"

const DEMANDS: Readonly<Record<Exclude<VerifyLevel, "answer">, Demand>> = { head: "checksums", full: "bytes" }

/** Proves a write whose answer was complete to the level of the plan. What it cannot prove is never `done`. */
export async function confirm(
  context: RouteContext,
  work: Work,
  written: Written,
  lock?: ObjectLock,
): Promise<Attempt> {
  if (context.verify === "answer") return { kind: "done", proof: proofOf("answer", written) }
  const ref = destinationRef(context.aim, work.object.key)
  const copy = written.versionId === undefined ? ref : { ...ref, versionId: written.versionId }
  const found = await readBack(pairOf(context, work, copy, lock), DEMANDS[context.verify])
  return confirmation(context, work, written, found)
}

function confirmation(context: RouteContext, work: Work, written: Written, found: ReadBack): Attempt {
  const made = `${uriAt(context, work)} was written`
  switch (found.kind) {
    case "same":
      if (found.copy.etag === written.etag) return { kind: "done", proof: proofOf(found.by, found.copy) }
      return { kind: "failed", why: "MISMATCH", message: `${made}, but another object stands there now` }
    case "different":
      return { kind: "failed", why: "MISMATCH", message: `${made}, but ${found.what.join(", ")}` }
    case "missing":
      return { kind: "failed", why: "MISSING", message: `${made}, but nothing is there` }
    case "source-changed":
      return { kind: "unknown", message: `${made}, but its source has changed and cannot be compared` }
    case "unreadable":
      work.doubtful = true
      return unreadable(context, work, found, made)
  }
}
