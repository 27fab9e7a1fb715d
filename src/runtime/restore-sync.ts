import type { ResolvedEnvironment } from "../estate/topology.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { display } from "../kernel/display.ts"
import type { Millis } from "../kernel/units.ts"
import type { Place } from "../restore/objects.ts"
import type { StaffedWay } from "../restore/plan/make-plan.ts"
import type { PlanDeps } from "../restore/plan/plan-ports.ts"
import type { End } from "../restore/plan/way.ts"
import { deltaOf, type Delta } from "../restore/sync/delta.ts"
import { exposureMs, type Freshness } from "../restore/sync/freshness.ts"
import type { Deps } from "./deps.ts"
import { jitterOf } from "./jitter.ts"
import { planRestore, type PlannedRestore, type PlanningFlags } from "./restore-planning.ts"

export interface PlannedSync extends PlannedRestore {
  /** Of each dataset, before anything was copied. */
  readonly behind: Readonly<Record<string, Behind>>
}

interface Behind extends Freshness {
  /** Age of the oldest object that had no fresh copy; 0 = none. */
  readonly exposureMs: Millis
}

/**
 * A plan whose manifests hold only what the recovery copies lack: objects that are absent there, and those that have changed
 * since. @throws DrError E_NO_DATASET (64), and those of planning and of joining two listings
 */
export async function planSync(
  deps: Deps,
  environment: ResolvedEnvironment,
  dataset: string,
  flags: PlanningFlags,
): Promise<PlannedSync> {
  mustBeDataset(environment, dataset)
  const deltas = new Map<string, Delta>()
  const asked = { ...flags, from: dataset, to: "recovery", "allow-empty": true }
  const planned = await planRestore(deps, environment, asked, (ways) => listDeltas(deps, ways, deltas))
  const now = deps.clock.now()
  const behindOf = (delta: Delta): Behind => {
    const freshness = delta.freshness()
    return { ...freshness, exposureMs: exposureMs(freshness, now) }
  }
  return { ...planned, behind: Object.fromEntries([...deltas].map(([name, delta]) => [name, behindOf(delta)])) }
}

function mustBeDataset({ name, datasets }: ResolvedEnvironment, dataset: string): void {
  if (dataset === "all" || datasets.some((one) => one.name === dataset)) return
  throw new DrError({
    code: "E_NO_DATASET",
    exit: EXIT.usage,
    message: `${name} has no dataset ${JSON.stringify(display(dataset))}; it has ${datasets.map((one) => one.name).join(", ")}`,
    hints: [`dr restore sync ${datasets[0]?.name ?? "DATASET"} -e ${name}`],
  })
}

/** Instead of all of a source: the join of its listing with that of its copy. */
function listDeltas(deps: Deps, ways: readonly StaffedWay[], deltas: Map<string, Delta>): PlanDeps["list"] {
  return (plane, place) => {
    const staffed = ways.find(({ way }) => isAt(way.source, place))
    if (staffed === undefined) throw new RangeError(`no way leads from s3://${place.bucket}/${place.prefix}`)
    const { way, ports } = staffed
    const destination = placeOf(way.destination)
    let delta: Delta | undefined
    return {
      async next() {
        delta ??= deltaOf(
          { clock: deps.clock, random: jitterOf(deps), signal: deps.signal },
          { aim: { source: place, destination }, source: plane, copy: await ports.plane(destination.region) },
        )
        deltas.set(way.name, delta)
        return delta.next()
      },
    }
  }
}

const isAt = (end: End, { bucket, prefix }: Place): boolean => end.bucket === bucket && end.prefix === prefix

const placeOf = ({ bucket, prefix, account, region }: End): Place => ({ bucket, prefix, owner: account.id, region })
