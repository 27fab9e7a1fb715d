import { EXIT, type ExitCode } from "../kernel/exit-codes.ts"
import { MINUTE, type Millis } from "../kernel/units.ts"
import type { Forecast } from "./forecast.ts"
import type { Mark } from "./marks.ts"
import type { DrillRecord, RunRecord } from "./record.ts"
import { judge, worst, type Judgement, type Objective, type Verdict } from "./verdict.ts"

/** What dr.yaml promises for one environment. */
export interface EnvironmentObjective extends Objective {
  readonly env: string
  /** A proof that is older than this proves nothing any more. */
  readonly proofMaxAgeMs: Millis
  /** Drills that must have a proof; beyond them every drill that ever ran counts. */
  readonly drills: readonly string[]
  /** By drill: the digest of what it is about in today's dr.yaml. A drill that is not in it cannot be compared and proves nothing. */
  readonly scopes?: ReadonlyMap<string, string>
}

export interface RtoCheck {
  readonly environments: readonly EnvironmentCheck[]
  /** Where the chain of records does not hold. With any break nothing is proven. */
  readonly broken: readonly BrokenRecord[]
}

export interface BrokenRecord {
  readonly file: string
  readonly why: string
}

export interface EnvironmentCheck {
  readonly env: string
  /** Of both clocks and all drills together; `stale` makes it not-proven. */
  readonly verdict: Verdict["kind"]
  /** The slowest RTO-K among the drills, in seconds; null when none was measured. */
  readonly actualS: number | null
  readonly limitS: number
  readonly dataLimitS: number
  /** Of the oldest among the drills' last proofs; null when a drill has none. */
  readonly ageS: number | null
  readonly maxAgeS: number
  readonly stale: boolean
  /** Some verdict rests on an emulated AWS and was accepted on request. */
  readonly simulated: boolean
  readonly drills: readonly DrillCheck[]
  readonly hints: readonly string[]
}

export interface DrillCheck {
  readonly drill: string
  readonly run: string | null
  readonly at: string | null
  readonly simulated: boolean
  readonly ageS: number | null
  readonly stale: boolean
  readonly rtoKey: ClockCheck
  readonly rtoData: ClockCheck & {
    readonly estimateS: number | null
    readonly lowerS: number | null
    readonly upperS: number | null
  }
}

export interface ClockCheck {
  readonly verdict: Verdict["kind"]
  readonly actualS: number | null
  readonly spareS: number | null
  readonly missing: readonly Mark[]
}

export interface CheckOptions {
  readonly acceptSimulated: boolean
  readonly broken?: readonly BrokenRecord[]
}

export interface LastProof {
  readonly run: RunRecord
  readonly drill: DrillRecord
  readonly judgement: Judgement
}

/** Judges each environment by the last run of each drill. No record at all is not-proven: silence is no proof. */
export function checkRto(
  records: readonly RunRecord[],
  objectives: readonly EnvironmentObjective[],
  now: number,
  options: CheckOptions,
): RtoCheck {
  const broken = options.broken ?? []
  const environments = objectives.map((objective) => checkEnvironment(records, objective, now, options))
  if (broken.length === 0) return { environments, broken }
  return { environments: environments.map((environment) => ({ ...environment, verdict: "not-proven" })), broken }
}

/** 0 only when every environment is met; 3 otherwise, and when there is none to check. */
export function exitOf(check: RtoCheck): ExitCode {
  return check.broken.length === 0 &&
    check.environments.length > 0 &&
    check.environments.every((environment) => environment.verdict === "met")
    ? EXIT.ok
    : EXIT.checkSaysNo
}

/** The last run of each drill of an environment, judged. */
export function lastProofs(
  records: readonly RunRecord[],
  objective: EnvironmentObjective,
  options: CheckOptions,
): LastProof[] {
  const last = new Map<string, LastProof>()
  for (const run of records.filter((record) => record.env === objective.env)) {
    for (const drill of run.drills) {
      const former = last.get(drill.drill)
      if (former !== undefined && !supersedes(run, drill, former, options)) continue
      const facts = {
        simulated: run.simulated,
        acceptSimulated: options.acceptSimulated,
        runOutcome: run.outcome,
        expectedScope:
          objective.scopes === undefined ? undefined : (objective.scopes.get(drill.drill) ?? "unknown drill"),
      }
      last.set(drill.drill, { run, drill, judgement: judge(drill, objective, facts) })
    }
  }
  return [...last.values()].sort((a, b) => (a.drill.drill < b.drill.drill ? -1 : 1))
}

