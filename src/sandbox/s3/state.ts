import type { AccountId, RegionName } from "../../kernel/brands.ts"
import type { EncryptionContext } from "../core/world.ts"
import type { Checksum, ChecksumAlgorithm, ChecksumType } from "./checksums.ts"
import type { KeyIndex } from "./key-index.ts"

export type Tags = ReadonlyArray<readonly [string, string]>
export type SseAlgorithm = "AES256" | "aws:kms" | "aws:kms:dsse"

export interface EncryptionRule {
  readonly algorithm: SseAlgorithm
  /** As given by the user; PutBucketEncryption does not check it. */
  readonly keyId?: string
  readonly bucketKey: boolean
}

export interface Bucket {
  readonly name: string
  readonly account: AccountId
  readonly region: RegionName
  readonly createdAt: number
  versioning: "never" | "Enabled" | "Suspended"
  encryption?: EncryptionRule
  policy?: string
  tags?: Tags
  publicAccessBlock?: Readonly<Record<string, boolean>>
  ownership?: string
  readonly objects: KeyIndex<KeyEntry>
  readonly uploads: Map<string, Upload>
}

export interface KeyEntry {
  readonly key: string
  /** Newest first; never empty. */
  readonly versions: Version[]
}

export type Version = ObjectVersion | DeleteMarker

interface DeleteMarker {
  readonly kind: "marker"
  readonly id: string
  readonly modifiedAt: number
}

export interface ObjectVersion {
  readonly kind: "object"
  /** `null` where versioning was off. */
  readonly id: string
  readonly modifiedAt: number
  readonly size: number
  /** Without quotes. */
  readonly etag: string
  readonly attributes: ObjectAttributes
  tags: Tags
  readonly body: SealedBody
  readonly checksum?: Checksum
  /** Of a multipart object. */
  readonly parts?: readonly PartSummary[]
}

interface PartSummary {
  readonly number: number
  readonly size: number
  readonly checksum?: string
}

/** What a put says about an object besides its bytes. Header names in lower case. */
export interface ObjectAttributes {
  /** Content-Type, Cache-Control, … */
  readonly headers: Readonly<Record<string, string>>
  /** Names without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>
  readonly storageClass: string
  readonly redirect?: string
}

/** How a body is encrypted: one data key per object. */
export interface Envelope {
  readonly algorithm: SseAlgorithm
  /** Full ARN; absent under S3's own key. */
  readonly keyArn?: string
  readonly bucketKey: boolean
  readonly context: EncryptionContext
  readonly wrapped: Buffer
}

/** Each segment is iv (12), ciphertext, tag (16); multipart objects have one per part. */
export interface SealedBody {
  readonly envelope: Envelope
  readonly segments: readonly Buffer[]
}

export interface Upload {
  readonly id: string
  readonly key: string
  readonly startedAt: number
  /** The key's newest version when the upload began, to tell a race from a failed condition. */
  readonly versionAtStart: string
  readonly attributes: ObjectAttributes
  readonly tags: Tags
  readonly envelope: Envelope
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType }
  readonly parts: Map<number, Part>
  readonly initiator: string
}

export interface Part {
  readonly number: number
  readonly size: number
  readonly etag: string
  readonly md5: string
  readonly modifiedAt: number
  readonly segment: Buffer
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string }
}

export interface S3State {
  readonly buckets: Map<string, Bucket>
  /** S3's own key for AES256. */
  masterKey: Buffer
}

/** Identifies the newest write of a key, also after its deletion. */
export function newestVersionMark(bucket: Bucket, key: string): string {
  const newest = bucket.objects.get(key)?.versions[0]
  if (newest === undefined) return ""
  return newest.kind === "marker"
    ? `${newest.id}/marker`
    : `${newest.id}/${newest.body.segments[0]?.toString("base64", 0, 12)}`
}

export function currentObject(bucket: Bucket, key: string): ObjectVersion | undefined {
  const newest = bucket.objects.get(key)?.versions[0]
  return newest?.kind === "object" ? newest : undefined
}
