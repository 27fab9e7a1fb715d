import type { RegionName } from "../../kernel/brands.ts"
import type { Millis } from "../../kernel/units.ts"
import type { DataPlane } from "../data-plane.ts"
import { Pacers } from "../engine/pacers.ts"
import type { RestorePart, RestorePlan } from "../plan/restore-plan.ts"
import type { RestoreDeps, RunFiles } from "../ports.ts"
import { verdictOf, type PartResult, type RestoreVerdict } from "./part-result.ts"
import { runPart, type PartRun } from "./run-part.ts"

export interface RunSettings {
  readonly run: string
  readonly maxInFlight: number
  /** Of the whole run, on the monotonic clock. */
  readonly deadlineMs: Millis
  readonly seed: string
  readonly epoch: number
  readonly salvage?: boolean
  /** Copies per second at most; undefined = as fast as the limits let. */
  readonly capPerSecond?: number
}

export interface RunPorts {
  readonly manifests: RunFiles
  journalOf(part: number): Promise<RunFiles>
  /** As whoever does this part; the same one for a Region each time. */
  plane(part: RestorePart, region: RegionName): Promise<DataPlane>
  readonly onProgress: (part: number, ...told: Parameters<PartRun["onProgress"]>) => void
}

export interface RestoreResult {
  readonly verdict: RestoreVerdict
  readonly parts: readonly PartResult[]
}

/** Works the parts of a plan off in their order; the next begins only when one is done and proven. Safe to run again. */
export async function runPlan(
  deps: RestoreDeps,
  plan: RestorePlan,
  ports: RunPorts,
  settings: RunSettings,
): Promise<RestoreResult> {
  const started = deps.clock.mono()
  const { maxInFlight, capPerSecond } = settings
  const pacers = new Pacers(started, { maxInFlight, ...(capPerSecond === undefined ? {} : { capPerSecond }) })
  const parts: PartResult[] = []
  for (const [index, part] of plan.parts.entries()) {
    const result = await runPart({
      deps,
      run: settings.run,
      part,
      siblings: siblingsOf(plan, part),
      planHash: plan.hash,
      verify: plan.verify,
      manifests: ports.manifests,
      files: await ports.journalOf(index),
      epoch: settings.epoch,
      source: await ports.plane(part, part.aim.source.region),
      destination: await ports.plane(part, part.aim.destination.region),
      pacers,
      maxInFlight,
      deadlineMs: Math.max(0, settings.deadlineMs - (deps.clock.mono() - started)),
      seed: settings.seed,
      salvage: settings.salvage === true,
      onProgress: (durable, total) => ports.onProgress(index, durable, total),
    })
    parts.push(result)
    if (result.ended.kind !== "finished") break
  }
  return { verdict: verdictOf(parts, plan.parts.length), parts }
}

/** Parts whose objects lie among those of this one. */
export const siblingsOf = (plan: Pick<RestorePlan, "parts">, part: RestorePart): readonly RestorePart[] =>
  plan.parts.filter((other) => other !== part && sharesPlaces(other, part))

/** The hot set and the rest of a dataset lie below the same prefixes: each is no surprise to the other. */
function sharesPlaces(a: RestorePart, b: RestorePart): boolean {
  return a.aim.destination.bucket === b.aim.destination.bucket && a.aim.destination.prefix === b.aim.destination.prefix
}
