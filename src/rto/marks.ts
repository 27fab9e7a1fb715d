import type { DrillRecord, Outcome } from "./record.ts"

type MarkName =
  | "record"
  | "scope"
  | "simulated"
  | "stale"
  | "run-finished"
  | "drill-finished"
  | "phase"
  | "recovery-key"
  | "sample"
  | "objects"
  | "checks"
  | "clean-up"
  | "forecast"
  | "sample-size"
  | "interval"

/** Something that a proof needs and this run does not show. */
export interface Mark {
  readonly mark: MarkName
  readonly why: string
}

export interface MarkFacts {
  readonly simulated: boolean
  readonly acceptSimulated: boolean
  readonly runOutcome: Outcome
  /** Digest of what dr.yaml says now; left out = not asked. */
  readonly expectedScope?: string | undefined
}

const NEEDED_PHASES = ["preflight", "steady-state", "method", "verify", "clean-up"] as const

/** Every reason why the run proves nothing; empty = each mark stands. */
export function missingMarks(drill: DrillRecord, facts: MarkFacts): Mark[] {
  return [
    ...mark(
      "simulated",
      facts.simulated && !facts.acceptSimulated,
      "the run was simulated: an emulated AWS is a rehearsal, not evidence",
    ),
    ...mark(
      "scope",
      facts.expectedScope !== undefined && drill.scope !== facts.expectedScope,
      "the proof is of another estate: accounts, Regions, keys or datasets in dr.yaml have changed since",
    ),
    ...mark("run-finished", facts.runOutcome === "interrupted", "the run was interrupted"),
    ...mark(
      "drill-finished",
      drill.outcome !== "passed",
      `the drill ${drill.outcome === "failed" ? "failed" : "was interrupted"}${drill.reason === undefined ? "" : `: ${drill.reason}`}`,
    ),
    ...NEEDED_PHASES.flatMap((phase) => phaseMark(drill, phase)),
    ...mark(
      "recovery-key",
      !drill.keys.some((key) => key.role === "recovery" && key.state === "Enabled"),
      "no recovery key was seen enabled",
    ),
    ...sampleMarks(drill),
    ...objectMarks(drill),
    ...drill.checks
      .filter((check) => check.result === "failed")
      .map((check) => ({
        mark: "checks" as const,
        why: `${check.check}: expected ${check.expected}, observed ${check.observed}`,
      })),
    ...drill.checks
      .filter((check) => check.result === "unknown")
      .map((check) => ({ mark: "checks" as const, why: `${check.check}: could not be told (${check.observed})` })),
    ...mark("clean-up", drill.cleanup === undefined, "clean-up did not report"),
    ...mark("clean-up", (drill.cleanup?.left ?? 0) > 0, `clean-up left ${drill.cleanup?.left ?? 0} objects behind`),
  ]
}

function phaseMark(drill: DrillRecord, name: string): Mark[] {
  const phase = drill.phases.findLast((candidate) => candidate.phase === name)
  if (phase?.result === "ok" && phase.durationMs !== undefined) return []
  return [{ mark: "phase", why: `phase ${name} ${phase === undefined ? "did not run" : `is ${phase.result}`}` }]
}

function sampleMarks(drill: DrillRecord): Mark[] {
  if (drill.samples.length === 0) return [{ mark: "sample", why: "no sample was drawn" }]
  return drill.samples
    .filter((sample) => sample.drawn === 0 || sample.population === 0)
    .map((sample) => ({ mark: "sample", why: `no object of ${sample.dataset} was drawn` }))
}

function objectMarks(drill: DrillRecord): Mark[] {
  const failed = drill.failures.filter((failure) => failure.result === "failed").length
  const unknown = drill.failures.length - failed
  const promised = drill.samples.reduce((sum, sample) => sum + sample.drawn + sample.canaries, 0)
  const proven = new Set(drill.proofs.map((proof) => proof.object))
  const silent = promised - new Set([...proven, ...drill.failures.map((failure) => failure.object)]).size
  return [
    ...mark("objects", drill.proofs.length === 0, "no object was verified"),
    ...mark("objects", failed > 0, `${failed} objects failed`),
    ...mark("objects", unknown > 0, `${unknown} objects could not be told: unknown is not good`),
    ...mark("objects", silent > 0, `${silent} drawn objects have no result`),
    ...mark(
      "objects",
      failed + unknown === 0 && drill.copies.some((copy) => !proven.has(copy.object)),
      "some copy was never read back",
    ),
  ]
}

function mark(name: MarkName, missing: boolean, why: string): Mark[] {
  return missing ? [{ mark: name, why }] : []
}
