import { isoStamp } from "../kernel/clock.ts"
import {
  checkRto,
  lastProofs,
  type CheckOptions,
  type EnvironmentCheck,
  type EnvironmentObjective,
  type LastProof,
  type RtoCheck,
} from "./check.ts"
import { FORECAST_METHOD, type Forecast } from "./forecast.ts"
import { noticeableFaultRate, sampleSizeFor } from "../kernel/power.ts"
import type { CallRecord, DrillRecord, ObjectProof, RunRecord } from "./record.ts"
import { trendOf, type MissedSlot, type TrendPoint } from "./trend.ts"
import { worst, type Verdict } from "./verdict.ts"

/** All that any view of the report shows. Each number is computed here, once: HTML, Markdown and JSON cannot disagree. */
export interface RtoReport {
  /** The moment that ages were counted to. */
  readonly asOf: string
  readonly verdict: Verdict["kind"]
  /** Some of what is shown ran on an emulated AWS. */
  readonly simulated: boolean
  readonly acceptSimulated: boolean
  readonly check: RtoCheck
  readonly environments: readonly EnvironmentReport[]
  readonly method: readonly string[]
}

export interface EnvironmentReport {
  readonly env: string
  readonly check: EnvironmentCheck
  readonly trend: readonly TrendPoint[]
  readonly drills: readonly DrillReport[]
}

export interface DrillReport {
  readonly run: Pick<
    RunRecord,
    "run" | "kind" | "version" | "trigger" | "startedAt" | "simulated" | "outcome" | "config" | "warnings"
  >
  /** Where the record stands in the chain; undefined for a record that did not come from a store. */
  readonly stored?: StoredAs
  readonly drill: Omit<DrillRecord, "proofs" | "copies">
  readonly rtoKey: Verdict
  readonly rtoData: Verdict
  readonly forecast?: Forecast
  readonly power: SamplePower
  readonly proofs: ReadonlyArray<ObjectProof & { readonly versionId?: string; readonly copiedMs?: number }>
  readonly calls: readonly CallRecord[]
}

export interface StoredAs {
  readonly file: string
  readonly hash: string
}

interface SamplePower {
  /** Objects read back right in the smallest of the samples: what holds for a dataset and side, holds for that many. */
  readonly read: number
  /** The smallest share of bad objects that this many good ones would have shown, with 95 % confidence. */
  readonly noticeable: number
  /** Objects to read for a share of 1 %. */
  readonly forOnePercent: number
}

export interface ReportOptions extends CheckOptions {
  readonly missed?: readonly (MissedSlot & { readonly env: string })[]
  /** By run id. */
  readonly stored?: ReadonlyMap<string, StoredAs>
}

const METHOD: readonly string[] = [
  "RTO-K starts when the drill starts, which stands for the declaration, and stops at the end of the verify phase: then a reader session, which asks to be denied the source (whether it was is a check of its own), has read every sampled object under the recovery key and compared bytes, size, headers, tags and key ARN.",
  `RTO-D is a forecast. ${FORECAST_METHOD}`,
  "Durations come from a monotonic clock, stamps from the wall clock in UTC. All of it is machine time; waiting for people is not in it.",
  "Met needs every mark: all phases ended well, the recovery key enabled, every drawn object read back right, no check failed or unknown, nothing left behind, a run to the end, and an AWS that is not emulated. Otherwise the verdict is not proven.",
]

export function reportOf(
  records: readonly RunRecord[],
  objectives: readonly EnvironmentObjective[],
  now: number,
  options: ReportOptions,
): RtoReport {
  const check = checkRto(records, objectives, now, options)
  const environments = check.environments.flatMap((environment): EnvironmentReport[] => {
    const objective = objectives.find((candidate) => candidate.env === environment.env)
    if (objective === undefined) return []
    const proofs = lastProofs(records, objective, options)
    const missed = (options.missed ?? []).filter((slot) => slot.env === objective.env)
    return [
      {
        env: objective.env,
        check: environment,
        trend: trendOf(records, objective, missed, options),
        drills: proofs.map((proof) => drillReport(proof, options)),
      },
    ]
  })
  return {
    asOf: isoStamp(now),
    verdict:
      check.broken.length > 0 ? "not-proven" : worst(check.environments.map((environment) => environment.verdict)),
    simulated: environments.some((environment) => environment.drills.some((drill) => drill.run.simulated)),
    acceptSimulated: options.acceptSimulated,
    check,
    environments,
    method: METHOD,
  }
}

function drillReport({ run, drill, judgement }: LastProof, options: ReportOptions): DrillReport {
  const { proofs, copies, ...rest } = drill
  const stored = options.stored?.get(run.run)
  const copyOf = new Map(copies.map((copy) => [copy.object, copy]))
  const { run: id, kind, version, trigger, startedAt, simulated, outcome, config, warnings } = run
  return {
    run: { run: id, kind, version, trigger, startedAt, simulated, outcome, config, warnings },
    ...(stored === undefined ? {} : { stored }),
    drill: rest,
    rtoKey: judgement.rtoKey,
    rtoData: judgement.rtoData,
    ...(judgement.forecast === undefined ? {} : { forecast: judgement.forecast }),
    power: powerOf(drill),
    proofs: proofs.map((proof) => {
      const copy = copyOf.get(proof.object)
      return {
        ...proof,
        ...(copy?.versionId === undefined ? {} : { versionId: copy.versionId }),
        ...(copy === undefined ? {} : { copiedMs: copy.durationMs }),
      }
    }),
    calls: run.calls.filter((call) => call.drill === drill.drill),
  }
}

function powerOf({ samples, proofs }: DrillRecord): SamplePower {
  const read =
    samples.length === 0
      ? 0
      : Math.min(...samples.map((sample) => proofs.filter((proof) => proof.dataset === sample.dataset).length))
  return { read, noticeable: noticeableFaultRate(read), forOnePercent: sampleSizeFor(0.01) }
}
