import { ServiceError, type SandboxResponse } from "../core/exchange.ts"
import { leaf, node } from "../s3/xml.ts"
import { xmlAnswer } from "./answers.ts"
import { authorizeAccount, invalidRequest, targetJob, type ControlCall } from "./control-call.ts"
import { readPriority } from "./create-job.ts"
import { isOver, STATUSES, type Job } from "./job.ts"
import { jobEntryXml, jobXml, SUSPENDED_CAUSE } from "./job-xml.ts"
import { wake } from "./run-job.ts"

export function describeJob(control: ControlCall): SandboxResponse {
  const job = targetJob(control, "DescribeJob")
  return xmlAnswer(control.call.requestId, "DescribeJobResult", jobXml(job, control.world.clock.now()))
}

const MOST = 1000

/** Newest first; the token is the last job of the page before. */
export function listJobs(control: ControlCall): SandboxResponse {
  authorizeAccount(control, "ListJobs")
  const { call, query, world } = control
  const wanted = call.request.query.filter(([name]) => name === "jobStatuses").map(([, value]) => value)
  const unknown = wanted.find((each) => !STATUSES.some((status) => status === each))
  if (unknown !== undefined) throw invalidRequest(`Unknown job status ${unknown}`)
  const jobs = [...control.jobs.values()]
    .filter((job) => job.account === control.account && job.region === call.region)
    .filter((job) => wanted.length === 0 || wanted.includes(job.status))
    .toReversed()
  const token = query.get("nextToken")
  const start = token === undefined ? 0 : jobs.findIndex((job) => job.id === token) + 1
  if (token !== undefined && start === 0) throw new ServiceError("InvalidNextTokenException", "The token is not valid.")
  const asked = Number(query.get("maxResults") ?? MOST)
  if (!Number.isInteger(asked) || asked < 1 || asked > MOST) throw invalidRequest("maxResults must be from 1 to 1000")
  const page = jobs.slice(start, start + Math.min(asked, world.settings.pageSize ?? MOST))
  const more = start + page.length < jobs.length
  return xmlAnswer(
    call.requestId,
    "ListJobsResult",
    leaf("NextToken", more ? page.at(-1)?.id : undefined),
    node("Jobs", ...page.map((job) => jobEntryXml(job, world.clock.now()))),
  )
}

/** Only two things can be asked for: that a suspended job runs, and that a job ends. */
export function updateJobStatus(control: ControlCall): SandboxResponse {
  const job = targetJob(control, "UpdateJobStatus", suspensionFacts)
  const wanted = control.query.get("requestedJobStatus")
  if (wanted === "Ready") confirm(job)
  else if (wanted === "Cancelled") cancel(job)
  else throw invalidRequest("requestedJobStatus must be Ready or Cancelled")
  const reason = control.query.get("statusUpdateReason")
  if (reason !== undefined) job.statusReason = reason
  wake(control, job)
  return xmlAnswer(
    control.call.requestId,
    "UpdateJobStatusResult",
    leaf("JobId", job.id),
    leaf("Status", job.status),
    leaf("StatusUpdateReason", job.statusReason),
  )
}

const suspensionFacts = (job: Job): Record<string, string> =>
  job.status === "Suspended" ? { "s3:JobSuspendedCause": SUSPENDED_CAUSE } : {}

function confirm(job: Job): void {
  if (job.status !== "Suspended") throw wrongStatus(job, "Ready")
  job.confirmed = true
  job.status = "Ready"
}

function cancel(job: Job): void {
  if (isOver(job) || job.status === "Completing" || job.status === "Failing") throw wrongStatus(job, "Cancelled")
  job.status = "Cancelling"
}

const wrongStatus = (job: Job, wanted: string): ServiceError =>
  new ServiceError("JobStatusException", `A job that is ${job.status} cannot become ${wanted}.`)

export function updateJobPriority(control: ControlCall): SandboxResponse {
  const wanted = control.query.get("priority")
  const job = targetJob(control, "UpdateJobPriority", () =>
    wanted === undefined ? {} : { "s3:RequestJobPriority": wanted },
  )
  const priority = readPriority(wanted)
  if (isOver(job)) throw new ServiceError("JobStatusException", `The job is ${job.status}.`)
  job.priority = priority
  return xmlAnswer(
    control.call.requestId,
    "UpdateJobPriorityResult",
    leaf("JobId", job.id),
    leaf("Priority", job.priority),
  )
}
