import type { AccountId, BucketName, KeyArn } from "../kernel/brands.ts"
import type { AwsCallFacts } from "../kernel/errors.ts"
import type { ListedObject } from "./objects.ts"

/**
 * The calls that run once per object or page, as one identity in one Region. Implemented in src/aws over an own signer and
 * transport. Nothing here retries and nothing throws for an answer of AWS: the engine decides what an outcome means. Each
 * call has a deadline of its own; a call that was sent is never cut off by Ctrl-C (decision 5).
 */
export interface DataPlane {
  /** Rejects with DrError E_LISTING_INVALID for a page that cannot be trusted: that is never one to ask again. */
  listPage(request: ListRequest): Promise<Outcome<ListedPage>>
  listVersionsPage(request: ListRequest & { readonly afterVersion?: string }): Promise<Outcome<ListedPage>>
  head(ref: VersionRef): Promise<Outcome<ObjectHead>>
  copy(request: CopyRequest): Promise<Outcome<Written>>
  /** UpdateObjectEncryption. Its answer says nothing about the key: only a HEAD does. */
  rekey(request: RekeyRequest): Promise<Outcome<null>>
  createUpload(request: CreateUploadRequest): Promise<Outcome<{ readonly uploadId: string }>>
  copyPart(request: CopyPartRequest): Promise<Outcome<CopiedPart>>
  completeUpload(request: CompleteUploadRequest): Promise<Outcome<Written>>
  abortUpload(ref: ObjectRef, uploadId: string): Promise<Outcome<null>>
  tags(ref: VersionRef): Promise<Outcome<Readonly<Record<string, string>>>>
  /** Puts a delete marker on top; with `ifMatch` only over that version. */
  putMarker(ref: ObjectRef, ifMatch: string | undefined): Promise<Outcome<{ readonly versionId: string }>>
  /** Streams the bytes and hashes them, lower-case hex. */
  hash(ref: VersionRef): Promise<Outcome<{ readonly sha256: string; readonly sizeBytes: number }>>
  close(): Promise<void>
}

export interface ObjectRef {
  readonly bucket: BucketName
  readonly key: string
  readonly owner: AccountId
  readonly requestPayer?: true
}

export interface VersionRef extends ObjectRef {
  readonly versionId?: string
}

export interface ListRequest {
  readonly bucket: BucketName
  readonly owner: AccountId
  readonly prefix: string
  /** Exclusive; left out = from the prefix's beginning. */
  readonly after?: string
  /** Left out = 1,000, the most that S3 gives. */
  readonly limit?: number
  readonly requestPayer?: true
}

export interface ListedPage {
  /** In byte order of keys; versions of one key newest first. */
  readonly objects: readonly ListedObject[]
  /** False: nothing under the prefix comes behind this page. */
  readonly truncated: boolean
}

export interface CopyRequest {
  readonly source: VersionRef
  /** x-amz-copy-source-if-match */
  readonly sourceEtag: string
  readonly destination: ObjectRef
  /** `absent`: If-None-Match *; else If-Match with this ETag. There is no way to copy without one of them. */
  readonly expect: "absent" | { readonly etag: string }
  readonly keyArn: KeyArn
  readonly bucketKey: boolean
  readonly storageClass: string
  /** S3 copies before it answers, so the deadline grows with it; left out = as for the largest. */
  readonly sizeBytes?: number
  readonly lock?: ObjectLock
}

export interface RekeyRequest {
  readonly object: VersionRef
  readonly keyArn: KeyArn
  /** Always sent: its default drops the bucket key. */
  readonly bucketKey: boolean
}

export interface CreateUploadRequest {
  readonly destination: ObjectRef
  readonly keyArn: KeyArn
  readonly bucketKey: boolean
  readonly storageClass: string
  /** Headers and metadata of the source, as HEAD gave them: multipart carries nothing over by itself. */
  readonly like: ObjectHead
  readonly tags: Readonly<Record<string, string>>
  readonly lock?: ObjectLock
}

export interface CopyPartRequest {
  readonly source: VersionRef
  readonly sourceEtag: string
  readonly destination: ObjectRef
  readonly uploadId: string
  /** From 1. */
  readonly part: number
  readonly fromByte: number
  /** Inclusive. */
  readonly toByte: number
}

export interface CopiedPart {
  readonly etag: string
  readonly checksum?: Checksum
}

export interface CompleteUploadRequest {
  readonly destination: ObjectRef
  readonly uploadId: string
  /** In order, without a gap. */
  readonly parts: readonly CopiedPart[]
  readonly sizeBytes: number
  readonly expect: "absent" | { readonly etag: string }
  readonly keyArn: KeyArn
}

export interface ObjectLock {
  readonly mode?: "GOVERNANCE" | "COMPLIANCE"
  /** ISO 8601. */
  readonly until?: string
  readonly legalHold?: boolean
}

export interface Checksum {
  /** `CRC64NVME`, `SHA256`, … */
  readonly algorithm: string
  /** Base64; of a composite one with its `-N`. */
  readonly value: string
  readonly type: "FULL_OBJECT" | "COMPOSITE"
}

/** A write whose answer was complete and named exactly the planned key. */
export interface Written {
  readonly etag: string
  readonly versionId?: string
  readonly checksum?: Checksum
  /** AWS's own name of the call: what CloudTrail has, too. */
  readonly requestId?: string
}

/** What HEAD tells; header names are S3's own, in lower case. */
export interface ObjectHead {
  readonly etag: string
  readonly sizeBytes: number
  readonly modifiedAt: number
  readonly versionId?: string
  /** `aws:kms`, `AES256`, `aws:kms:dsse`; undefined = none. */
  readonly encryption?: string
  readonly keyArn?: string
  readonly bucketKey: boolean
  readonly storageClass: string
  /** content-type, cache-control, content-disposition, content-encoding, content-language, expires. */
  readonly headers: Readonly<Record<string, string>>
  /** User metadata as it came over the wire, without `x-amz-meta-`. */
  readonly metadata: ReadonlyMap<string, string>
  /** User metadata that no header can carry, and that no HEAD tells therefore (`x-amz-missing-meta`); left out = none. */
  readonly missingMetadata?: number
  readonly checksum?: Checksum
  readonly tagCount: number
  readonly lock?: ObjectLock
  readonly websiteRedirect?: string
  readonly parts?: number
  /** Archived and not (or no longer) thawed. */
  readonly archived: boolean
}

/** What became of one call. */
export type Outcome<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "error"; readonly error: CallError }

export interface CallError {
  readonly class: CallErrorClass
  /** AWS's name of the error, or the transport's: `SlowDown`, `ECONNRESET`, `E_ANSWER`. */
  readonly code: string
  readonly message: string
  readonly facts: AwsCallFacts
  /**
   * True when the call may have been carried out all the same: an answer that was cut, broken, or never came. The engine
   * reads back before it sends again.
   */
  readonly ambiguous: boolean
}

export type CallErrorClass =
  | "throttled" // by S3
  | "kms-throttled" // by KMS, also as an S3 503 that names it
  | "transient" // 500, 502, 504, resets, timeouts
  | "broken" // HTTP 200 with an error or nonsense inside
  | "expired-token" // the credentials were dropped: the next call has new ones
  | "precondition" // 412
  | "conflict" // 409
  | "not-found"
  | "access-denied" // stops the run when it goes on
  | "key-state" // disabled, pending deletion or import: stops the run when it goes on
  | "credentials" // stops the run
  | "wrong-region" // stops the run
  | "not-implemented"
  | "refused" // this request and no other: InvalidRequest, InvalidObjectState, EntityTooLarge …
