import { ServiceError, type SandboxResponse, type Service } from "../core/exchange.ts"
import type { World } from "../core/world.ts"
import type { S3Service } from "../s3/index.ts"
import { deleteAccountBlock, getAccountBlock, putAccountBlock } from "./account-public-access.ts"
import { errorResponse } from "./answers.ts"
import { listResourceTags, tagResource, untagResource } from "./bucket-tags.ts"
import { readCall, type ControlCall, type ControlParts, type RoleDirectory } from "./control-call.ts"
import { createJob } from "./create-job.ts"
import type { Job } from "./job.ts"
import { deleteJobTagging, getJobTagging, putJobTagging } from "./job-tagging.ts"
import { describeJob, listJobs, updateJobPriority, updateJobStatus } from "./jobs.ts"
import { operationOf, ROUTES } from "./routes.ts"
import { wake } from "./run-job.ts"

const HANDLERS: Readonly<Record<string, (control: ControlCall) => SandboxResponse>> = {
  CreateJob: createJob,
  ListJobs: listJobs,
  DescribeJob: describeJob,
  UpdateJobStatus: updateJobStatus,
  UpdateJobPriority: updateJobPriority,
  GetJobTagging: getJobTagging,
  PutJobTagging: putJobTagging,
  DeleteJobTagging: deleteJobTagging,
  ListTagsForResource: listResourceTags,
  TagResource: tagResource,
  UntagResource: untagResource,
  GetPublicAccessBlock: getAccountBlock,
  PutPublicAccessBlock: putAccountBlock,
  DeletePublicAccessBlock: deleteAccountBlock,
}

export interface S3ControlService extends Service {
  /** All jobs as JSON. */
  dump(): unknown
  /** Jobs that were under way go on. */
  load(dumped: unknown): void
}

export interface S3ControlOptions {
  readonly world: World
  readonly s3: S3Service
  readonly roles: RoleDirectory
  /** Virtual milliseconds between two steps of a job; 20 unless given. */
  readonly stepMs?: number
}

/** S3 Control of the embedded AWS: batch jobs, which really run, tags of buckets, Block Public Access of accounts. */
export function createS3Control({ world, s3, roles, stepMs = 20 }: S3ControlOptions): S3ControlService {
  const parts: ControlParts = { world, s3, roles, stepMs, jobs: new Map(), awake: new Set() }
  return {
    name: "s3control",
    operations: ROUTES.map(([operation]) => operation),
    operationOf,
    handle(call, operation) {
      const handler = HANDLERS[operation]
      if (handler === undefined) throw new ServiceError("NotImplemented", `no handler for ${operation}`, 501)
      return handler(readCall(parts, call))
    },
    errorResponse,
    dump: () => [...parts.jobs.values()],
    load(dumped) {
      parts.jobs.clear()
      parts.awake.clear()
      for (const job of dumped as Job[]) {
        parts.jobs.set(job.id, job)
        wake(parts, job)
      }
    },
  }
}
