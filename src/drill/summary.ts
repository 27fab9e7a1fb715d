import { EXIT, type ExitCode } from "../kernel/exit-codes.ts"
import type { ResolvedObjectives } from "../estate/topology.ts"
import type { RunRecord } from "../rto/record.ts"
import { judge, worst, type Verdict } from "../rto/verdict.ts"

interface DrillSummary {
  readonly drill: string
  readonly outcome: string
  readonly reason?: string
  readonly verdict: Verdict["kind"]
  readonly phases: ReadonlyArray<PhaseSummary>
  readonly samples: {
    readonly total: number
    readonly ok: number
    readonly failed: number
    readonly unknown: number
    readonly bytes: number
  }
  readonly rto: RtoSummary
  readonly notTested: readonly string[]
}

interface PhaseSummary {
  readonly id: string
  readonly kind: "machine"
  readonly ok: boolean
  readonly durationS: number
  /** Why it is not ok, in lines: which right is missing and what gives it. */
  readonly note?: string
  readonly code?: string
}

interface RtoSummary {
  readonly limitS: number
  readonly actualS?: number
  readonly spareS?: number
  readonly verdict: Verdict["kind"]
  readonly forecast?: { readonly limitS: number; readonly upperS: number; readonly verdict: Verdict["kind"] }
}

export interface RunSummary {
  readonly outcome: RunRecord["outcome"]
  /** What the clock says, as if a simulated run counted. Whether it does is `dr rto check`'s to say. */
  readonly verdict: Verdict["kind"]
  readonly drills: readonly DrillSummary[]
}

/** The record of a run as `dr drill run` prints it. Pure. */
export function summarise(record: RunRecord, objectives: ResolvedObjectives): RunSummary {
  const drills = record.drills.map((drill): DrillSummary => {
    const judged = judge(drill, objectives, {
      simulated: record.simulated,
      acceptSimulated: true,
      runOutcome: record.outcome,
    })
    const verdict = worst([judged.rtoKey.kind, judged.rtoData.kind])
    const failed = drill.failures.filter((failure) => failure.result === "failed").length
    return {
      drill: drill.drill,
      outcome: drill.outcome,
      ...(drill.reason === undefined ? {} : { reason: drill.reason }),
      verdict,
      phases: drill.phases.map((phase) => ({
        id: phase.phase,
        kind: "machine",
        ok: phase.result === "ok",
        durationS: (phase.durationMs ?? 0) / 1000,
        ...(phase.note === undefined ? {} : { note: phase.note }),
        ...(phase.code === undefined ? {} : { code: phase.code }),
      })),
      samples: {
        total: drill.samples.reduce((sum, sample) => sum + sample.drawn + sample.canaries, 0),
        ok: drill.proofs.length,
        failed,
        unknown: drill.failures.length - failed,
        bytes: drill.proofs.reduce((sum, proof) => sum + proof.sizeBytes, 0),
      },
      rto: {
        limitS: objectives.rtoKeyMs / 1000,
        verdict: judged.rtoKey.kind,
        ...(judged.rtoKey.kind === "not-proven" ? {} : { actualS: judged.rtoKey.elapsed / 1000 }),
        ...(judged.rtoKey.kind === "met" ? { spareS: judged.rtoKey.spare / 1000 } : {}),
        ...(judged.forecast === undefined || !Number.isFinite(judged.forecast.upperMs)
          ? {}
          : {
              forecast: {
                limitS: objectives.rtoDataMs / 1000,
                upperS: judged.forecast.upperMs / 1000,
                verdict: judged.rtoData.kind,
              },
            }),
      },
      notTested: drill.notTested,
    }
  })
  return { outcome: record.outcome, verdict: worst(drills.map((drill) => drill.verdict)), drills }
}

/** What a person with more rights mends, and nothing else does. */
const RIGHTS: ReadonlySet<string> = new Set(["E_DRILL_RIGHTS", "E_ASSUME_ROLE", "E_CREDENTIALS", "E_AWS_EXPIRED_TOKEN"])

const lacksRights = ({ outcome, phases }: DrillSummary): boolean =>
  outcome === "failed" && phases.some(({ id, code }) => id === "preflight" && code !== undefined && RIGHTS.has(code))

/** 77 when nothing but a right was missing before anything was written, 1 when something failed, 3 when it ran but proves too little or took too long. */
export function exitOf(summary: RunSummary): ExitCode {
  if (summary.drills.length === 0 || summary.outcome !== "passed") {
    const stopped = summary.drills.filter((drill) => drill.outcome !== "passed")
    if (stopped.length > 0 && stopped.every(lacksRights)) return EXIT.noPermission
    const onlyUnknown =
      summary.drills.length > 0 &&
      summary.drills.every(
        (drill) => drill.outcome === "passed" || (drill.samples.failed === 0 && drill.samples.unknown > 0),
      )
    return onlyUnknown ? EXIT.checkSaysNo : EXIT.failed
  }
  return summary.verdict === "met" ? EXIT.ok : EXIT.checkSaysNo
}
