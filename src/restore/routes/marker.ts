import type { Attempt } from "../ports.ts"
import { proofOf } from "./adopt.ts"
import { destinationRef, type Expect, type RouteContext, type Work } from "./context.ts"
import { attemptFor } from "./judge.ts"

/**
 * A delete marker on top of what the step before wrote. A second marker for one whose answer was lost is ruled out by the
 * chain, which reads the standing versions before every attempt.
 */
export async function putMarker(context: RouteContext, work: Work, expect: Expect): Promise<Attempt> {
  const ref = destinationRef(context.aim, work.object.key)
  const outcome = await context.destination.putMarker(ref, expect === "absent" ? undefined : expect.etag)
  if (outcome.kind === "ok") return { kind: "done", proof: proofOf("answer", { etag: "", ...outcome.value }) }
  // Whatever else it was, only the standing versions tell what to do next.
  work.doubtful = true
  if (outcome.error.class === "precondition" || outcome.error.class === "not-found")
    return { kind: "again", cause: "conflict", message: "another version stands on top now" }
  return attemptFor(outcome.error, context.aim, work.object)
}
