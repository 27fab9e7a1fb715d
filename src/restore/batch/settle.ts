import type { JobRows } from "./census.ts"
import type { JobTally } from "./report.ts"

/** handed = done + failed + unknown */
export interface BatchAccounts {
  /** Given to jobs. */
  readonly handed: number
  readonly done: number
  readonly failed: number
  readonly unknown: number
}

export interface Proofs {
  readonly reconciled: { readonly matched: number; readonly missing: number; readonly different: number }
  readonly readBack: { readonly good: number; readonly bad: number; readonly unknown: number }
}

/**
 * What the jobs came to. Done is only what the job claims *and* the listing shows; everything that is neither that nor a named
 * failure is unknown. Without proofs nothing is done.
 */
export function settle(
  jobs: ReadonlyArray<{ readonly rows: JobRows; readonly ended: JobTally }>,
  proofs: Proofs | undefined,
): BatchAccounts {
  const handed = sum(jobs, ({ rows }) => rows.rows)
  const failed = sum(jobs, ({ ended }) => ended.failed)
  const claimed = sum(jobs, (job) => (trustworthy(job) ? job.ended.succeeded : 0))
  if (proofs === undefined) return { handed, done: 0, failed, unknown: handed - failed }
  const { reconciled, readBack } = proofs
  const doubted = readBack.bad + readBack.unknown
  // A sample that shows a bad one speaks for all that was not read.
  const shown = doubted > 0 ? readBack.good : Math.min(claimed, reconciled.matched)
  const done = Math.max(0, Math.min(claimed, shown, handed - failed))
  return { handed, done, failed, unknown: handed - failed - done }
}

/** A report that names other objects than the manifest says nothing about ours. A part of it may be missing: those were not tried. */
export function trustworthy({ rows, ended }: { readonly rows: JobRows; readonly ended: JobTally }): boolean {
  const reported = ended.succeeded + ended.failed
  return reported < rows.rows || ended.digest === rows.digest
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0)
