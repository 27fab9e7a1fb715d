import type { AccountId, BucketName, KeyArn, RegionName } from "../kernel/brands.ts"

/** Where objects lie: a bucket, a prefix in it (may be empty), who owns it. */
export interface Place {
  readonly bucket: BucketName
  readonly prefix: string
  /** Sent as expected owner on every call: a bucket of that name in other hands is refused. */
  readonly owner: AccountId
  readonly region: RegionName
  /** The bucket lets its readers pay: said on every call, or S3 refuses. */
  readonly requestPayer?: true
}

/** One object, version or delete marker as a listing tells it. */
export interface ListedObject {
  readonly key: string
  readonly sizeBytes: number
  /** Epoch milliseconds. */
  readonly modifiedAt: number
  /** With its quotes. Empty for a delete marker. */
  readonly etag: string
  readonly storageClass: string
  /** Present in listings of versions; `null` where the bucket keeps none. */
  readonly versionId?: string
  /** A delete marker has no bytes and is copied as one. */
  readonly deleteMarker?: true
  /** Of several versions under one key: this one is what a reader gets. */
  readonly current?: true
  /** The ETag that stands at the destination and may be replaced (sync); left out = nothing may stand there. */
  readonly replaces?: string
}

/** Which versions a restore takes. */
export type VersionMode =
  | { readonly kind: "current" }
  /** What a reader got at that moment; epoch milliseconds. */
  | { readonly kind: "as-of"; readonly at: number }
  /** All, oldest first, delete markers in their place. */
  | { readonly kind: "all" }

/** How one object gets under the new key, or why it cannot. */
export type Route =
  | { readonly kind: "rekey" }
  | { readonly kind: "copy" }
  /** Above `COPY_LIMIT_BYTES`. */
  | { readonly kind: "multipart"; readonly partBytes: number }
  /** A delete marker, in mode `all`. */
  | { readonly kind: "marker" }
  | { readonly kind: "cannot"; readonly why: Refusal }

/** Closed: every object that is not carried over has one of these names, in the plan and in the report. */
export type Refusal =
  | "NEEDS_THAW" // archived: a copy must wait for a restore of 3–12 h
  | "NEEDS_CUSTOMER_KEY" // SSE-C
  | "UNENCRYPTED"
  | "DOUBLE_ENCRYPTED" // DSSE
  | "AWS_MANAGED_KEY" // aws/s3 across accounts
  | "LOCKED" // compliance mode, or a lock that may not be lifted
  | "KEY_TOO_LONG" // over 1,024 bytes behind the new prefix
  | "UNSUPPORTED_METADATA"
  | "SOURCE_CHANGED" // between plan and copy, twice
  | "SOURCE_GONE"
  | "DESTINATION_EXISTS" // and is not what this run would have made

/** A page of the frozen manifest, and the unit of checkpoints. */
export interface ManifestPage {
  /** 0, 1, 2 … in the order in which pages were listed. */
  readonly page: number
  /** The key range that it belongs to; pages of one range follow each other in byte order. */
  readonly range: number
  readonly objects: readonly ListedObject[]
}

/** What a run aims at, the same for all its objects. */
export interface Aim {
  readonly source: Place
  /** The source itself when objects are re-keyed in place. */
  readonly destination: Place
  readonly keyArn: KeyArn
  readonly bucketKey: boolean
  /** `keep` = each object's own. */
  readonly storageClass: string
  /** `keep` = the copy is locked as its source is, which costs a HEAD per object; left out = copies have no lock. */
  readonly lock?: "keep"
}

/** CopyObject takes no more in one call [S3 API, CopyObject]. */
export const COPY_LIMIT_BYTES = 5 * 1024 ** 3

/** The key at the destination; the order of keys stays the same. */
export function destinationKey(aim: Pick<Aim, "source" | "destination">, key: string): string {
  return aim.destination.prefix + key.slice(aim.source.prefix.length)
}
