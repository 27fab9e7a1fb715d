import { setMaxListeners } from "node:events"
import { forEachBounded } from "../../kernel/concurrency.ts"
import type { Millis } from "../../kernel/units.ts"
import type { DataPlane } from "../data-plane.ts"
import { pagesOf } from "../listing/list-page.ts"
import type { Aim, VersionMode } from "../objects.ts"
import type { RestorePart } from "../plan/restore-plan.ts"
import type { RestoreDeps } from "../ports.ts"
import { compareDestination, compareInPlace, compareSource, takenToday } from "./compare-key.ts"
import { frozenKeys, type FrozenPart } from "./frozen-keys.ts"
import { JoinedTally, type Joined } from "./joined.ts"
import { keysOf, listedKeys, SAME_KEYS, type SideListing } from "./listed-keys.ts"
import { mergeJoin } from "./merge-join.ts"
import { stretchesOf, type Stretch } from "./stretches.ts"

export interface ClosingPass {
  readonly aim: Aim
  readonly operation: RestorePart["operation"]
  readonly mode: VersionMode
  readonly source: DataPlane
  readonly destination: DataPlane
  /** All parts of the dataset: what the hot set and the rest have between them lies under the same prefix. */
  readonly parts: readonly FrozenPart[]
  /** Stretches of the key space at once, each with a listing of both sides. */
  readonly atOnce?: number
  /** How long one page may be asked for. */
  readonly deadlineMs?: Millis
  /** How far it is: objects of a page that one of the sides has brought. */
  readonly onListed?: (side: "source" | "destination", objects: number) => void
  /** Pages of a manifest below which a stretch is not divided. */
  readonly worthPages?: number
}

type PassDeps = Pick<RestoreDeps, "clock" | "random" | "signal">

const AT_ONCE = 8

/**
 * Lists both sides again when a run is over, and joins them with the frozen manifests: what is proven to be there, what is
 * not, and what the world has changed meanwhile. Only reads; may be repeated. Memory does not grow with the objects.
 *
 * @throws DrError E_LISTING, E_LISTING_STALLED (75), E_LISTING_INVALID, E_MANIFEST, E_JOIN_ORDER: then nothing is proven
 */
export async function closingPass(deps: PassDeps, pass: ClosingPass): Promise<Joined> {
  const stop = new AbortController()
  const running = { ...deps, signal: AbortSignal.any([deps.signal, stop.signal]) }
  // Each listing that waits listens to it.
  setMaxListeners(0, running.signal)
  const sum = new JoinedTally()
  const work = async (stretch: Stretch): Promise<void> => {
    try {
      sum.merge(await (pass.operation === "rekey" ? joinInPlace : joinBoth)(running, pass, stretch))
    } catch (error) {
      // The others would wait for their pages in vain.
      stop.abort(error)
      throw error
    }
  }
  const stretches = stretchesOf(
    pass.parts.map(({ manifest }) => manifest),
    pass.worthPages,
  )
  await forEachBounded(stretches, pass.atOnce ?? AT_ONCE, work, deps.signal)
  return sum.result()
}

async function joinBoth(deps: PassDeps, pass: ClosingPass, stretch: Stretch): Promise<JoinedTally> {
  const tally = new JoinedTally()
  const frozen = frozenKeys(pass.parts, stretch)
  const standing = listedKeys(deps, destinationListing(pass), stretch)
  const source = listedKeys(deps, sourceListing(pass), stretch)
  const copied = mergeJoin(frozen, standing, { left: "the manifests", right: "the listing of the destination" })
  const names = { left: "what was copied", right: "the listing of the source" }
  for await (const pairs of mergeJoin(copied, source, names))
    for (const { key, left, right } of pairs) {
      if (left !== undefined) compareDestination(tally, key, left.left, left.right)
      compareSource(tally, key, left?.left, takenToday(right, pass.mode, pass.operation))
    }
  return tally
}

async function joinInPlace(deps: PassDeps, pass: ClosingPass, stretch: Stretch): Promise<JoinedTally> {
  const tally = new JoinedTally()
  const frozen = frozenKeys(pass.parts, stretch)
  const source = listedKeys(deps, sourceListing(pass), stretch)
  const names = { left: "the manifests", right: "the listing of the source" }
  for await (const pairs of mergeJoin(frozen, source, names))
    for (const { key, left, right } of pairs)
      compareInPlace(tally, key, left, takenToday(right, pass.mode, pass.operation))
  return tally
}

/** As the plan listed it. */
function sourceListing({ aim, mode, source, ...pass }: ClosingPass): SideListing {
  const of = mode.kind === "current" ? "objects" : "versions"
  return { list: pagesOf(source, aim.source, of), of, keys: SAME_KEYS, ...options(pass, "source") }
}

/** What a reader gets there; all versions where all were restored. */
function destinationListing({ aim, mode, destination, ...pass }: ClosingPass): SideListing {
  const of = mode.kind === "all" ? "versions" : "objects"
  return { list: pagesOf(destination, aim.destination, of), of, keys: keysOf(aim), ...options(pass, "destination") }
}

function options(
  { deadlineMs, onListed }: Pick<ClosingPass, "deadlineMs" | "onListed">,
  side: "source" | "destination",
): Pick<SideListing, "deadlineMs" | "onListed"> {
  return {
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(onListed === undefined ? {} : { onListed: (objects) => onListed(side, objects) }),
  }
}
