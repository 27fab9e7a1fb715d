import type { AccountId, RegionName } from "../../kernel/brands.ts"
import type { Tags } from "../s3/state.ts"
import type { XmlElement } from "../s3/xml.ts"

export const STATUSES = [
  "New",
  "Preparing",
  "Suspended",
  "Ready",
  "Active",
  "Completing",
  "Complete",
  "Cancelling",
  "Cancelled",
  "Failing",
  "Failed",
] as const
type JobStatus = (typeof STATUSES)[number]

/** One object of the manifest; the current version unless one is named. */
export interface Task {
  readonly bucket: string
  readonly key: string
  readonly versionId?: string
}

/** How a task ended. `code` is S3's error code, "" after a success. */
export interface TaskResult {
  readonly status: number
  readonly code: string
  readonly message: string
}

/** A batch job. Times are virtual epoch milliseconds. Plain JSON, so that a snapshot keeps it. */
export interface Job {
  readonly id: string
  readonly arn: string
  readonly account: AccountId
  readonly region: RegionName
  readonly createdAt: number
  readonly roleArn: string
  readonly operation: string
  readonly mustBeConfirmed: boolean
  /** ClientRequestToken, and a digest of what was asked with it. */
  readonly token: string
  readonly digest: string
  /** The `CreateJobRequest` as it came: the parts are read when they are needed and shown as they were given. */
  readonly request: XmlElement
  priority: number
  status: JobStatus
  tags: Tags
  tasks: readonly Task[]
  /** One for each task that was tried, in order. */
  results: TaskResult[]
  failed: number
  confirmed?: true
  activeSince?: number
  endedAt?: number
  suspendedAt?: number
  statusReason?: string
  failure?: { readonly code: string; readonly reason: string }
}

export const isOver = (job: Job): boolean =>
  job.status === "Complete" || job.status === "Failed" || job.status === "Cancelled"

/** It waits for people, not for the clock. */
export const isWaiting = (job: Job): boolean => isOver(job) || job.status === "Suspended"
