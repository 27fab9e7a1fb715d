import type { CreateJobCommandInput, JobDescriptor, S3ControlClient } from "@aws-sdk/client-s3-control"
import { bucketArn, objectArn, partitionOf } from "../access/arn.ts"
import type { RegionName } from "../kernel/brands.ts"
import { DrError } from "../kernel/errors.ts"
import type { BatchJob, BatchJobRequest, BatchJobs, BatchStatus } from "../restore/batch/ports.ts"
import { callAws, type CallDeps } from "./call.ts"
import type { AwsSession } from "./sessions.ts"

type Answer = { $metadata: { httpStatusCode?: number; requestId?: string } }

/** S3 Batch Operations through the SDK. The client and its package are loaded with the first call. */
export function batchJobs(
  deps: CallDeps,
  client: () => Promise<S3ControlClient>,
  session: AwsSession,
  region: RegionName,
): BatchJobs {
  const { account: AccountId } = session
  const call = <T extends Answer>(operation: string, subject: string, send: (abort: AbortSignal) => Promise<T>) =>
    callAws(deps, { service: "s3control", operation, account: AccountId, region }, send, {
      subject,
      refresh: session.invalidate,
    })
  const sdk = () => import("@aws-sdk/client-s3-control")
  const ask = async (jobId: string, status: "Ready" | "Cancelled"): Promise<void> => {
    const { UpdateJobStatusCommand } = await sdk()
    const s3control = await client()
    await call("UpdateJobStatus", `job ${jobId}`, (abortSignal) =>
      s3control.send(new UpdateJobStatusCommand({ AccountId, JobId: jobId, RequestedJobStatus: status }), {
        abortSignal,
      }),
    )
  }
  return {
    async create(request) {
      const { CreateJobCommand } = await sdk()
      const s3control = await client()
      const input = { AccountId, ...createInput(request, partitionOf(region)) }
      const { JobId } = await call("CreateJob", request.description, (abortSignal) =>
        s3control.send(new CreateJobCommand(input), { abortSignal }),
      )
      if (JobId === undefined || JobId === "") throw incomplete("CreateJob")
      return JobId
    },
    async describe(jobId) {
      const { DescribeJobCommand } = await sdk()
      const s3control = await client()
      const { Job } = await call("DescribeJob", `job ${jobId}`, (abortSignal) =>
        s3control.send(new DescribeJobCommand({ AccountId, JobId: jobId }), { abortSignal }),
      )
      if (Job?.Status === undefined || Job.JobId !== jobId) throw incomplete("DescribeJob")
      return jobOf(Job, jobId, Job.Status)
    },
    confirm: (jobId) => ask(jobId, "Ready"),
    cancel: (jobId) => ask(jobId, "Cancelled"),
  }
}

/** The same request gives the same input, or its token would be refused the second time. */
function createInput(request: BatchJobRequest, partition: string): Omit<CreateJobCommandInput, "AccountId"> {
  const { manifest, report } = request
  return {
    ClientRequestToken: request.token,
    ConfirmationRequired: true,
    Description: request.description,
    Priority: request.priority,
    RoleArn: request.roleArn,
    Operation: operationInput(request.operation, partition),
    Manifest: {
      Spec: {
        Format: "S3BatchOperations_CSV_20180820",
        Fields: manifest.versions ? ["Bucket", "Key", "VersionId"] : ["Bucket", "Key"],
      },
      Location: {
        ObjectArn: objectArn(manifest.bucket, manifest.key, partition),
        ETag: manifest.etag,
        ...(manifest.versionId === undefined ? {} : { ObjectVersionId: manifest.versionId }),
      },
    },
    Report: {
      Enabled: true,
      Bucket: bucketArn(report.bucket, partition),
      Format: "Report_CSV_20180820",
      Prefix: report.prefix,
      ReportScope: "AllTasks",
      ExpectedBucketOwner: report.owner,
    },
  }
}

function operationInput(
  operation: BatchJobRequest["operation"],
  partition: string,
): NonNullable<CreateJobCommandInput["Operation"]> {
  const { keyArn, bucketKey } = operation
  if (operation.kind === "rekey")
    return {
      S3UpdateObjectEncryption: {
        ObjectEncryption: { SSEKMS: { KMSKeyArn: keyArn, BucketKeyEnabled: bucketKey } },
      },
    }
  return {
    S3PutObjectCopy: {
      TargetResource: bucketArn(operation.destination, partition),
      ...(operation.under === undefined ? {} : { TargetKeyPrefix: operation.under }),
      StorageClass: operation.storageClass as "STANDARD",
      SSEAwsKmsKeyId: keyArn,
      MetadataDirective: "COPY",
      BucketKeyEnabled: bucketKey,
    },
  }
}

function jobOf(
  { ProgressSummary, FailureReasons, StatusUpdateReason }: JobDescriptor,
  id: string,
  status: string,
): BatchJob {
  const reasons = (FailureReasons ?? []).map(({ FailureCode, FailureReason }) => `${FailureCode}: ${FailureReason}`)
  const total = ProgressSummary?.TotalNumberOfTasks
  return {
    id,
    status: status as BatchStatus,
    ...(total === undefined ? {} : { total }),
    succeeded: ProgressSummary?.NumberOfTasksSucceeded ?? 0,
    failed: ProgressSummary?.NumberOfTasksFailed ?? 0,
    reasons: StatusUpdateReason === undefined ? reasons : [...reasons, StatusUpdateReason],
  }
}

const incomplete = (operation: string): DrError =>
  new DrError({ code: "E_AWS_ANSWER", message: `s3control:${operation} answered without the expected fields` })
