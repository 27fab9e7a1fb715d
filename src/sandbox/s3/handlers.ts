import type { SandboxResponse } from "../core/exchange.ts"
import * as settings from "./bucket-settings.ts"
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from "./buckets.ts"
import { completeUpload } from "./complete-upload.ts"
import { copyObject } from "./copy-object.ts"
import { deleteObject, deleteObjects } from "./delete-object.ts"
import { getObject } from "./get-object.ts"
import { listObjects, listObjectsV2 } from "./list-objects.ts"
import { listMultipartUploads, listParts } from "./list-uploads.ts"
import { listObjectVersions } from "./list-versions.ts"
import { abortUpload, createUpload, uploadPart, uploadPartCopy } from "./multipart.ts"
import { getObjectAttributes } from "./object-summary.ts"
import { putObject } from "./put-object.ts"
import type { S3Call } from "./s3-call.ts"
import * as tagging from "./tagging.ts"

export type Handler = (s3: S3Call) => SandboxResponse

/** One handler per row of the route table; a test checks that the two have the same operations. */
export const HANDLERS: Readonly<Record<string, Handler>> = {
  ListBuckets: listBuckets,
  CreateBucket: createBucket,
  HeadBucket: headBucket,
  DeleteBucket: deleteBucket,
  GetBucketLocation: getBucketLocation,
  GetBucketVersioning: settings.getVersioning,
  PutBucketVersioning: settings.putVersioning,
  GetBucketEncryption: settings.getEncryption,
  PutBucketEncryption: settings.putEncryption,
  DeleteBucketEncryption: settings.deleteEncryption,
  GetBucketPolicy: settings.getPolicy,
  PutBucketPolicy: settings.putPolicy,
  DeleteBucketPolicy: settings.deletePolicy,
  GetBucketTagging: tagging.getBucketTagging,
  PutBucketTagging: tagging.putBucketTagging,
  DeleteBucketTagging: tagging.deleteBucketTagging,
  GetPublicAccessBlock: settings.getPublicAccessBlock,
  PutPublicAccessBlock: settings.putPublicAccessBlock,
  DeletePublicAccessBlock: settings.deletePublicAccessBlock,
  GetBucketOwnershipControls: settings.getOwnership,
  PutBucketOwnershipControls: settings.putOwnership,
  DeleteBucketOwnershipControls: settings.deleteOwnership,
  ...Object.fromEntries(settings.NEVER_MADE_OPERATIONS.map((operation) => [operation, settings.neverMade])),
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListObjectVersions: listObjectVersions,
  ListMultipartUploads: listMultipartUploads,
  DeleteObjects: deleteObjects,
  PutObject: putObject,
  CopyObject: copyObject,
  GetObject: getObject,
  HeadObject: getObject,
  DeleteObject: deleteObject,
  GetObjectAttributes: getObjectAttributes,
  GetObjectTagging: tagging.getObjectTagging,
  PutObjectTagging: tagging.putObjectTagging,
  DeleteObjectTagging: tagging.deleteObjectTagging,
  CreateMultipartUpload: createUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  ListParts: listParts,
  CompleteMultipartUpload: completeUpload,
  AbortMultipartUpload: abortUpload,
}
