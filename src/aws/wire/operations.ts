import type {
  CompleteUploadRequest,
  CopiedPart,
  CopyPartRequest,
  CopyRequest,
  CreateUploadRequest,
  ListedPage,
  ListRequest,
  ObjectHead,
  RekeyRequest,
  VersionRef,
  Written,
} from "../../restore/data-plane.ts"
import { readCompleted, readCopied, readMarker, readNothing, readPart, readTags, readUploadId } from "./answers.ts"
import type { Broken } from "./call-error.ts"
import { copyObject, uploadPartCopy } from "./copy-requests.ts"
import type { AddressOf } from "./endpoint.ts"
import { readHead } from "./head-answer.ts"
import { listObjectsV2, listObjectVersions } from "./list-requests.ts"
import {
  deleteObject,
  getObject,
  getObjectTagging,
  headObject,
  updateObjectEncryption,
  whyHeadFailed,
  type MarkerRequest,
} from "./object-requests.ts"
import { parseObjectsPage, parseVersionsPage } from "./page-parser.ts"
import type { S3Request } from "./request-parts.ts"
import type { WireAnswer } from "./transport.ts"
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  type AbortRequest,
} from "./upload-requests.ts"

/** One operation of S3: how it is asked and what of its answer counts. */
export interface Operation<Request, Value> {
  readonly name: string
  /** Changes something: an answer that is lost leaves a doubt. */
  readonly writes: boolean
  readonly status: number
  build(addressOf: AddressOf, request: Request): S3Request
  /** Of an answer with the expected status. */
  read(answer: WireAnswer, request: Request): Value | Broken
}

export type VersionsRequest = ListRequest & { readonly afterVersion?: string }

export const LIST_OBJECTS: Operation<ListRequest, ListedPage> = {
  name: "ListObjectsV2",
  writes: false,
  status: 200,
  build: listObjectsV2,
  read: ({ body }, { bucket, prefix, after }) =>
    parseObjectsPage(body, { bucket, prefix, ...(after === undefined ? {} : { after }) }),
}

export const LIST_VERSIONS: Operation<VersionsRequest, ListedPage> = {
  name: "ListObjectVersions",
  writes: false,
  status: 200,
  build: listObjectVersions,
  read: ({ body }, { bucket, prefix, after, afterVersion }) =>
    parseVersionsPage(body, {
      bucket,
      prefix,
      ...(after === undefined ? {} : { after }),
      ...(afterVersion === undefined ? {} : { afterVersion }),
    }),
}

export const HEAD: Operation<VersionRef, ObjectHead> = {
  name: "HeadObject",
  writes: false,
  status: 200,
  build: headObject,
  read: readHead,
}

export const WHY: Operation<VersionRef, null> = {
  name: "HeadObject",
  writes: false,
  status: 206,
  build: whyHeadFailed,
  read: () => null,
}

export const COPY: Operation<CopyRequest, Written> = {
  name: "CopyObject",
  writes: true,
  status: 200,
  build: copyObject,
  read: (answer, { keyArn }) => readCopied(answer, keyArn),
}

export const REKEY: Operation<RekeyRequest, null> = {
  name: "UpdateObjectEncryption",
  writes: true,
  status: 200,
  build: updateObjectEncryption,
  read: readNothing,
}

export const CREATE_UPLOAD: Operation<CreateUploadRequest, { readonly uploadId: string }> = {
  name: "CreateMultipartUpload",
  writes: true,
  status: 200,
  build: createMultipartUpload,
  read: readUploadId,
}

export const COPY_PART: Operation<CopyPartRequest, CopiedPart> = {
  name: "UploadPartCopy",
  writes: true,
  status: 200,
  build: uploadPartCopy,
  read: readPart,
}

export const COMPLETE: Operation<CompleteUploadRequest, Written> = {
  name: "CompleteMultipartUpload",
  writes: true,
  status: 200,
  build: completeMultipartUpload,
  read: (answer, { keyArn }) => readCompleted(answer, keyArn),
}

export const ABORT: Operation<AbortRequest, null> = {
  name: "AbortMultipartUpload",
  writes: true,
  status: 204,
  build: abortMultipartUpload,
  read: readNothing,
}

export const TAGS: Operation<VersionRef, Readonly<Record<string, string>>> = {
  name: "GetObjectTagging",
  writes: false,
  status: 200,
  build: getObjectTagging,
  read: readTags,
}

export const MARKER: Operation<MarkerRequest, { readonly versionId: string }> = {
  name: "DeleteObject",
  writes: true,
  status: 204,
  build: deleteObject,
  read: readMarker,
}

/** The bytes go to a sink; only that they were whole is said here. */
export const GET: Operation<VersionRef, null> = {
  name: "GetObject",
  writes: false,
  status: 200,
  build: getObject,
  read: () => null,
}
