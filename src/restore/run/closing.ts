import { openManifest, type Manifest } from "../manifest/read-manifest.ts"
import type { ListedObject } from "../objects.ts"
import { routeOf } from "../plan/classify.ts"
import type { RestorePart } from "../plan/restore-plan.ts"
import type { RestoreDeps, RunFiles } from "../ports.ts"
import type { DataPlane } from "../data-plane.ts"
import type { Pacers } from "../engine/pacers.ts"
import { closingPass } from "../reconcile/closing-pass.ts"
import type { FrozenPart } from "../reconcile/frozen-keys.ts"
import type { Joined } from "../reconcile/joined.ts"
import type { SampleResult } from "../verify/sample.ts"
import type { NotDone } from "./not-done.ts"
import { readBackSample } from "./read-back-sample.ts"

/** A part that is settled, and what proving it needs. Nothing is written. */
export interface PartToProve {
  readonly deps: RestoreDeps
  readonly part: RestorePart
  /** Parts of the same places: their objects are no surprise. */
  readonly siblings: readonly RestorePart[]
  readonly manifests: RunFiles
  readonly source: DataPlane
  readonly destination: DataPlane
  readonly pacers: Pacers
  readonly seed: string
}

/** What was found when everything was settled: both sides listed again, and a sample read. */
export interface Closing {
  readonly joined: Joined
  readonly sample: SampleResult
}

export async function closePart(proving: PartToProve, manifest: Manifest, notDone: NotDone): Promise<Closing> {
  const joined = await joinAgain(proving, manifest, notDone)
  const sample = await readBackSample(proving, manifest, notDone)
  return { joined, sample }
}

async function joinAgain(proving: PartToProve, manifest: Manifest, notDone: NotDone): Promise<Joined> {
  const { deps, part, siblings, manifests, source, destination } = proving
  const carried = (object: ListedObject): boolean => routeOf(object, part).kind !== "cannot"
  const parts: FrozenPart[] = [
    { name: part.name, manifest, isExpected: (page, index, object) => !notDone.has(page, index) && carried(object) },
  ]
  for (const sibling of siblings)
    parts.push({
      name: sibling.name,
      manifest: await openManifest(manifests, sibling.manifest),
      isExpected: () => false,
    })
  const { aim, operation, mode } = part
  const joined = await closingPass(deps, { aim, operation, mode, source, destination, parts })
  const { matched, missing, different, extra, appeared, vanished, changed } = joined
  deps.emit("restore.reconciled", {
    part: part.name,
    matched,
    missing,
    different,
    extra,
    appeared,
    vanished,
    changed,
  })
  return joined
}
