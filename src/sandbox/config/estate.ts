/** What Config may see of the other services, passed in as plain functions. */
export interface RecordedEstate {
  keys(account: string, region: string): readonly RecordedKey[]
  buckets(account: string, region: string): readonly RecordedBucket[]
}

export interface RecordedKey {
  readonly id: string
  readonly arn: string
  readonly manager: "CUSTOMER" | "AWS"
  readonly pendingDeletion: boolean
  /** Undefined = KMS cannot rotate a key of this kind by itself. */
  readonly rotates: boolean | undefined
}

export interface RecordedBucket {
  readonly name: string
  /** `AES256`, `aws:kms` or `aws:kms:dsse`: what a plain put is encrypted with. */
  readonly algorithm: string
  /** As the bucket's rule names it. */
  readonly keyId?: string
}
