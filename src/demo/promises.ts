import type { RunRecord } from "../rto/record.ts"
import type { RunSummary } from "../drill/summary.ts"

/** One thing the demo promises to show, and whether it did. */
export interface Promised {
  readonly promise: string
  readonly kept: boolean
  readonly why?: string
}

/** Judges the two runs of the demo: before and after the key was lost. Pure. */
export function promisesKept(
  before: { record: RunRecord; summary: RunSummary },
  after: { record: RunRecord; summary: RunSummary },
): Promised[] {
  const sourceRefused = checksOf(after.record).filter((check) =>
    check.check.includes("is lost to the recovery role too"),
  )
  return [
    ...passed("with the key in place, every sample drill passes", before.record),
    said(
      "key and data come back within four hours (measured and forecast)",
      before.summary.verdict === "met",
      before.summary.verdict,
    ),
    said("every sampled object was verified", everyObjectVerified(before.record) && everyObjectVerified(after.record)),
    said(
      "with the primary key disabled, the source cannot be read",
      sourceRefused.length > 0 &&
        sourceRefused.every((check) => check.result === "ok" && /DisabledException/.test(check.observed)),
      sourceRefused.find((check) => check.result !== "ok")?.observed,
    ),
    ...passed("the recovery copies read without the primary key", after.record),
    said(
      "the restore is within four hours without the primary key",
      after.summary.verdict === "met",
      after.summary.verdict,
    ),
    said(
      "nothing is left behind",
      [before.record, after.record].every((record) => record.drills.every((drill) => drill.cleanup?.left === 0)),
    ),
  ]
}

function passed(promise: string, record: RunRecord): Promised[] {
  return [said(promise, record.outcome === "passed" && record.drills.length > 0, record.reason)]
}

function said(promise: string, kept: boolean, why?: string): Promised {
  return { promise, kept, ...(kept || why === undefined ? {} : { why }) }
}

function everyObjectVerified(record: RunRecord): boolean {
  const { drawn, verified, failed, unknown } = record.counts
  return drawn > 0 && verified === drawn && failed === 0 && unknown === 0
}

const checksOf = (record: RunRecord): RunRecord["drills"][number]["checks"] =>
  record.drills.flatMap((drill) => drill.checks)
