import type { AccountId, BucketName } from "../kernel/brands.ts"

/** What a restore must know of a bucket beside its objects. A field left out could not be read: `unread` names the right. */
export interface BucketFacts {
  readonly versioning?: "enabled" | "suspended" | "never"
  readonly objectLock?: boolean
  readonly requesterPays?: boolean
  /** BucketOwnerEnforced: whoever writes, the bucket's owner owns the object. */
  readonly ownerEnforced?: boolean
  /** A lifecycle rule aborts uploads that nobody completes. */
  readonly abortsUploads?: boolean
  /** Of the default encryption. */
  readonly bucketKey?: boolean
  /** Actions such as `s3:GetBucketVersioning`. */
  readonly unread: readonly string[]
}

/** Looks at buckets as one identity in one Region. Implemented in src/aws. */
export interface BucketPort {
  /**
   * The bucket exists, in this Region, and belongs to `owner`; then what the identity may read of it.
   * @throws DrError E_AWS_NOT_FOUND, E_AWS_ACCESS_DENIED (77), E_AWS_WRONG_REGION
   */
  look(bucket: BucketName, owner: AccountId): Promise<BucketFacts>
}
