import type { RoleArn } from "../../kernel/brands.ts"
import { isoStamp } from "../../kernel/clock.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import type { Millis } from "../../kernel/units.ts"
import type { Aim } from "../objects.ts"
import { aimOf, type Wishes } from "./aim-of.ts"
import type { Way as Classified } from "./classify.ts"
import { estimateOf, type PartWork } from "./estimate.ts"
import { fidelityOf } from "./fidelity.ts"
import { inspectionOf, refuseManagedKeys, type Inspected } from "./inspect.ts"
import { inspectSample } from "./inspect-sample.ts"
import { judgeWay } from "./judge-way.ts"
import { paceOf, type Engine } from "./limits.ts"
import { listWay, needsVersions, type ListedPart } from "./list-way.ts"
import type { ManifestSink, PlanDeps, PlanPorts } from "./plan-ports.ts"
import { sealed } from "./plan-file.ts"
import { lookAt, type Looked, type Problem } from "./preflight.ts"
import { uriOf } from "./resolve-ways.ts"
import type { RestorePart, RestorePlan, Routing, VerifyLevel } from "./restore-plan.ts"
import type { Way } from "./way.ts"
import { refusedOf, workOf } from "./work-of.ts"

/** A way and who would go it. */
export interface StaffedWay {
  readonly way: Way
  readonly ports: PlanPorts
  /** Undefined = the process's own identity. */
  readonly role?: RoleArn | undefined
}

export interface PlanSettings extends Wishes {
  readonly env: string
  readonly simulated: boolean
  readonly rtoDataMs: Millis
  readonly validFor: Millis
  readonly verify: VerifyLevel
  readonly routing: Routing
  readonly engine: Engine
  readonly sample: { readonly size: number; readonly seed: string }
  /** Objects may be none: else that is taken for a mistake. */
  readonly allowEmpty: boolean
  /** A name that no object has. */
  readonly probeKey: string
}

export interface MadePlan {
  readonly plan: RestorePlan
  readonly warnings: readonly string[]
}

interface PlannedPart {
  readonly part: RestorePart
  readonly work: PartWork
  readonly inspected: Inspected
}

/**
 * Looks, lists, inspects, and says what a restore will do. Nothing in AWS is changed.
 * @throws DrError E_RESTORE_BLOCKED (3, 77, 78) with everything that is in the way, E_NOTHING_TO_RESTORE (1), and those of
 * listing and inspection
 */
export async function makePlan(
  deps: PlanDeps,
  ways: readonly StaffedWay[],
  settings: PlanSettings,
  sinkFor: (part: string) => ManifestSink,
): Promise<MadePlan> {
  const createdAt = deps.clock.now()
  const { ready, warnings } = await preflight(ways, settings)
  const planned: PlannedPart[] = []
  for (const each of ready) planned.push(...(await planWay(deps, each, settings, sinkFor, warnings)))
  const parts = planned.map(({ part }) => part)
  const plan = sealed({
    version: 1,
    kind: "RestorePlan",
    env: settings.env,
    createdAt: isoStamp(createdAt),
    expiresAt: isoStamp(createdAt + settings.validFor),
    simulated: settings.simulated,
    parts,
    verify: settings.verify,
    estimate: estimateOf(
      planned.map(({ work }) => work),
      settings.engine,
      settings.rtoDataMs,
    ),
    fidelity: fidelityOf({
      operations: new Set(parts.map(({ operation }) => operation)),
      modes: new Set(parts.map(({ mode }) => mode.kind)),
      multipart: parts.some(({ counts }) => counts.multipart > 0),
      storageClass: settings.storageClass,
      keepsLocks: parts.every(({ aim }) => aim.lock !== undefined),
      shares: greatest(planned.map(({ inspected }) => inspected.shares)),
    }),
  })
  return { plan, warnings }
}

interface ReadyWay extends StaffedWay {
  readonly looked: Looked
  readonly aim: Aim
}

/** Everything that is in the way is told at once, before anything is listed. */
async function preflight(
  ways: readonly StaffedWay[],
  settings: PlanSettings,
): Promise<{ ready: readonly ReadyWay[]; warnings: string[] }> {
  const ready: ReadyWay[] = []
  const warnings: string[] = []
  const problems: Problem[] = []
  for (const staffed of ways) {
    const looked = await lookAt(staffed.ports, staffed.way, settings.probeKey)
    const judged = judgeWay(staffed.way, looked, staffed.ports.account)
    warnings.push(...judged.warnings)
    problems.push(...judged.problems)
    const aim = aimOf(staffed.way, looked, settings)
    if (aim !== undefined) ready.push({ ...staffed, looked, aim })
  }
  if (problems.length > 0) throw blocked(settings.env, problems)
  return { ready, warnings }
}

