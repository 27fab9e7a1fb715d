import type { AccountId, RegionName } from "../../kernel/brands.ts"
import type { Conditions, EncryptionContext } from "../core/world.ts"
import type { Checksum, ChecksumAlgorithm, ChecksumType } from "./checksums.ts"
import type { KeyIndex } from "./key-index.ts"
import type { PublicAccessBlock } from "./public-access.ts"
import type { XmlElement } from "./xml.ts"

export type Tags = ReadonlyArray<readonly [string, string]>
export type SseAlgorithm = "AES256" | "aws:kms" | "aws:kms:dsse"

export interface EncryptionRule {
  readonly algorithm: SseAlgorithm
  /** As given by the user; PutBucketEncryption does not check it. */
  readonly keyId?: string
  /** `SSE-C`, `NONE`: shown as given. Customer keys are refused in any case. */
  readonly blocked?: readonly string[]
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
  /** Whether `policy` is public in the sense of Block Public Access; found out when it was put. */
  publicPolicy?: boolean
  tags?: Tags
  publicAccessBlock?: PublicAccessBlock
  ownership?: string
  /** Present = Object Lock is on, for good. */
  objectLock?: ObjectLock
  /** Stored, not acted on; by id. */
  inventories?: Readonly<Record<string, XmlElement>>
  /** Stored, not acted on. */
  replication?: XmlElement
  readonly objects: KeyIndex<KeyEntry>
  readonly uploads: Map<string, Upload>
}

export type LockMode = "GOVERNANCE" | "COMPLIANCE"

interface ObjectLock {
  readonly byDefault?: { readonly mode: LockMode; readonly days?: number; readonly years?: number }
}

/** `until` = virtual epoch milliseconds. */
export interface Retention {
  readonly mode: LockMode
  readonly until: number
}

/** Absent = never set: AWS answers differently for "never" and for OFF or expired. */
export interface VersionLock {
  retention?: Retention
  legalHold?: "ON" | "OFF"
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

export interface ObjectVersion extends VersionLock {
  readonly kind: "object"
  /** `null` where versioning was off. */
  readonly id: string
  readonly modifiedAt: number
  readonly size: number
  /** Without quotes. */
  readonly etag: string
  readonly attributes: ObjectAttributes
  tags: Tags
  /** UpdateObjectEncryption gives it another envelope, never other segments. */
  body: SealedBody
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
  /** Object Lock as asked for at the start; the bucket's default counts from the completion. */
  readonly lock?: VersionLock
  /** What the first request told about encryption, ACL, class and lock: asked again for each part and the completion. */
  readonly facts?: Conditions
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
  /** Block Public Access of whole accounts. */
  readonly accountBlocks: Map<AccountId, PublicAccessBlock>
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
