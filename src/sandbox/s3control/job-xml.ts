import { isoStamp } from "../../kernel/clock.ts"
import { child, childText, elementXml, leaf, node } from "../s3/xml.ts"
import type { Job } from "./job.ts"

const date = (at: number | undefined): string | undefined => (at === undefined ? undefined : isoStamp(at))

const shown = (job: Job, ...names: readonly string[]): string =>
  names
    .map((name) => child(job.request, name))
    .map((each) => (each === undefined ? "" : elementXml(each)))
    .join("")

function progressXml(job: Job, now: number): string {
  const active = job.activeSince === undefined ? 0 : (job.endedAt ?? now) - job.activeSince
  return node(
    "ProgressSummary",
    leaf("TotalNumberOfTasks", job.tasks.length),
    leaf("NumberOfTasksSucceeded", job.results.length - job.failed),
    leaf("NumberOfTasksFailed", job.failed),
    node("Timers", leaf("ElapsedTimeInActiveSeconds", Math.floor(active / 1000))),
  )
}

/** What DescribeJob tells. */
export function jobXml(job: Job, now: number): string {
  const { failure } = job
  const suspended = job.suspendedAt !== undefined
  return node(
    "Job",
    leaf("JobId", job.id),
    leaf("ConfirmationRequired", job.mustBeConfirmed),
    leaf("Description", childText(job.request, "Description")),
    leaf("JobArn", job.arn),
    leaf("Status", job.status),
    shown(job, "Manifest", "Operation"),
    leaf("Priority", job.priority),
    progressXml(job, now),
    leaf("StatusUpdateReason", job.statusReason),
    failure === undefined
      ? ""
      : node(
          "FailureReasons",
          node("member", leaf("FailureCode", failure.code), leaf("FailureReason", failure.reason)),
        ),
    shown(job, "Report"),
    leaf("CreationTime", date(job.createdAt)),
    leaf("TerminationDate", date(job.endedAt)),
    leaf("RoleArn", job.roleArn),
    leaf("SuspendedDate", date(job.suspendedAt)),
    leaf("SuspendedCause", suspended ? SUSPENDED_CAUSE : undefined),
    shown(job, "ManifestGenerator"),
  )
}

/** The only cause there is: somebody must say that the job may run. */
export const SUSPENDED_CAUSE = "AwaitingConfirmation"

/** One entry of ListJobs. */
export const jobEntryXml = (job: Job, now: number): string =>
  node(
    "member",
    leaf("JobId", job.id),
    leaf("Description", childText(job.request, "Description")),
    leaf("Operation", job.operation),
    leaf("Priority", job.priority),
    leaf("Status", job.status),
    leaf("CreationTime", date(job.createdAt)),
    leaf("TerminationDate", date(job.endedAt)),
    progressXml(job, now),
  )
