import type { ListedObject } from "../objects.ts"
import type { Attempt, Proof, Settled } from "../ports.ts"
import { adoptionDemand, readBack } from "../verify/read-back.ts"
import { pairOf, proofOf, unreadable, uriAt } from "./adopt.ts"
import { destinationRef, type Expect, type RouteContext, type Work } from "./context.ts"
import { putMarker } from "./marker.ts"
import { standingVersions } from "./standing-versions.ts"

/** Copies one version, above the limit or below it. */
export type MakeVersion = (work: Work, expect: Expect) => Promise<Attempt>

/** What of a chain stands at the destination, oldest first. */
type Steps = readonly Proof[]

type Standing =
  | { readonly kind: "steps"; readonly steps: Steps }
  | { readonly kind: "settles"; readonly attempt: Attempt }

/**
 * All versions of one key, oldest first, delete markers in their place, up to the one that the work is about: each step is
 * conditional on what the step before wrote. An attempt that does not know that from this very process reads the versions
 * that stand at the destination and goes on behind them, so a chain can be resumed after any step, by any process. Rejects
 * when the object is none of the chain: doing nothing of it would count as done.
 */
export async function attemptChain(
  context: RouteContext,
  work: Work,
  chain: readonly ListedObject[],
  make: MakeVersion,
): Promise<Attempt> {
  const position = chain.indexOf(work.object)
  if (position < 0) throw new RangeError(`an object is not part of its own chain: ${uriAt(context, work)}`)
  const known = work.doubtful ? undefined : knownSteps(context, chain.slice(0, position))
  const standing: Standing =
    known === undefined ? await readSteps(context, work, chain) : { kind: "steps", steps: known }
  if (standing.kind === "settles") return standing.attempt
  work.doubtful = false
  const own = standing.steps[position]
  if (own !== undefined) return { kind: "done", proof: { ...own, adopted: true } }
  return goOn(context, work, chain.slice(0, position + 1), standing.steps, make)
}

/** The steps before this one, where this process has made or seen all of them. */
function knownSteps(context: RouteContext, before: readonly ListedObject[]): Steps | undefined {
  const steps = before.flatMap((object) => context.stepsMade.get(object) ?? [])
  return before.length > 0 && steps.length === before.length ? steps : undefined
}

/** What stands there must be the beginning of this chain: anything else is of somebody else. */
async function readSteps(context: RouteContext, work: Work, chain: readonly ListedObject[]): Promise<Standing> {
  const standing = await standingVersions(context, work)
  if (standing.kind === "settles") return standing
  const steps: Proof[] = []
  for (const there of standing.versions) {
    const planned = chain[steps.length]
    if (planned === undefined || isMarker(planned) !== isMarker(there))
      return settles(foreign(context, work, `version ${there.versionId ?? "null"} is not of this restore`))
    const proof = isMarker(there) ? markerProof(there) : await proofOfStep(context, planned, there)
    if ("kind" in proof) return settles(proof)
    context.stepsMade.set(planned, proof)
    steps.push(proof)
  }
  return { kind: "steps", steps }
}

const settles = (attempt: Attempt): Standing => ({ kind: "settles", attempt })

const isMarker = (object: ListedObject): boolean => object.deleteMarker === true

const markerProof = (marker: ListedObject): Proof => proofOf("answer", { etag: "", ...versionOf(marker) })

const versionOf = ({ versionId }: ListedObject) => (versionId === undefined ? {} : { versionId })

async function proofOfStep(
  context: RouteContext,
  planned: ListedObject,
  there: ListedObject,
): Promise<Proof | Attempt> {
  const made = context.stepsMade.get(planned)
  if (made?.versionId !== undefined && made.versionId === there.versionId) return made
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
      return { kind: "again", cause: "conflict", message: `${uriAt(context, step)}: a version went away in between` }
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
  work: Work,
  chain: readonly ListedObject[],
  steps: Steps,
  make: MakeVersion,
): Promise<Attempt> {
  const made = [...steps]
  for (const object of chain.slice(steps.length)) {
    const step: Work = { object, doubtful: false }
    const expect = expectOn(made.at(-1))
    const attempt = isMarker(object) ? await putMarker(context, step, expect) : await make(step, expect)
    work.doubtful = step.doubtful
    if (attempt.kind !== "done") return stoppedAt(attempt, made.length, chain.length)
    if (keepsNoVersions(attempt.proof)) return noVersions(context, step)
    context.stepsMade.set(object, attempt.proof)
    made.push(attempt.proof)
  }
  return { kind: "done", proof: made[chain.length - 1] as Proof }
}

/** A marker on top (it has no ETag) counts as nothing there [S3 User Guide, conditional-writes]. */
const expectOn = (top: Proof | undefined): Expect =>
  top === undefined || top.etag === "" ? "absent" : { etag: top.etag }

/** Where a chain ends for good, a reader of the destination gets an older version than the source's newest. */
function stoppedAt(attempt: Exclude<Attempt, { kind: "done" }>, made: number, length: number): Attempt {
  if (attempt.kind === "again" || attempt.kind === "fatal") return attempt
  return {
    ...attempt,
    message: `${attempt.message}; ${made} of ${length} versions of this key are there, oldest first`,
  }
}

const keepsNoVersions = ({ versionId }: Proof): boolean => versionId === undefined || versionId === "null"

const noVersions = (context: RouteContext, step: Work): Attempt => ({
  kind: "fatal",
  why: "not-supported",
  message: `${uriAt(context, step)}: the bucket keeps no versions, and the plan restores all of them`,
})
