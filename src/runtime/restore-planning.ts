import { parseArn } from "../access/arn.ts"
import type { AllPorts } from "../aws/ports.ts"
import type { ResolvedEnvironment } from "../estate/topology.ts"
import type { AccountId, RoleArn } from "../kernel/brands.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import { SECOND, type Millis } from "../kernel/units.ts"
import { pagesOf } from "../restore/listing/list-page.ts"
import { listSharded } from "../restore/listing/sharded-lister.ts"
import { ASSUMED_LATENCY } from "../restore/plan/limits.ts"
import { makePlan, type MadePlan, type StaffedWay } from "../restore/plan/make-plan.ts"
import type { PlanDeps, PlanPorts } from "../restore/plan/plan-ports.ts"
import { resolveWays } from "../restore/plan/resolve-ways.ts"
import { SAMPLE_SIZE } from "../restore/plan/sample.ts"
import type { Way } from "../restore/plan/way.ts"
import { connect } from "./connect.ts"
import type { Deps } from "./deps.ts"
import { jitterOf } from "./jitter.ts"
import { modeOf, roleFlag, storageClassOf, validFor } from "./restore-flags.ts"
import { planPlace } from "./restore-plan-place.ts"
import { restoreSessions, type RestoreSessions } from "./restore-sessions.ts"

/** As the flags of a planning command give it. */
export interface PlanningFlags {
  readonly from: string
  readonly to?: string | undefined
  readonly key?: string | undefined
  readonly mode?: string | undefined
  readonly role?: string | undefined
  readonly verify: "answer" | "head" | "full"
  readonly inspect: "sample" | "all"
  readonly "fresh-data-keys": boolean
  readonly "storage-class": string
  readonly "bucket-key"?: boolean | undefined
  readonly archived: "refuse" | "try"
  readonly "multipart-above": number
  readonly listers: number
  readonly "max-inflight": number
  readonly partitions: number
  readonly seed?: string | undefined
  readonly "allow-empty": boolean
  readonly expires: string
  readonly out?: string | undefined
}

export interface PlannedRestore extends MadePlan {
  /** The plan's file; its manifests lie beside it. */
  readonly path: string
}

/**
 * Looks, lists and writes the plan with its manifests beside it; AWS is only read. What was begun is removed when it fails.
 * @throws DrError E_USAGE (64), E_WRITE (64, 75), E_NO_RESTORE_ROLE (77), E_MANIFEST_WRITE (75), and those of makePlan
 */
export async function planRestore(
  deps: Deps,
  environment: ResolvedEnvironment,
  flags: PlanningFlags,
  listOf?: (ways: readonly StaffedWay[]) => PlanDeps["list"],
): Promise<PlannedRestore> {
  const now = deps.clock.now()
  const ways = resolveWays(environment, {
    from: flags.from,
    to: flags.to,
    key: flags.key,
    mode: modeOf(flags.mode, now),
    freshDataKeys: flags["fresh-data-keys"],
  })
  const role = roleFlag(flags.role)
  const settings = {
    env: environment.name,
    simulated: environment.simulated,
    rtoDataMs: environment.objectives.rtoDataMs,
    validFor: validFor(flags.expires),
    verify: flags.verify,
    routing: { multipartAboveBytes: flags["multipart-above"], archived: flags.archived },
    engine: { maxInFlight: flags["max-inflight"], partitions: flags.partitions, latencyMs: ASSUMED_LATENCY },
    sample: {
      size: flags.inspect === "all" ? Number.POSITIVE_INFINITY : SAMPLE_SIZE,
      seed: flags.seed ?? deps.run,
    },
    allowEmpty: flags["allow-empty"],
    probeKey: `dr-probe-${deps.run}`,
    storageClass: storageClassOf(flags["storage-class"]),
    bucketKey: flags["bucket-key"],
  }
  mustBeOfEnvironment(role, environment)
  const place = await planPlace(deps, flags.out)
  const aws = await connect(deps, environment).catch(async (thrown: unknown) => {
    await place.discard()
    throw thrown
  })
  const sessions = restoreSessions(deps, aws, environment, { maxInFlight: flags["max-inflight"] })
  try {
    deps.events.emit("run.started", {
      kind: "RestorePlan",
      env: environment.name,
      simulated: environment.simulated,
      version: deps.version,
      trigger: "manual",
    })
    const staffed: StaffedWay[] = []
    for (const way of ways) staffed.push(await staff(way, role, aws, sessions))
    const made = await makePlan(
      { ...planDeps(deps, flags.listers), ...(listOf === undefined ? {} : { list: listOf(staffed) }) },
      staffed,
      settings,
      () => place.nextManifest(),
    )
    await place.write(made.plan)
    return { ...made, path: place.path }
  } catch (thrown) {
    await place.discard()
    throw thrown
  } finally {
    await sessions.close()
    aws.close()
  }
}

/** Who goes this way: as asked, else the restore role of the account that acts, else its sync role for copies, else we. */
async function staff(
  way: Way,
  asked: RoleArn | undefined,
  aws: AllPorts,
  sessions: RestoreSessions,
): Promise<StaffedWay> {
  const { restore, sync } = way.actor.roles
  const role = asked ?? restore ?? (way.operation === "copy" ? sync : undefined)
  const session = await sessions.as(role)
  if (role === undefined && session.account !== way.actor.id) throw nobody(way, session.account)
  const ports: PlanPorts = {
    account: session.account,
    principal: session.principal,
    keys: (region) => aws.kms(session, region),
    buckets: (region) => aws.buckets(session, region),
    plane: (region) => sessions.plane(role, region),
  }
  return { way, ports, role }
}

function mustBeOfEnvironment(role: RoleArn | undefined, { name, workload, recovery }: ResolvedEnvironment): void {
  if (role === undefined || [workload.id, recovery.id].some((id) => id === parseArn(role).account)) return
  throw new DrError({
    code: "E_USAGE",
    exit: EXIT.usage,
    message: `--role ${role} lies in no account of ${name}: expected ${workload.id} or ${recovery.id}`,
    hints: ["leave --role away: roles.restore of dr.yaml is used"],
  })
}

const nobody = (way: Way, account: AccountId): DrError =>
  new DrError({
    code: "E_NO_RESTORE_ROLE",
    exit: EXIT.noPermission,
    message: `nobody is named who restores ${way.name} in account ${way.actor.name} (${way.actor.id}), and you are in ${account}`,
    hints: [
      `set accounts.${way.actor.name}.roles.restore in dr.yaml (dr policy render has its policies), or pass --role ROLE_ARN`,
    ],
  })

const TELL_EVERY: Millis = SECOND / 4

function planDeps(deps: Deps, listers: number): PlanDeps {
  let toldAt = -Infinity
  let toldPhase = ""
  const random = jitterOf(deps)
  return {
    clock: deps.clock,
    random,
    signal: deps.signal,
    list: (plane, place, of) =>
      listSharded(
        { clock: deps.clock, random, signal: deps.signal },
        { list: pagesOf(plane, place, of), prefix: place.prefix, listers },
      ),
    progress: (phase, name, done, total) => {
      const now = deps.clock.mono()
      const title = `${phase} ${name}`
      if (title === toldPhase && now - toldAt < TELL_EVERY && done < total) return
      if (title === toldPhase && now - toldAt < TELL_EVERY && phase === "listing") return
      toldAt = now
      toldPhase = title
      deps.events.emit("progress", { phase: title, done, total, unit: "objects" })
    },
  }
}
