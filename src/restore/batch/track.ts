import { DrError } from "../../kernel/errors.ts"
import { SECOND, type Millis } from "../../kernel/units.ts"
import type { RestoreDeps } from "../ports.ts"
import type { JobRows } from "./census.ts"
import type { BatchJob, BatchJobs } from "./ports.ts"

const FIRST_LOOK_MS: Millis = SECOND
const LOOK_EVERY_MS: Millis = 30 * SECOND

type NextStep = "wait" | "confirm" | "cancel" | "over"

/**
 * What to do about a job as it stands. Every job of ours waits for a look before it begins: then AWS has read the manifest, and its
 * count must be ours.
 */
function nextStep({ status, total }: BatchJob, rows: JobRows): NextStep {
  switch (status) {
    case "Suspended":
      return total === rows.rows ? "confirm" : "cancel"
    case "Complete":
    case "Cancelled":
    case "Failed":
      return "over"
    case "New":
    case "Preparing":
    case "Ready":
    case "Active":
    case "Pausing":
    case "Paused":
    case "Completing":
    case "Cancelling":
    case "Failing":
      return "wait"
  }
}

/**
 * Follows a job to its end. It goes on in AWS whatever becomes of this process: the signal only ends the watching.
 * @throws DrError E_BATCH_COUNT when AWS reads another number of objects from the manifest: the job is cancelled before its first
 */
export async function track(deps: RestoreDeps, jobs: BatchJobs, jobId: string, rows: JobRows): Promise<BatchJob> {
  let pauseMs = FIRST_LOOK_MS
  for (let told = ""; ;) {
    const job = await jobs.describe(jobId)
    deps.emit("progress", {
      phase: `batch ${rows.name}`,
      done: job.succeeded + job.failed,
      total: rows.rows,
      unit: "objects",
    })
    const next = nextStep(job, rows)
    if (next === "over") return job
    if (next === "confirm") await jobs.confirm(jobId)
    if (next === "cancel") {
      await jobs.cancel(jobId)
      throw miscounted(jobId, job, rows)
    }
    if (job.status !== told) pauseMs = FIRST_LOOK_MS
    told = job.status
    await deps.clock.sleep(pauseMs, deps.signal)
    pauseMs = Math.min(LOOK_EVERY_MS, pauseMs * 2)
  }
}

const miscounted = (jobId: string, { total }: BatchJob, { rows }: JobRows): DrError =>
  new DrError({
    code: "E_BATCH_COUNT",
    message: `batch job ${jobId} was cancelled before it began: AWS reads ${total ?? "no"} objects from a manifest of ${rows}`,
    hints: ["look whether somebody else writes to the bucket of the manifests", "dr restore plan, then again"],
  })
