import type { KeysAws, Session } from "../keys/ports.ts"
import type { AccountId, BucketName, RegionName } from "../kernel/brands.ts"
import type { DataPlane } from "../restore/data-plane.ts"

/** AWS as a drill needs it. Implemented in src/aws; every call emits one `aws.called` event with its request id. */
export interface AwsPorts extends Omit<KeysAws, "keyAdmin" | "detached"> {
  s3(session: Session, region: RegionName): S3Port
  /** The calls that run once per object, over a transport of their own. The caller closes it. */
  dataPlane(session: Session, region: RegionName, options?: { readonly maxInFlight?: number }): Promise<DataPlane>
  /** The same AWS and sessions, but deaf to the run's signal for two minutes: for clean-up after Ctrl-C. */
  detached(): AwsPorts
}

export interface ListedObject {
  readonly key: string
  readonly sizeBytes: number
  /** Epoch milliseconds. */
  readonly modifiedAt: number
  readonly storageClass: string
}

/** `versionId` is `null` where the bucket keeps none. */
interface ListedVersion extends Omit<ListedObject, "sizeBytes"> {
  readonly versionId: string
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

export interface S3Port {
  /** All current objects, validated page by page (name, count, byte order, token). Lazily: pages are not kept. */
  list(bucket: BucketName, prefix: string, owner: AccountId): AsyncIterable<ListedObject>
  /** Every version under the prefix, noncurrent ones too; delete markers are left out. Lazily: pages are not kept. */
  versions(bucket: BucketName, prefix: string, owner: AccountId): AsyncIterable<ListedVersion>
  head(ref: ObjectRef): Promise<ObjectFacts>
  /** Reads the first byte and forgets it: proves that the object and its key can be read. An empty object reads too. */
  peek(ref: ObjectRef): Promise<void>
  /** Would S3 take an object there? Asked with a condition that cannot hold, so that nothing is ever written. @throws DrError E_AWS_ACCESS_DENIED */
  mayPut(ref: ObjectRef): Promise<void>
  tags(ref: ObjectRef): Promise<Readonly<Record<string, string>>>
  /** Streams the object and hashes it; the bytes are not kept. */
  hash(ref: ObjectRef): Promise<{ sha256: string; sizeBytes: number; keyArn?: string }>
  /** Deletes every version and delete marker under the prefix and aborts open uploads; returns how many. */
  purge(bucket: BucketName, prefix: string, owner: AccountId): Promise<number>
  /** Versions, delete markers and open uploads under the prefix. */
  countAll(bucket: BucketName, prefix: string, owner: AccountId): Promise<number>
}
