import { createHash } from "node:crypto"
import { compareKeys } from "../../../src/kernel/byte-order.ts"
import type {
  CallErrorClass,
  CompleteUploadRequest,
  CopyPartRequest,
  CopyRequest,
  CreateUploadRequest,
  DataPlane,
  ListedPage,
  ListRequest,
  ObjectHead,
  ObjectRef,
  Outcome,
  RekeyRequest,
  VersionRef,
  Written,
} from "../../../src/restore/data-plane.ts"
import type { ListedObject } from "../../../src/restore/objects.ts"
import {
  callError,
  noFaults,
  type FakeCall,
  type FakeFault,
  type FakeOperation,
  type FaultScript,
} from "./fake-faults.ts"
import { checksumOf, type FakeBucket, type FakeS3, type FakeVersion } from "./fake-s3.ts"

/** Thrown inside the fake and turned into an outcome at its edge. */
class Refused extends Error {
  readonly fault: FakeFault

  constructor(fault: FakeFault) {
    super(fault.message)
    this.fault = fault
  }
}

const refuse = (cls: CallErrorClass, code?: string, message?: string): never => {
  throw new Refused({
    class: cls,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
  })
}

/**
 * S3 as the engine sees it, in memory. Behaves by its own spec (fake-data-plane.test.ts). Every call is first put to the
 * fault script, then carried out in one step: what the state is between two calls is what a reader would see.
 */
export class FakeDataPlane implements DataPlane {
  readonly calls: FakeCall[] = []
  readonly s3: FakeS3
  faults: FaultScript
  /** Runs before each call is carried out: another writer between two calls. */
  before: (call: FakeCall) => void = () => {}
  closed = false

  constructor(s3: FakeS3, faults: FaultScript = noFaults) {
    this.s3 = s3
    this.faults = faults
  }

  countOf(operation: FakeOperation): number {
    return this.calls.filter((call) => call.operation === operation).length
  }

