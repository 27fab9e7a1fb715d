import type { ListedObject } from "../objects.ts"
import type { Attempt, Proof, Settled } from "../ports.ts"
import { adoptionDemand, readBack } from "../verify/read-back.ts"
import { pairOf, proofOf, unreadable, uriAt } from "./adopt.ts"
import { destinationRef, type Expect, type RouteContext, type Work } from "./context.ts"
import { putMarker } from "./marker.ts"
import { standingVersions, type StandingVersions } from "./standing-versions.ts"

/** Copies one version, above the limit or below it. */
export type MakeVersion = (work: Work, expect: Expect) => Promise<Attempt>

/** How far a chain has come: what stands on top at the destination, and how many versions are there. */
interface Progress {
  readonly made: number
  readonly expect: Expect
  readonly last: Proof | undefined
}

type Stage = { readonly kind: "at"; readonly at: Progress } | { readonly kind: "settles"; readonly attempt: Attempt }

/**
 * All versions of one key, oldest first, delete markers in their place: one unit, because each step is conditional on what
 * the step before wrote. Every attempt begins by reading the versions that stand at the destination and goes on behind them,
 * so it can be resumed after any step, by any process. The work's object is the newest of the chain.
 */
export async function attemptChain(
  context: RouteContext,
  work: Work,
  chain: readonly ListedObject[],
  make: MakeVersion,
): Promise<Attempt> {
  const standing = await standingVersions(context, work)
  if (standing.kind === "settles") return standing.attempt
  const found = await checkStanding(context, work, chain, standing)
  if (found.kind === "settles") return found.attempt
  return goOn(context, chain, found.at, make)
}

/** What stands there must be the beginning of this chain: anything else is of somebody else. */
async function checkStanding(
  context: RouteContext,
  work: Work,
  chain: readonly ListedObject[],
  { versions }: Extract<StandingVersions, { kind: "versions" }>,
): Promise<Stage> {
  let at: Progress = { made: 0, expect: "absent", last: undefined }
  for (const there of versions) {
    const planned = chain[at.made]
    if (planned === undefined || (planned.deleteMarker === true) !== (there.deleteMarker === true))
      return settles(foreign(context, work, `version ${there.versionId ?? "null"} is not of this restore`))
    const proof = there.deleteMarker === true ? markerProof(there) : await proofOfStep(context, planned, there)
    if ("kind" in proof) return settles(proof)
    at = { made: at.made + 1, expect: expectAfter(proof, planned), last: { ...proof, adopted: true } }
  }
  return { kind: "at", at }
}

const settles = (attempt: Attempt): Stage => ({ kind: "settles", attempt })

const markerProof = (marker: ListedObject): Proof => proofOf("answer", { etag: "", ...versionOf(marker) })

const versionOf = ({ versionId }: ListedObject) => (versionId === undefined ? {} : { versionId })

/** A marker on top counts as nothing there [S3 User Guide, conditional-writes]. */
const expectAfter = (proof: Proof, planned: ListedObject): Expect =>
  planned.deleteMarker === true ? "absent" : { etag: proof.etag }

async function proofOfStep(
  context: RouteContext,
  planned: ListedObject,
  there: ListedObject,
): Promise<Proof | Attempt> {
  if (there.versionId !== undefined && context.stepsMade.get(planned) === there.versionId)
    return proofOf("answer", { etag: there.etag, versionId: there.versionId })
  const step: Work = { object: planned, doubtful: true }
  const copy = { ...destinationRef(context.aim, planned.key), ...versionOf(there) }
  const found = await readBack(pairOf(context, step, copy), adoptionDemand(context.verify))
  switch (found.kind) {
    case "same":
      return proofOf(found.by, found.copy)
    case "different":
      return foreign(context, step, found.what.join(", "))
    case "source-changed":
      return { kind: "unknown", message: `${uriAt(context, step)}: the source of a version has changed` }
    case "missing":
      return {
        kind: "again",
        cause: "conflict",
        message: `${uriAt(context, step)}: a version went away while it was read`,
      }
    case "unreadable":
      return unreadable(context, step, found, `${uriAt(context, step)} has a version`)
  }
}

const foreign = (context: RouteContext, work: Work, what: string): Settled => ({
  kind: "skipped",
  why: "DESTINATION_EXISTS",
  message: `${uriAt(context, work)} has versions already: ${what}`,
})

async function goOn(
  context: RouteContext,
  chain: readonly ListedObject[],
  from: Progress,
  make: MakeVersion,
): Promise<Attempt> {
  let { made, expect, last } = from
  for (const object of chain.slice(made)) {
    const step: Work = { object, doubtful: false }
    const attempt = object.deleteMarker === true ? await putMarker(context, step, expect) : await make(step, expect)
    if (attempt.kind !== "done") return stoppedAt(attempt, made, chain.length)
    if (keepsNoVersions(attempt.proof, chain)) return noVersions(context, step)
    if (attempt.proof.versionId !== undefined) context.stepsMade.set(object, attempt.proof.versionId)
    last = attempt.proof
    expect = expectAfter(last, object)
    made++
  }
  return last === undefined ? { kind: "unknown", message: "a chain without versions" } : { kind: "done", proof: last }
}

/** Where a chain ends for good, a reader of the destination gets an older version than the source's newest. */
function stoppedAt(attempt: Exclude<Attempt, { kind: "done" }>, made: number, length: number): Attempt {
  if (attempt.kind === "again" || attempt.kind === "fatal") return attempt
  return {
    ...attempt,
    message: `${attempt.message}; ${made} of ${length} versions of this key are there, oldest first`,
  }
}

const keepsNoVersions = ({ versionId }: Proof, chain: readonly ListedObject[]): boolean =>
  chain.length > 1 && (versionId === undefined || versionId === "null")

const noVersions = (context: RouteContext, step: Work): Attempt => ({
  kind: "fatal",
  why: "not-supported",
  message: `${uriAt(context, step)}: the bucket keeps no versions, and the plan restores all of them`,
})
