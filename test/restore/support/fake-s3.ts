import { createHash } from "node:crypto"
import type { AccountId, BucketName, RegionName } from "../../../src/kernel/brands.ts"
import { compareKeys } from "../../../src/kernel/byte-order.ts"
import type { Checksum, ObjectLock } from "../../../src/restore/data-plane.ts"

export interface FakeVersion {
  readonly key: string
  readonly versionId: string
  readonly deleteMarker: boolean
  bytes: Buffer
  etag: string
  modifiedAt: number
  encryption: string | undefined
  keyArn: string | undefined
  bucketKey: boolean
  storageClass: string
  headers: Readonly<Record<string, string>>
  metadata: ReadonlyMap<string, string>
  /** Entries that no header can carry; a single copy takes them along. */
  missingMetadata: number
  tags: Readonly<Record<string, string>>
  checksum: Checksum | undefined
  lock: ObjectLock | undefined
  websiteRedirect: string | undefined
  parts: number | undefined
  /** Glacier and the like: bytes cannot be read or copied. */
  archived: boolean
  /** SSE-C: nothing but its name and size is seen without the customer's key. */
  customerKey: boolean
}

export type FakeInit = Partial<Omit<FakeVersion, "key" | "versionId" | "deleteMarker" | "bytes">> & {
  readonly bytes?: Buffer | string
}

export interface FakeBucket {
  readonly name: BucketName
  readonly owner: AccountId
  readonly region: RegionName
  readonly versioned: boolean
  readonly requesterPays: boolean
  /** Oldest first. */
  readonly keys: Map<string, FakeVersion[]>
}

export interface FakeUpload {
  readonly bucket: BucketName
  readonly key: string
  readonly like: Omit<FakeVersion, "key" | "versionId" | "deleteMarker" | "bytes" | "etag" | "modifiedAt">
  readonly parts: Map<number, { readonly bytes: Buffer; readonly etag: string }>
}

/**
 * What S3 holds, in memory: buckets, versions, delete markers, open uploads. Time goes on by a second with every write, and
 * an ETag says nothing about the bytes, as under KMS.
 */
export class FakeS3 {
  readonly buckets = new Map<string, FakeBucket>()
  readonly uploads = new Map<string, FakeUpload>()
  /** Keys that are not usable, with AWS's name of the error. */
  readonly badKeys = new Map<string, string>()
  copyLimitBytes = 5 * 1024 ** 3
  now: number
  #serial = 0

  constructor(now = Date.UTC(2026, 10, 16, 2)) {
    this.now = now
  }

  createBucket(name: string, options: Partial<Omit<FakeBucket, "name" | "keys">> = {}): FakeBucket {
    const bucket: FakeBucket = {
      name: name as BucketName,
      owner: "111111111111" as AccountId,
      region: "eu-central-1" as RegionName,
      versioned: false,
      requesterPays: false,
      ...options,
      keys: new Map(),
    }
    this.buckets.set(name, bucket)
    return bucket
  }

  bucket(name: string): FakeBucket {
    const bucket = this.buckets.get(name)
    if (bucket === undefined) throw new Error(`the test has no bucket ${name}`)
    return bucket
  }

  /** Writes an object as an application would. */
  put(bucketName: string, key: string, init: FakeInit = {}): FakeVersion {
    const bytes = typeof init.bytes === "string" ? Buffer.from(init.bytes) : (init.bytes ?? Buffer.from(key))
    return this.store(bucketName, {
      ...plainVersion,
      checksum: checksumOf(bytes),
      ...init,
      key,
      bytes,
      versionId: this.serial("v"),
      deleteMarker: false,
      etag: init.etag ?? this.newEtag(),
      modifiedAt: init.modifiedAt ?? this.tick(),
    })
  }

  putMarker(bucketName: string, key: string): FakeVersion {
    return this.store(bucketName, {
      ...plainVersion,
      key,
      bytes: Buffer.alloc(0),
      etag: "",
      versionId: this.serial("m"),
      deleteMarker: true,
      modifiedAt: this.tick(),
    })
  }

  store(bucketName: string, version: FakeVersion): FakeVersion {
    const bucket = this.bucket(bucketName)
    const stored = bucket.versioned ? version : { ...version, versionId: "null" }
    const before = bucket.versioned ? (bucket.keys.get(version.key) ?? []) : []
    bucket.keys.set(version.key, [...before, stored])
    return stored
  }

  /** Takes one version away for good, or the whole key. */
  remove(bucketName: string, key: string, versionId?: string): void {
    const bucket = this.bucket(bucketName)
    const left = (bucket.keys.get(key) ?? []).filter(
      (version) => versionId !== undefined && version.versionId !== versionId,
    )
    if (left.length === 0) bucket.keys.delete(key)
    else bucket.keys.set(key, left)
  }

  /** Oldest first. */
  versions(bucketName: string, key: string): readonly FakeVersion[] {
    return this.bucket(bucketName).keys.get(key) ?? []
  }

  /** What a reader gets; undefined where nothing or a delete marker stands on top. */
  current(bucketName: string, key: string): FakeVersion | undefined {
    const top = this.versions(bucketName, key).at(-1)
    return top?.deleteMarker === true ? undefined : top
  }

  /** In byte order. */
  keys(bucketName: string): string[] {
    return [...this.bucket(bucketName).keys.keys()].toSorted(compareKeys)
  }

  newEtag(parts?: number): string {
    const digest = createHash("md5").update(this.serial("etag")).digest("hex")
    return `"${digest}${parts === undefined ? "" : `-${parts}`}"`
  }

  serial(kind: string): string {
    return `${kind}${++this.#serial}`
  }

  tick(): number {
    this.now += 1000
    return this.now
  }
}

const plainVersion = {
  encryption: "aws:kms",
  keyArn: "arn:aws:kms:eu-central-1:111111111111:key/11111111-1111-4111-8111-111111111111",
  bucketKey: false,
  storageClass: "STANDARD",
  headers: { "content-type": "binary/octet-stream" },
  metadata: new Map<string, string>(),
  missingMetadata: 0,
  tags: {},
  checksum: undefined,
  lock: undefined,
  websiteRedirect: undefined,
  parts: undefined,
  archived: false,
  customerKey: false,
} as const

/** Not the real CRC: the same bytes give the same value, others another, and that is all that matters here. */
export function checksumOf(bytes: Buffer): Checksum {
  const value = createHash("sha1").update(bytes).digest().subarray(0, 8).toString("base64")
  return { algorithm: "CRC64NVME", type: "FULL_OBJECT", value }
}