  listPage(request: ListRequest): Promise<Outcome<ListedPage>> {
    return this.#call("ListObjectsV2", { ...request, key: request.prefix }, request, (bucket) => {
      const shown = this.s3
        .keys(bucket.name)
        .filter((key) => key.startsWith(request.prefix) && isAfter(key, request.after))
        .flatMap((key) => this.s3.current(bucket.name, key) ?? [])
      return pageOf(
        shown.map((version) => listed(version)),
        request.limit,
      )
    })
  }

  listVersionsPage(request: ListRequest & { readonly afterVersion?: string }): Promise<Outcome<ListedPage>> {
    return this.#call("ListObjectVersions", { ...request, key: request.prefix }, request, (bucket) => {
      const keys = this.s3.keys(bucket.name).filter((key) => key.startsWith(request.prefix))
      const shown = keys.flatMap((key) => this.#newestFirst(bucket, key, request))
      return pageOf(shown, request.limit)
    })
  }

  #newestFirst(bucket: FakeBucket, key: string, from: { after?: string; afterVersion?: string }): ListedObject[] {
    const all = this.s3.versions(bucket.name, key).toReversed()
    const seen = all.map((version, index): ListedObject => ({
      ...listed(version),
      versionId: version.versionId,
      ...(version.deleteMarker ? { deleteMarker: true as const } : {}),
      ...(index === 0 ? { current: true as const } : {}),
    }))
    if (key !== from.after || from.afterVersion === undefined) return isAfter(key, from.after) ? seen : []
    return seen.slice(seen.findIndex((version) => version.versionId === from.afterVersion) + 1)
  }

  head(ref: VersionRef): Promise<Outcome<ObjectHead>> {
    return this.#call("HeadObject", ref, ref, (bucket) => {
      const version = this.#find(bucket, ref)
      // As the data plane tells it: a HEAD has no body, and a dead session looks the same.
      if (version.customerKey) refuse("expired-token", "HTTP 400", "HTTP 400 without a reason")
      return headOf(version, bucket)
    })
  }

  copy(request: CopyRequest): Promise<Outcome<Written>> {
    return this.#call("CopyObject", request.destination, request, (bucket) => {
      const source = this.#source(request.source, request.sourceEtag)
      if (source.bytes.length > this.s3.copyLimitBytes)
        refuse("refused", "InvalidRequest", "the copy source is too large")
      this.#usable(request.keyArn)
      this.#expect(bucket, request.destination.key, request.expect)
      return written(
        this.s3.store(bucket.name, {
          ...source,
          key: request.destination.key,
          versionId: this.s3.serial("v"),
          etag: this.s3.newEtag(),
          modifiedAt: this.s3.tick(),
          encryption: "aws:kms",
          keyArn: request.keyArn,
          bucketKey: request.bucketKey,
          storageClass: request.storageClass,
          archived: isArchive(request.storageClass),
          lock: request.lock,
          checksum: checksumOf(source.bytes),
          parts: undefined,
          websiteRedirect: undefined,
        }),
        bucket,
      )
    })
  }

  rekey(request: RekeyRequest): Promise<Outcome<null>> {
    return this.#call("UpdateObjectEncryption", request.object, request, (bucket) => {
      const version = this.#find(bucket, request.object)
      if (version.customerKey || version.encryption === undefined || version.encryption === "aws:kms:dsse")
        refuse("refused", "InvalidRequest", "the encryption type of the source object is not supported")
      if (version.lock?.mode !== undefined || version.lock?.legalHold === true) refuse("access-denied", "AccessDenied")
      this.#usable(version.keyArn)
      this.#usable(request.keyArn)
      version.encryption = "aws:kms"
      version.keyArn = request.keyArn
      version.bucketKey = request.bucketKey
      return null
    })
  }

  createUpload(request: CreateUploadRequest): Promise<Outcome<{ readonly uploadId: string }>> {
    return this.#call("CreateMultipartUpload", request.destination, request, (bucket) => {
      this.#usable(request.keyArn)
      const uploadId = this.s3.serial("upload")
      this.s3.uploads.set(uploadId, {
        bucket: bucket.name,
        key: request.destination.key,
        like: {
          encryption: "aws:kms",
          keyArn: request.keyArn,
          bucketKey: request.bucketKey,
          storageClass: request.storageClass,
          archived: isArchive(request.storageClass),
          headers: request.like.headers,
          metadata: request.like.metadata,
          missingMetadata: 0,
          tags: request.tags,
          lock: request.lock,
          checksum: undefined,
          websiteRedirect: undefined,
          parts: undefined,
          customerKey: false,
        },
        parts: new Map(),
      })
      return { uploadId }
    })
  }

  copyPart(request: CopyPartRequest): Promise<Outcome<{ readonly etag: string }>> {
    return this.#call("UploadPartCopy", request.destination, request, () => {
      const upload = this.s3.uploads.get(request.uploadId) ?? refuse("not-found", "NoSuchUpload")
      const source = this.#source(request.source, request.sourceEtag)
      this.#usable(upload.like.keyArn)
      if (request.toByte >= source.bytes.length) refuse("refused", "InvalidArgument", "the range is beyond the object")
      const etag = this.s3.newEtag()
      upload.parts.set(request.part, { bytes: source.bytes.subarray(request.fromByte, request.toByte + 1), etag })
      return { etag }
    })
  }

  completeUpload(request: CompleteUploadRequest): Promise<Outcome<Written>> {
    return this.#call("CompleteMultipartUpload", request.destination, request, (bucket) => {
      const upload = this.s3.uploads.get(request.uploadId) ?? refuse("not-found", "NoSuchUpload")
      const parts = request.parts.map((part, index) => {
        const have = upload.parts.get(index + 1)
        return have?.etag === part.etag ? have.bytes : refuse("refused", "InvalidPart")
      })
      const bytes = Buffer.concat(parts)
      if (bytes.length !== request.sizeBytes) refuse("refused", "InvalidRequest", "the object size does not match")
      this.#expect(bucket, upload.key, request.expect)
      this.s3.uploads.delete(request.uploadId)
      return written(
        this.s3.store(bucket.name, {
          ...upload.like,
          key: upload.key,
          versionId: this.s3.serial("v"),
          deleteMarker: false,
          bytes,
          etag: this.s3.newEtag(parts.length),
          modifiedAt: this.s3.tick(),
          checksum: checksumOf(bytes),
          parts: parts.length,
        }),
        bucket,
      )
    })
  }

  abortUpload(ref: ObjectRef, uploadId: string): Promise<Outcome<null>> {
    return this.#call("AbortMultipartUpload", ref, { ref, uploadId }, () => {
      if (!this.s3.uploads.delete(uploadId)) refuse("not-found", "NoSuchUpload")
      return null
    })
  }

  tags(ref: VersionRef): Promise<Outcome<Readonly<Record<string, string>>>> {
    return this.#call("GetObjectTagging", ref, ref, (bucket) => this.#find(bucket, ref).tags)
  }

  putMarker(ref: ObjectRef, ifMatch: string | undefined): Promise<Outcome<{ readonly versionId: string }>> {
    return this.#call("DeleteObject", ref, { ref, ifMatch }, (bucket) => {
      if (ifMatch !== undefined) this.#expect(bucket, ref.key, { etag: ifMatch })
      return { versionId: this.s3.putMarker(bucket.name, ref.key).versionId }
    })
  }

  hash(ref: VersionRef): Promise<Outcome<{ readonly sha256: string; readonly sizeBytes: number }>> {
    return this.#call("GetObject", ref, ref, (bucket) => {
      const version = this.#readable(bucket, ref)
      return { sha256: createHash("sha256").update(version.bytes).digest("hex"), sizeBytes: version.bytes.length }
    })
  }

  close(): Promise<void> {
    this.closed = true
    return Promise.resolve()
  }

  #call<T>(
    operation: FakeOperation,
    ref: Omit<ObjectRef, "owner"> & { readonly owner: string },
    request: unknown,
    act: (bucket: FakeBucket) => T,
  ): Promise<Outcome<T>> {
    const call: FakeCall = { operation, bucket: ref.bucket, key: ref.key, request, nth: this.calls.length + 1 }
    this.calls.push(call)
    this.before(call)
    const fault = this.faults(call)
    const outcome = fault === undefined || fault.committed === true ? this.#carryOut(operation, ref, act) : undefined
    const lost = fault !== undefined && (outcome === undefined || outcome.kind === "ok")
    return Promise.resolve(lost ? { kind: "error", error: callError(operation, fault) } : (outcome as Outcome<T>))
  }

  #carryOut<T>(
    operation: FakeOperation,
    ref: { readonly bucket: string; readonly owner: string; readonly requestPayer?: true },
    act: (bucket: FakeBucket) => T,
  ): Outcome<T> {
    try {
      return { kind: "ok", value: act(this.#bucket(ref)) }
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown
      return { kind: "error", error: callError(operation, thrown.fault) }
    }
  }

  #bucket(ref: { readonly bucket: string; readonly owner: string; readonly requestPayer?: true }): FakeBucket {
    const bucket = this.s3.buckets.get(ref.bucket) ?? refuse("wrong-region", "NoSuchBucket")
    if (bucket.owner !== ref.owner) refuse("access-denied", "AccessDenied", "the bucket has another owner")
    if (bucket.requesterPays && ref.requestPayer !== true)
      refuse("access-denied", "AccessDenied", "the requester must pay")
    return bucket
  }

  #find(bucket: FakeBucket, ref: VersionRef): FakeVersion {
    const { versionId } = ref
    if (versionId === undefined) return this.s3.current(bucket.name, ref.key) ?? refuse("not-found", "NoSuchKey")
    const version = this.s3.versions(bucket.name, ref.key).find((one) => one.versionId === versionId)
    if (version === undefined) return refuse("not-found", "NoSuchVersion")
    return version.deleteMarker ? refuse("refused", "MethodNotAllowed") : version
  }

  #readable(bucket: FakeBucket, ref: VersionRef): FakeVersion {
    const version = this.#find(bucket, ref)
    if (version.customerKey)
      refuse("refused", "InvalidRequest", "the object was stored using a form of Server Side Encryption")
    if (version.archived) refuse("refused", "InvalidObjectState", "the object is archived")
    this.#usable(version.keyArn)
    return version
  }

  #source(ref: VersionRef, etag: string): FakeVersion {
    const version = this.#readable(this.#bucket(ref), ref)
    return version.etag === etag ? version : refuse("precondition", "PreconditionFailed")
  }

  #usable(keyArn: string | undefined): void {
    const code = keyArn === undefined ? undefined : this.s3.badKeys.get(keyArn)
    if (code !== undefined) refuse("key-state", code, `${code} for ${keyArn ?? ""}`)
  }

  #expect(bucket: FakeBucket, key: string, expect: "absent" | { readonly etag: string }): void {
    const standing = this.s3.current(bucket.name, key)
    if (expect === "absent") {
      if (standing !== undefined) refuse("precondition", "PreconditionFailed")
    } else if (standing === undefined) refuse("not-found", "NoSuchKey")
    else if (standing.etag !== expect.etag) refuse("precondition", "PreconditionFailed")
  }
}