async function planWay(
  deps: PlanDeps,
  ready: ReadyWay,
  settings: PlanSettings,
  sinkFor: (part: string) => ManifestSink,
  warnings: string[],
): Promise<readonly PlannedPart[]> {
  const { way, ports, aim, looked } = ready
  const plane = await ports.plane(way.source.region)
  const classified: Classified = { operation: way.operation, aim, routing: settings.routing }
  const pages = deps.list(plane, aim.source, needsVersions(way) ? "versions" : "objects")
  const listed = await listWay(deps, { way, classified, pages, sample: settings.sample, sinkFor })
  if (listed.every(({ tallied }) => tallied.counts.objects === 0) && !settings.allowEmpty) throw nothing(way)
  if (way.hotSet !== "all" && !listed.some(({ hot }) => hot))
    warnings.push(`${way.name}: nothing lies in its hot set: all of it is restored as the rest`)
  const planned: PlannedPart[] = []
  for (const part of listed) {
    const inspected = await inspect(deps, ready, part, warnings)
    const work = workOf(part, classified, inspected, settings.verify)
    planned.push({ part: partOf(ready, settings, part, inspected, work), work, inspected })
  }
  if (planned.some(({ work }) => work.multipart > 0) && looked.destination?.abortsUploads !== true)
    warnings.push(
      `${way.name}: no lifecycle rule of ${way.destination.bucket} is known to abort uploads that nobody completes (AbortIncompleteMultipartUpload)`,
    )
  return planned
}

async function inspect(
  deps: PlanDeps,
  { way, ports, aim }: ReadyWay,
  { name, strata }: ListedPart,
  warnings: string[],
): Promise<Inspected> {
  const plane = await ports.plane(way.source.region)
  const answers = await inspectSample(deps, plane, aim.source, strata, { operation: way.operation }, name)
  const seen = inspectionOf(answers)
  if (way.operation !== "copy" || way.source.account.id === ports.account) return seen
  const managed = await managedKeys(ports, way, [...seen.keys.keys()], warnings)
  return managed.size === 0 ? seen : inspectionOf(refuseManagedKeys(answers, managed))
}

/** More keys than this in one sample are not looked at one by one. */
const KEYS_LOOKED_AT = 20

/** The keys among these that AWS manages; one that nobody may look at is told, for a copy may fail on it. */
async function managedKeys(
  ports: PlanPorts,
  way: Way,
  keys: readonly string[],
  warnings: string[],
): Promise<ReadonlySet<string>> {
  const managed = new Set<string>()
  for (const key of keys.slice(0, KEYS_LOOKED_AT)) {
    try {
      const { manager, state } = await ports.keys(way.source.region).describeKey(key)
      if (manager === "AWS") managed.add(key)
      if (state !== "Enabled") warnings.push(`${way.name}: objects lie under ${key}, which is ${state}`)
    } catch (thrown) {
      if (!(thrown instanceof DrError)) throw thrown
      warnings.push(`${way.name}: objects lie under ${key}, and nobody may look at it: they may not be readable`)
    }
  }
  return managed
}

function partOf(
  { way, aim, role }: ReadyWay,
  settings: PlanSettings,
  { name, tallied, manifest }: ListedPart,
  inspected: Inspected,
  work: PartWork,
): RestorePart {
  return {
    name,
    operation: way.operation,
    aim,
    mode: way.mode,
    routing: settings.routing,
    ...(role === undefined ? {} : { role }),
    manifest,
    counts: { ...tallied.counts, inspected: inspected.heads },
    refused: refusedOf(tallied.refused, inspected.refused),
    etaMs: paceOf(work, settings.engine).etaMs,
  }
}

/** Of each note the largest share that any part has. */
function greatest(shares: ReadonlyArray<Inspected["shares"]>): Inspected["shares"] {
  const most: Record<string, number> = {}
  for (const each of shares)
    for (const [note, share] of Object.entries(each)) most[note] = Math.max(most[note] ?? 0, share)
  return most
}

function blocked(env: string, problems: readonly Problem[]): DrError {
  const [first] = problems
  const exits = problems.map(({ exit }) => exit)
  const exit = exits.find((code) => code === EXIT.noPermission) ?? exits[0] ?? EXIT.checkSaysNo
  const lines = problems.map(({ code, message }) => `${code}: ${message}`)
  return new DrError({
    code: "E_RESTORE_BLOCKED",
    exit,
    message:
      problems.length === 1 && first !== undefined
        ? first.message
        : [`${env} cannot be restored like this`, ...lines].join("\n"),
    hints: [...new Set(problems.map(({ hint }) => hint))],
    details: problems,
  })
}

const nothing = (way: Way): DrError =>
  new DrError({
    code: "E_NOTHING_TO_RESTORE",
    message: `${way.name}: nothing lies below ${uriOf(way.source)}${way.mode.kind === "as-of" ? " as of that time" : ""}`,
    hints: ["look at the prefix; --allow-empty if that is right"],
  })
