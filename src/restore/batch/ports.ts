import type { AccountId, BucketName, KeyArn, RoleArn } from "../../kernel/brands.ts"

/** S3 Batch Operations of one account and Region. Every call may be sent again. Errors are DrErrors of the call. */
export interface BatchJobs {
  /** The same token with the same content is the same job, also after a lost answer. Resolves to its id. */
  create(request: BatchJobRequest): Promise<string>
  /** @throws DrError E_AWS_NOT_FOUND: AWS forgets jobs 90 days after they ended */
  describe(jobId: string): Promise<BatchJob>
  /** Lets a job begin that waits for somebody to look at it. */
  confirm(jobId: string): Promise<void>
  cancel(jobId: string): Promise<void>
}

/** The bucket in which manifests are laid down and reports are found. */
export interface BatchDesk {
  /** Of any length. The ETag is what a job holds the manifest against. */
  put(key: string, chunks: AsyncIterable<Buffer>): Promise<{ readonly etag: string; readonly versionId?: string }>
  /** Undefined when there is no such object. */
  get(key: string): Promise<AsyncIterable<Buffer> | undefined>
}

export interface BatchJobRequest {
  /** 1 to 64 characters. */
  readonly token: string
  readonly description: string
  /** The higher runs first. */
  readonly priority: number
  /** In whose name the job acts; must trust Batch Operations. */
  readonly roleArn: RoleArn
  readonly operation: BatchOperation
  readonly manifest: BatchManifest
  readonly report: { readonly bucket: BucketName; readonly prefix: string; readonly owner: AccountId }
}

export type BatchOperation =
  | { readonly kind: "rekey"; readonly keyArn: KeyArn; readonly bucketKey: boolean }
  | {
      readonly kind: "copy"
      readonly destination: BucketName
      /** Without the slash that S3 puts behind it; left out = keys stay as they are. */
      readonly under?: string
      readonly keyArn: KeyArn
      readonly bucketKey: boolean
      readonly storageClass: string
    }

export interface BatchManifest {
  readonly bucket: BucketName
  readonly key: string
  readonly etag: string
  readonly versionId?: string
  readonly versions: boolean
}

export type BatchStatus =
  | "New"
  | "Preparing"
  | "Suspended"
  | "Ready"
  | "Active"
  | "Pausing"
  | "Paused"
  | "Completing"
  | "Complete"
  | "Cancelling"
  | "Cancelled"
  | "Failing"
  | "Failed"

export interface BatchJob {
  readonly id: string
  readonly status: BatchStatus
  /** Undefined while the manifest is being read. */
  readonly total?: number
  readonly succeeded: number
  readonly failed: number
  /** Why it failed, or what somebody said who cancelled it. */
  readonly reasons: readonly string[]
}

/** What is proven from outside after the jobs have ended; a job's own word counts for nothing. */
export interface BatchProofs {
  /** Lists the destination and joins it with what the jobs were given. */
  reconcile(): Promise<{ readonly matched: number; readonly missing: number; readonly different: number }>
  /** Reads a stratified sample back: bytes, key, headers. */
  readBack(): Promise<{ readonly good: number; readonly bad: number; readonly unknown: number }>
}