/** The later run counts, good or bad; but a rehearsal never takes the place of a run against AWS, unless it is accepted. */
function supersedes(run: RunRecord, drill: DrillRecord, former: LastProof, options: CheckOptions): boolean {
  if (!options.acceptSimulated && run.simulated !== former.run.simulated) return !run.simulated
  return drill.startedAt >= former.drill.startedAt
}

function checkEnvironment(
  records: readonly RunRecord[],
  objective: EnvironmentObjective,
  now: number,
  options: CheckOptions,
): EnvironmentCheck {
  const proofs = lastProofs(records, objective, options)
  const absent = objective.drills.filter((name) => !proofs.some((proof) => proof.drill.drill === name))
  const drills = [...proofs.map((proof) => checkDrill(proof, objective, now)), ...[...new Set(absent)].map(neverRun)]
  const stale = drills.some((drill) => drill.stale)
  const together = worst(drills.flatMap((drill) => [drill.rtoKey.verdict, drill.rtoData.verdict]))
  const ages = drills.map((drill) => drill.ageS)
  const actuals = drills.map((drill) => drill.rtoKey.actualS).filter((actual) => actual !== null)
  return {
    env: objective.env,
    verdict: stale && together === "met" ? "not-proven" : together,
    actualS: actuals.length === 0 ? null : Math.max(...actuals),
    limitS: seconds(objective.rtoKeyMs),
    dataLimitS: seconds(objective.rtoDataMs),
    ageS: ages.length === 0 || ages.includes(null) ? null : Math.max(...ages.map((age) => age ?? 0)),
    maxAgeS: seconds(objective.proofMaxAgeMs),
    stale,
    simulated: proofs.some((proof) => proof.run.simulated),
    drills,
    hints: hintsFor(objective.env, drills),
  }
}

/** How far the clocks of two machines may be apart before a record from tomorrow proves nothing today. */
const CLOCK_TOLERANCE_MS = 5 * MINUTE

function checkDrill({ run, drill, judgement }: LastProof, objective: EnvironmentObjective, now: number): DrillCheck {
  const sinceMs = now - Date.parse(drill.startedAt)
  const ageMs = Math.max(0, sinceMs)
  // not `>`: an unreadable stamp gives NaN, and an age nobody knows is stale; so is a proof from the future
  const stale = !(ageMs <= objective.proofMaxAgeMs && sinceMs >= -CLOCK_TOLERANCE_MS)
  return {
    drill: drill.drill,
    run: run.run,
    at: drill.startedAt,
    simulated: run.simulated,
    ageS: Number.isFinite(ageMs) ? Math.floor(ageMs / 1000) : null,
    stale,
    rtoKey: clockCheck(judgement.rtoKey),
    rtoData: { ...clockCheck(judgement.rtoData), ...forecastSeconds(judgement.forecast) },
  }
}

function neverRun(drill: string): DrillCheck {
  const missing: ClockCheck = {
    verdict: "not-proven",
    actualS: null,
    spareS: null,
    missing: [{ mark: "record", why: `drill ${drill} has no record` }],
  }
  const nothing = { estimateS: null, lowerS: null, upperS: null }
  return {
    drill,
    run: null,
    at: null,
    simulated: false,
    ageS: null,
    stale: false,
    rtoKey: missing,
    rtoData: { ...missing, ...nothing },
  }
}

function clockCheck(verdict: Verdict): ClockCheck {
  switch (verdict.kind) {
    case "met":
      return { verdict: "met", actualS: seconds(verdict.elapsed), spareS: seconds(verdict.spare), missing: [] }
    case "missed":
      return { verdict: "missed", actualS: seconds(verdict.elapsed), spareS: -seconds(verdict.by), missing: [] }
    case "not-proven":
      return { verdict: "not-proven", actualS: null, spareS: null, missing: verdict.missing }
  }
}

function forecastSeconds(forecast: Forecast | undefined): {
  estimateS: number | null
  lowerS: number | null
  upperS: number | null
} {
  const finite = (ms: number | undefined): number | null =>
    ms === undefined || !Number.isFinite(ms) ? null : seconds(ms)
  return { estimateS: finite(forecast?.pointMs), lowerS: finite(forecast?.lowerMs), upperS: finite(forecast?.upperMs) }
}

/** To the millisecond, as measured: never rounded across a limit. */
function seconds(ms: Millis): number {
  return Math.ceil(ms) / 1000
}

function hintsFor(env: string, drills: readonly DrillCheck[]): string[] {
  if (drills.length === 0) return [`dr drill run -e ${env}`]
  const again = drills.filter(
    (drill) => drill.stale || drill.rtoKey.verdict === "not-proven" || drill.rtoData.verdict === "not-proven",
  )
  return again.length === 0 ? [] : [`dr drill run ${again.map((drill) => drill.drill).join(" ")} -e ${env}`]
}
