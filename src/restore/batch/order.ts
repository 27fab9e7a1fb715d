import type { AccountId, BucketName, RoleArn } from "../../kernel/brands.ts"
import type { RestorePart } from "../plan/restore-plan.ts"

/** What is asked of S3 Batch Operations: one part of a plan. */
export interface BatchOrder {
  /** Hash of the whole plan: its jobs are found again by it. */
  readonly plan: string
  readonly part: RestorePart
  /** Where manifests and reports lie; in the account and Region of the jobs. */
  readonly desk: { readonly bucket: BucketName; readonly prefix: string; readonly owner: AccountId }
  readonly roleArn: RoleArn
  readonly priority: number
}
