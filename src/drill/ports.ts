import type { AccountReader } from "../keys/inventory-port.ts"
import type { AccountId, BucketName, KeyArn, RegionName, RoleArn } from "../kernel/brands.ts"

/** AWS as a drill needs it. Implemented in src/aws; every call emits one `aws.called` event with its request id. */
export interface AwsPorts {
  /** Who the process is before any role was assumed. @throws DrError E_CREDENTIALS (77) when there is no identity. */
  readonly base: Session
  /** Regional STS. The answer's account is the caller's to compare. @throws DrError E_ASSUME_ROLE (77) naming the role. */
  assumeRole(request: AssumeRoleRequest): Promise<Session>
  kms(session: Session, region: RegionName): KmsPort
  /** Reads policies as this session: keys, buckets and roles of its own account. */
  reader(session: Session): AccountReader
  s3(session: Session, region: RegionName): S3Port
  /** The same AWS and sessions, but deaf to the run's signal for two minutes: for clean-up after Ctrl-C. */
  detached(): AwsPorts
  /** Closes sockets. */
  close(): void
}

/** Credentials that refresh themselves, with the identity that GetCallerIdentity reported for them. */
export interface Session {
  readonly account: AccountId
  readonly principal: string
}

export interface AssumeRoleRequest {
  readonly from: Session
  readonly role: RoleArn
  readonly region: RegionName
  readonly sessionName: string
  readonly sourceIdentity?: string
  readonly externalId?: string
  readonly tags?: Readonly<Record<string, string>>
  /** JSON text, at most 2,048 characters. */
  readonly sessionPolicy?: string
}

export interface KeyFacts {
  readonly arn: KeyArn
  readonly account: AccountId
  readonly state: string
  readonly multiRegion: boolean
  /** PRIMARY or REPLICA; undefined for a single-Region key. */
  readonly multiRegionType?: string
  /** ARNs of the primary and every replica. */
  readonly related: readonly KeyArn[]
  readonly origin: string
}

export interface KmsPort {
  /** `keyRef`: id, ARN, alias of this account, or alias ARN. @throws DrError E_AWS_NOT_FOUND */
  describeKey(keyRef: string): Promise<KeyFacts>
  /** Undefined when the caller may not ask. */
  rotation(keyArn: KeyArn): Promise<{ enabled: boolean; periodDays?: number; nextAt?: string }>
  /** A data key wrapped under `keyArn`. The caller zeroes `plaintext`. */
  generateDataKey(keyArn: KeyArn, context: Context): Promise<{ plaintext: Uint8Array; wrapped: Uint8Array }>
  reEncrypt(
    wrapped: Uint8Array,
    from: KeyArn,
    to: KeyArn,
    context: Context,
  ): Promise<{ wrapped: Uint8Array; from: string; to: string }>
  /** Would AWS let the session do it? Nothing is done and no ciphertext is needed. @throws DrError E_AWS_ACCESS_DENIED */
  dryRun(wanted: DryRun): Promise<void>
  /** The caller zeroes the result. */
  decrypt(wrapped: Uint8Array, keyArn: KeyArn, context: Context): Promise<Uint8Array>
}

type Context = Readonly<Record<string, string>>

/** Without a ciphertext a key is asked about by its ARN alone. */
export type DryRun =
  | { readonly operation: "GenerateDataKey" | "Decrypt"; readonly keyArn: KeyArn; readonly context: Context }
  | { readonly operation: "ReEncrypt"; readonly from: KeyArn; readonly to: KeyArn; readonly context: Context }

export interface ListedObject {
  readonly key: string
  readonly sizeBytes: number
  /** Epoch milliseconds. */
  readonly modifiedAt: number
  readonly storageClass: string
}

export interface ObjectRef {
  readonly bucket: BucketName
  readonly key: string
  readonly versionId?: string
  /** Account that must own the bucket: sent on every call, so that a stolen bucket name is refused. */
  readonly owner: AccountId
}

/** What HEAD tells and a faithful copy keeps. */
export interface ObjectFacts {
  readonly etag: string
  readonly versionId?: string
  readonly sizeBytes: number
  readonly modifiedAt: number
  /** `aws:kms`, `AES256`, … */
  readonly encryption?: string
  readonly keyArn?: string
  readonly storageClass?: string
  readonly headers: ObjectHeaders
  readonly metadata: Readonly<Record<string, string>>
}

export type ObjectHeaders = Readonly<
  Partial<
    Record<
      "contentType" | "contentEncoding" | "contentLanguage" | "contentDisposition" | "cacheControl" | "expires",
      string
    >
  >
>

export interface CopyRequest {
  readonly source: ObjectRef
  /** The source must still have it (CopySourceIfMatch). */
  readonly sourceEtag: string
  readonly destination: ObjectRef
  /** Full ARN; the answer must name exactly this key. */
  readonly keyArn: KeyArn
}

export interface S3Port {
  /** All current objects, validated page by page (name, count, byte order, token). Lazily: pages are not kept. */
  list(bucket: BucketName, prefix: string, owner: AccountId): AsyncIterable<ListedObject>
  head(ref: ObjectRef): Promise<ObjectFacts>
  /** Reads the first byte and forgets it: proves that the object and its key can be read. An empty object reads too. */
  peek(ref: ObjectRef): Promise<void>
  /** Would S3 take an object there? Asked with a condition that cannot hold, so that nothing is ever written. @throws DrError E_AWS_ACCESS_DENIED */
  mayPut(ref: ObjectRef): Promise<void>
  tags(ref: ObjectRef): Promise<Readonly<Record<string, string>>>
  /** Streams the object and hashes it; the bytes are not kept. */
  hash(ref: ObjectRef): Promise<{ sha256: string; sizeBytes: number; keyArn?: string }>
  /**
   * Server-side copy under `keyArn` with If-None-Match. Resolves only for a complete, validated answer.
   * @throws DrError E_COPY_INVALID for an error or nonsense inside HTTP 200, E_COPY_EXISTS, E_SOURCE_CHANGED.
   */
  copy(request: CopyRequest): Promise<{ etag: string; versionId?: string }>
  /** Deletes every version and delete marker under the prefix and aborts open uploads; returns how many. */
  purge(bucket: BucketName, prefix: string, owner: AccountId): Promise<number>
  /** Versions, delete markers and open uploads under the prefix. */
  countAll(bucket: BucketName, prefix: string, owner: AccountId): Promise<number>
}
