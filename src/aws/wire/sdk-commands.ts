import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  UpdateObjectEncryptionCommand,
  UploadPartCopyCommand,
  type ChecksumAlgorithm,
  type CreateMultipartUploadCommandInput,
  type StorageClass,
} from "@aws-sdk/client-s3"
import type {
  CompleteUploadRequest,
  CopyPartRequest,
  CopyRequest,
  CreateUploadRequest,
  ListRequest,
  ObjectLock,
  ObjectRef,
  RekeyRequest,
  VersionRef,
} from "../../restore/data-plane.ts"
import { encodeCopySource, encodeQueryValue } from "../s3-key-encoding.ts"
import type { MarkerRequest } from "./object-requests.ts"
import * as operations from "./operations.ts"
import { checksumOfUpload, type AbortRequest } from "./upload-requests.ts"

/** Any command: what it gives is not looked at, so that the type of one stands for all. */
export type S3Command = HeadObjectCommand

/** The same requests as the SDK's own commands: what goes out must be the same, header by header. */
export function commandFor<Request>(operation: operations.Operation<Request, unknown>, request: Request): S3Command {
  return (COMMANDS.get(operation) as (request: unknown) => S3Command)(request)
}

const command = <Request>(
  operation: operations.Operation<Request, unknown>,
  make: (request: Request) => object,
): readonly [unknown, (request: never) => S3Command] => [operation, make as (request: never) => S3Command]

const payer = (paid: true | undefined) => (paid === true ? { RequestPayer: "requester" as const } : {})
const object = ({ bucket, key, owner, requestPayer }: ObjectRef) => ({
  Bucket: bucket,
  Key: key,
  ExpectedBucketOwner: owner,
  ...payer(requestPayer),
})
const version = (ref: VersionRef) => ({
  ...object(ref),
  ...(ref.versionId === undefined ? {} : { VersionId: ref.versionId }),
})
const sourceOf = ({ source, sourceEtag }: CopyRequest | CopyPartRequest) => ({
  CopySource: encodeCopySource(source.bucket, source.key, source.versionId),
  CopySourceIfMatch: sourceEtag,
  ExpectedSourceBucketOwner: source.owner,
  ...payer(source.requestPayer),
})
const lockOf = (lock: ObjectLock | undefined) => ({
  ...(lock?.mode === undefined ? {} : { ObjectLockMode: lock.mode }),
  ...(lock?.until === undefined ? {} : { ObjectLockRetainUntilDate: new Date(lock.until) }),
  ...(lock?.legalHold === undefined
    ? {}
    : { ObjectLockLegalHoldStatus: lock.legalHold ? ("ON" as const) : ("OFF" as const) }),
})
const condition = (expect: CopyRequest["expect"]) =>
  expect === "absent" ? { IfNoneMatch: "*" } : { IfMatch: expect.etag }
const list = ({ bucket, prefix, owner, limit, requestPayer }: ListRequest) => ({
  Bucket: bucket,
  Prefix: prefix,
  EncodingType: "url" as const,
  MaxKeys: limit ?? 1000,
  ExpectedBucketOwner: owner,
  ...payer(requestPayer),
})

const COMMANDS: ReadonlyMap<unknown, (request: never) => S3Command> = new Map([
  command(
    operations.LIST_OBJECTS,
    (request) =>
      new ListObjectsV2Command({
        ...list(request),
        ...(request.after === undefined ? {} : { StartAfter: request.after }),
      }),
  ),
  command(
    operations.LIST_VERSIONS,
    (request) =>
      new ListObjectVersionsCommand({
        ...list(request),
        ...(request.after === undefined ? {} : { KeyMarker: request.after }),
        ...(request.afterVersion === undefined ? {} : { VersionIdMarker: request.afterVersion }),
      }),
  ),
  command(operations.HEAD, (ref) => new HeadObjectCommand({ ...version(ref), ChecksumMode: "ENABLED" })),
  command(operations.WHY, (ref) => new GetObjectCommand({ ...version(ref), Range: "bytes=0-0" })),
  command(operations.GET, (ref) => new GetObjectCommand({ ...version(ref), ChecksumMode: "ENABLED" })),
  command(operations.COPY, copy),
  command(operations.REKEY, rekey),
  command(operations.CREATE_UPLOAD, (request) => new CreateMultipartUploadCommand(upload(request))),
  command(operations.COPY_PART, part),
  command(operations.COMPLETE, complete),
  command(
    operations.ABORT,
    ({ ref, uploadId }: AbortRequest) => new AbortMultipartUploadCommand({ ...object(ref), UploadId: uploadId }),
  ),
  command(operations.TAGS, (ref) => new GetObjectTaggingCommand(version(ref))),
  command(
    operations.MARKER,
    ({ ref, ifMatch }: MarkerRequest) =>
      new DeleteObjectCommand({ ...object(ref), ...(ifMatch === undefined ? {} : { IfMatch: ifMatch }) }),
  ),
])

