import { ServiceError, type Caller } from "../core/exchange.ts"
import { child } from "../s3/xml.ts"
import type { ControlParts } from "./control-call.ts"
import { sendInside } from "./inside-s3.ts"
import { isOver, isWaiting, type Job, type Task, type TaskResult } from "./job.ts"
import { readOperation } from "./job-operations.ts"
import { writeReport } from "./job-report.ts"
import { jobCaller } from "./job-role.ts"
import { generateTasks, writeManifest } from "./manifest-generator.ts"
import { manifestFault, readManifest } from "./manifest.ts"

/** One step does no more than this: the clock runs all that is due before the next request is answered. */
const TASKS_PER_STEP = 16
const BYTES_PER_STEP = 16 * 1024 ** 2

/** AWS gives a job up when more than half of its tasks fail, once a thousand have been tried. */
const TRIED_BEFORE_GIVING_UP = 1000

/** Schedules the job's next step, unless it is scheduled or waits for people. */
export function wake(parts: ControlParts, job: Job): void {
  if (isWaiting(job) || parts.awake.has(job.id)) return
  parts.awake.add(job.id)
  parts.world.clock.schedule(parts.world.clock.now() + parts.stepMs, () => {
    // A snapshot that was loaded meanwhile brought jobs of its own.
    if (parts.jobs.get(job.id) !== job) return
    parts.awake.delete(job.id)
    step(parts, job)
    wake(parts, job)
  })
}

/** From one status towards the next; nothing thrown here may reach whoever happens to move the clock. */
function step(parts: ControlParts, job: Job): void {
  if (isWaiting(job)) return
  try {
    advance(parts, job)
  } catch (error) {
    const known = error instanceof ServiceError
    fail(job, known ? error.code : "InternalError", error instanceof Error ? error.message : String(error))
  }
  if (isOver(job)) job.endedAt = parts.world.clock.now()
}

function advance(parts: ControlParts, job: Job): void {
  switch (job.status) {
    case "New":
      job.status = "Preparing"
      return
    case "Preparing":
      prepare(parts, job)
      return
    case "Ready":
      job.status = "Active"
      job.activeSince = parts.world.clock.now()
      return
    case "Active":
      runSlice(parts, job)
      return
    case "Completing":
      writeReport(parts, callerOf(parts, job), job)
      job.status = "Complete"
      return
    case "Cancelling":
      job.status = "Cancelled"
      reportIfPossible(parts, job)
      return
    case "Failing":
      job.status = "Failed"
      reportIfPossible(parts, job)
      return
    case "Suspended":
    case "Complete":
    case "Cancelled":
    case "Failed":
      return
  }
}

/** A failure in the last steps ends the job at once: there is nothing left to report with. */
function fail(job: Job, code: string, reason: string): void {
  if (isOver(job)) return
  job.failure ??= { code, reason }
  job.status = job.status === "Completing" || job.status === "Failing" ? "Failed" : "Failing"
}

function callerOf(parts: ControlParts, job: Job): Caller {
  const caller = jobCaller(parts, job)
  if (caller !== undefined) return caller
  throw manifestFault("AccessDenied", `S3 Batch Operations could not assume the role ${job.roleArn}`)
}

function prepare(parts: ControlParts, job: Job): void {
  const caller = callerOf(parts, job)
  const manifest = child(job.request, "Manifest")
  const generator = generatorOf(job)
  job.tasks =
    manifest !== undefined
      ? readManifest(parts, caller, job, manifest)
      : generator === undefined
        ? []
        : generateTasks(parts, caller, job, generator)
  if (job.tasks.length === 0) throw manifestFault("EmptyManifest", "The manifest names no objects")
  if (generator !== undefined) writeManifest(parts, caller, job, generator, job.tasks)
  if (job.mustBeConfirmed && job.confirmed !== true) {
    job.status = "Suspended"
    job.suspendedAt = parts.world.clock.now()
  } else job.status = "Ready"
}

function generatorOf(job: Job): ReturnType<typeof child> {
  const generator = child(job.request, "ManifestGenerator")
  return generator === undefined ? undefined : child(generator, "S3JobManifestGenerator")
}

function runSlice(parts: ControlParts, job: Job): void {
  const caller = callerOf(parts, job)
  const { request } = readOperation(child(job.request, "Operation"))
  let bytes = 0
  for (let done = 0; done < TASKS_PER_STEP && bytes < BYTES_PER_STEP; done++) {
    const task = job.tasks[job.results.length]
    if (task === undefined) break
    const result = resultOf(sendInside(parts, caller, job.region, request(task)))
    job.results.push(result)
    if (result.code !== "") job.failed++
    bytes += sizeOf(parts, task)
  }
  if (job.results.length >= TRIED_BEFORE_GIVING_UP && job.failed * 2 > job.results.length) {
    throw manifestFault("JobFailureRateExceeded", "More than half of the tasks failed")
  }
  if (job.results.length === job.tasks.length) job.status = "Completing"
}

function resultOf(answer: ReturnType<typeof sendInside>): TaskResult {
  if (answer.ok) return { status: answer.response.status, code: "", message: "Successful" }
  return { status: answer.error.status, code: answer.error.code, message: answer.error.message }
}

/** How much a task may have moved, to end a slice early. */
function sizeOf({ s3 }: ControlParts, { bucket, key }: Task): number {
  const newest = s3.state.buckets.get(bucket)?.objects.get(key)?.versions[0]
  return newest?.kind === "object" ? newest.size : 0
}

function reportIfPossible(parts: ControlParts, job: Job): void {
  const caller = jobCaller(parts, job)
  if (caller === undefined) return
  try {
    writeReport(parts, caller, job)
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    job.failure ??= { code: error.code, reason: error.message }
  }
}
