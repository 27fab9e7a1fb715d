import type { ListedObject } from "../objects.ts"
import { routeOf, type Way } from "../plan/classify.ts"
import type { Attempt } from "../ports.ts"
import { pairOf, proofOf, unreadable, uriAt } from "../routes/adopt.ts"
import { destinationRef, type ReadContext, type Work } from "../routes/context.ts"
import { lockOf } from "../routes/lock.ts"
import { readBackKey } from "../routes/rekey.ts"
import { skipped } from "../routes/replan.ts"
import { standingVersions } from "../routes/standing-versions.ts"
import { readBack, type Pair, type ReadBack } from "./read-back.ts"
import { tagDifferences } from "./tags.ts"

export interface VerifierOptions
  extends Pick<ReadContext, "source" | "destination" | "clock">, Pick<Way, "aim" | "operation" | "routing"> {
  /** `head`: two HEADs, checksums where they can be compared. `full`: every byte and every tag of both sides. */
  readonly verify: "head" | "full"
  /** As for the routes: all that the plan restores of this object's key, oldest first. Given in mode `all` only. */
  readonly chainOf?: (object: ListedObject) => readonly ListedObject[]
}

/**
 * Reads back what a restore has left, and writes nothing: for the sample at the end of a run, and for `dr restore verify`.
 * An attempt has the same endings as one that restores, so the scheduler paces, repeats and counts it alike.
 */
export function createVerifier(options: VerifierOptions): { readonly attempt: (work: Work) => Promise<Attempt> } {
  const { aim, operation, routing, chainOf, ...rest } = options
  const way: Way = { aim, operation, routing }
  const context: ReadContext = {
    ...rest,
    aim,
    copyLimitBytes: routing.multipartAboveBytes,
    replanned: new WeakMap(),
    stepsMade: new WeakMap(),
  }
  return {
    attempt: async (work) => {
      const route = routeOf(work.object, way)
      if (route.kind === "cannot") return skipped(context, work, route.why, `was not carried over: ${route.why}`)
      if (route.kind === "rekey") return readBackKey(context, work)
      return chainOf === undefined ? verifyCopy(context, work) : verifyStep(context, work, chainOf(work.object))
    },
  }
}

/** The version at the same place of the key's history. */
async function verifyStep(context: ReadContext, work: Work, chain: readonly ListedObject[]): Promise<Attempt> {
  const standing = await standingVersions(context, work)
  if (standing.kind === "settles") return standing.attempt
  const there = standing.versions[chain.indexOf(work.object)]
  if (there === undefined || standing.versions.length !== chain.length)
    return failed("MISSING", `${uriAt(context, work)} has ${standing.versions.length} of ${chain.length} versions`)
  const isMarker = work.object.deleteMarker === true
  if ((there.deleteMarker === true) !== isMarker)
    return failed(
      "MISMATCH",
      `${uriAt(context, work)}: a ${isMarker ? "delete marker" : "version"} is not in its place`,
    )
  if (isMarker) return { kind: "done", proof: proofOf("head", there) }
  return verifyCopy(context, work, there.versionId)
}

async function verifyCopy(context: ReadContext, work: Work, versionId?: string): Promise<Attempt> {
  const lock = context.aim.lock === undefined ? undefined : await lockOf(context, work)
  if (lock?.kind === "settles") return lock.attempt
  const ref = destinationRef(context.aim, work.object.key)
  const pair = pairOf(context, work, versionId === undefined ? ref : { ...ref, versionId }, lock?.lock)
  const found = await readBack(pair, context.verify === "full" ? "bytes" : "checksums")
  return verdict(context, work, context.verify === "full" ? await withTags(pair, found) : found)
}

/** Two HEADs count the tags; only a read of both tells whether they are the same. */
async function withTags(pair: Pair, found: ReadBack): Promise<ReadBack> {
  return found.kind === "same" && found.source.tagCount > 0 ? tagDifferences(pair, found) : found
}

function verdict(context: ReadContext, work: Work, found: ReadBack): Attempt {
  const uri = uriAt(context, work)
  switch (found.kind) {
    case "same":
      return { kind: "done", proof: proofOf(found.by, found.copy) }
    case "different":
      return failed("MISMATCH", `${uri}: ${found.what.join(", ")}`)
    case "missing":
      return failed("MISSING", `${uri}: nothing is there`)
    case "source-changed":
      return { kind: "unknown", message: `${uri} differs from its source, which has changed since the plan` }
    case "unreadable":
      return unreadable(context, work, found, `${uri} is there`)
  }
}

const failed = (why: "MISMATCH" | "MISSING", message: string): Attempt => ({ kind: "failed", why, message })