function copy(request: CopyRequest): CopyObjectCommand {
  return new CopyObjectCommand({
    ...object(request.destination),
    ...sourceOf(request),
    ...condition(request.expect),
    ...lockOf(request.lock),
    ServerSideEncryption: "aws:kms",
    SSEKMSKeyId: request.keyArn,
    BucketKeyEnabled: request.bucketKey,
    StorageClass: request.storageClass as StorageClass,
  })
}

function rekey({ object: ref, keyArn, bucketKey }: RekeyRequest): UpdateObjectEncryptionCommand {
  return new UpdateObjectEncryptionCommand({
    ...version(ref),
    ObjectEncryption: { SSEKMS: { KMSKeyArn: keyArn, BucketKeyEnabled: bucketKey } },
  })
}

function upload(request: CreateUploadRequest): CreateMultipartUploadCommandInput {
  const { like } = request
  const { algorithm, type } = checksumOfUpload(like.checksum)
  const tags = Object.entries(request.tags).map(
    ([name, value]) => `${encodeQueryValue(name)}=${encodeQueryValue(value)}`,
  )
  return {
    ...object(request.destination),
    ...lockOf(request.lock),
    ...contentHeaders(like.headers),
    ...(tags.length === 0 ? {} : { Tagging: tags.join("&") }),
    ...(like.websiteRedirect === undefined ? {} : { WebsiteRedirectLocation: like.websiteRedirect }),
    Metadata: Object.fromEntries(like.metadata),
    ServerSideEncryption: "aws:kms",
    SSEKMSKeyId: request.keyArn,
    BucketKeyEnabled: request.bucketKey,
    StorageClass: request.storageClass as StorageClass,
    ChecksumAlgorithm: algorithm as ChecksumAlgorithm,
    ChecksumType: type,
  }
}

function contentHeaders(headers: Readonly<Record<string, string>>): Partial<CreateMultipartUploadCommandInput> {
  const named: Partial<Record<string, keyof CreateMultipartUploadCommandInput>> = {
    "content-type": "ContentType",
    "cache-control": "CacheControl",
    "content-disposition": "ContentDisposition",
    "content-encoding": "ContentEncoding",
    "content-language": "ContentLanguage",
  }
  const expires = headers["expires"]
  return {
    ...Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) => (named[name] === undefined ? [] : [[named[name], value]])),
    ),
    ...(expires === undefined ? {} : { Expires: new Date(expires) }),
  }
}

function part(request: CopyPartRequest): UploadPartCopyCommand {
  return new UploadPartCopyCommand({
    ...object(request.destination),
    ...sourceOf(request),
    UploadId: request.uploadId,
    PartNumber: request.part,
    CopySourceRange: `bytes=${request.fromByte}-${request.toByte}`,
  })
}

function complete(request: CompleteUploadRequest): CompleteMultipartUploadCommand {
  return new CompleteMultipartUploadCommand({
    ...object(request.destination),
    ...condition(request.expect),
    UploadId: request.uploadId,
    MpuObjectSize: request.sizeBytes,
    MultipartUpload: {
      Parts: request.parts.map(({ etag, checksum }, index) => ({
        ETag: etag,
        PartNumber: index + 1,
        ...(checksum === undefined ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value }),
      })),
    },
  })
}