const isArchive = (storageClass: string): boolean => storageClass === "GLACIER" || storageClass === "DEEP_ARCHIVE"

const isAfter = (key: string, after: string | undefined): boolean => after === undefined || compareKeys(key, after) > 0

function pageOf(all: readonly ListedObject[], limit = 1000): ListedPage {
  return { objects: all.slice(0, limit), truncated: all.length > limit }
}

/** As ListObjectsV2 tells it: no version, no key. */
export function listed(version: FakeVersion): ListedObject {
  return {
    key: version.key,
    sizeBytes: version.bytes.length,
    modifiedAt: version.modifiedAt,
    etag: version.etag,
    storageClass: version.storageClass,
  }
}

function written(version: FakeVersion, bucket: FakeBucket): Written {
  return {
    etag: version.etag,
    ...(bucket.versioned ? { versionId: version.versionId } : {}),
    ...(version.checksum === undefined ? {} : { checksum: version.checksum }),
  }
}

function headOf(version: FakeVersion, bucket: FakeBucket): ObjectHead {
  const { encryption, keyArn, checksum, lock, websiteRedirect, parts } = version
  return {
    etag: version.etag,
    sizeBytes: version.bytes.length,
    modifiedAt: version.modifiedAt,
    bucketKey: version.bucketKey,
    storageClass: version.storageClass,
    headers: version.headers,
    metadata: version.metadata,
    tagCount: Object.keys(version.tags).length,
    archived: version.archived,
    ...(version.missingMetadata === 0 ? {} : { missingMetadata: version.missingMetadata }),
    ...(bucket.versioned ? { versionId: version.versionId } : {}),
    ...(encryption === undefined ? {} : { encryption }),
    ...(encryption?.startsWith("aws:kms") === true && keyArn !== undefined ? { keyArn } : {}),
    ...(checksum === undefined ? {} : { checksum }),
    ...(lock === undefined ? {} : { lock }),
    ...(websiteRedirect === undefined ? {} : { websiteRedirect }),
    ...(parts === undefined ? {} : { parts }),
  }
}
