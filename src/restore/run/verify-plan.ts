import { Pacers } from "../engine/pacers.ts"
import { openManifest } from "../manifest/read-manifest.ts"
import type { RestorePlan } from "../plan/restore-plan.ts"
import type { RestoreDeps } from "../ports.ts"
import { closePart, type Closing } from "./closing.ts"
import { NotDone } from "./not-done.ts"
import { isProvenBy, isWrongBy } from "./part-result.ts"
import { tellPart } from "./run-part.ts"
import { siblingsOf, type RunPorts } from "./run-plan.ts"

interface VerifiedPart {
  readonly part: string
  readonly objects: number
  readonly closing: Closing
}

export interface VerifyResult {
  readonly verdict: "restored" | "incomplete" | "not-proven"
  readonly parts: readonly VerifiedPart[]
}

const IN_FLIGHT = 256

/**
 * Proves a restore once more, at any time: lists both sides, joins them with the manifests and reads a new sample. What the
 * plan refused by name is not expected; anything else that is not there is missing, whatever the run said of it.
 */
export async function verifyPlan(
  deps: RestoreDeps,
  plan: RestorePlan,
  ports: Pick<RunPorts, "manifests" | "plane">,
  seed: string,
): Promise<VerifyResult> {
  const pacers = new Pacers(deps.clock.mono(), { maxInFlight: IN_FLIGHT })
  const parts: VerifiedPart[] = []
  for (const part of plan.parts) {
    deps.signal.throwIfAborted()
    tellPart(deps, part)
    const manifest = await openManifest(ports.manifests, part.manifest)
    const proving = {
      deps,
      part,
      siblings: siblingsOf(plan, part),
      manifests: ports.manifests,
      source: await ports.plane(part, part.aim.source.region),
      destination: await ports.plane(part, part.aim.destination.region),
      pacers,
      seed,
    }
    const closing = await closePart(proving, manifest, new NotDone())
    parts.push({ part: part.name, objects: manifest.objects, closing })
  }
  const wrong = parts.some(({ closing }) => isWrongBy(closing))
  const proven = parts.every(({ closing, objects }) => isProvenBy(closing, objects))
  return { verdict: wrong ? "incomplete" : proven ? "restored" : "not-proven", parts }
}
