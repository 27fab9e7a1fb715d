import type { Handler } from "./bucket-setting.ts"
import * as policy from "./bucket-policy.ts"
import * as settings from "./bucket-settings.ts"
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from "./buckets.ts"
import { completeUpload } from "./complete-upload.ts"
import { copyObject } from "./copy-object.ts"
import { deleteObject, deleteObjects } from "./delete-object.ts"
import { getObject } from "./get-object.ts"
import * as inventory from "./inventory.ts"
import { listObjects, listObjectsV2 } from "./list-objects.ts"
import { listMultipartUploads, listParts } from "./list-uploads.ts"
import { listObjectVersions } from "./list-versions.ts"
import { abortUpload, createUpload, uploadPart, uploadPartCopy } from "./multipart.ts"
import { getLockConfiguration, putLockConfiguration } from "./lock-settings.ts"
import * as retention from "./object-retention.ts"
import { getObjectAttributes } from "./object-summary.ts"
import { putObject } from "./put-object.ts"
import * as readBack from "./read-back.ts"
import * as replication from "./replication.ts"
import * as tagging from "./tagging.ts"
import { updateObjectEncryption } from "./update-encryption.ts"

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
  GetBucketPolicy: policy.getPolicy,
  PutBucketPolicy: policy.putPolicy,
  DeleteBucketPolicy: policy.deletePolicy,
  GetBucketTagging: tagging.getBucketTagging,
  PutBucketTagging: tagging.putBucketTagging,
  DeleteBucketTagging: tagging.deleteBucketTagging,
  GetPublicAccessBlock: policy.getPublicAccessBlock,
  PutPublicAccessBlock: policy.putPublicAccessBlock,
  DeletePublicAccessBlock: policy.deletePublicAccessBlock,
  GetBucketOwnershipControls: settings.getOwnership,
  PutBucketOwnershipControls: settings.putOwnership,
  DeleteBucketOwnershipControls: settings.deleteOwnership,
  GetBucketPolicyStatus: policy.getPolicyStatus,
  GetBucketLifecycleConfiguration: readBack.getLifecycle,
  GetBucketCors: readBack.getCors,
  GetBucketWebsite: readBack.getWebsite,
  GetBucketAcl: readBack.getAcl,
  PutBucketAcl: readBack.putAcl,
  GetBucketLogging: readBack.getLogging,
  GetBucketNotificationConfiguration: readBack.getNotification,
  GetBucketRequestPayment: readBack.getRequestPayment,
  GetBucketAccelerateConfiguration: readBack.getAccelerate,
  GetBucketReplication: replication.getReplication,
  PutBucketReplication: replication.putReplication,
  DeleteBucketReplication: replication.deleteReplication,
  GetBucketInventoryConfiguration: inventory.getInventory,
  PutBucketInventoryConfiguration: inventory.putInventory,
  DeleteBucketInventoryConfiguration: inventory.deleteInventory,
  ListBucketInventoryConfigurations: inventory.listInventories,
  GetObjectLockConfiguration: getLockConfiguration,
  PutObjectLockConfiguration: putLockConfiguration,
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
  GetObjectRetention: retention.getRetention,
  PutObjectRetention: retention.putRetention,
  GetObjectLegalHold: retention.getLegalHold,
  PutObjectLegalHold: retention.putLegalHold,
  UpdateObjectEncryption: updateObjectEncryption,
  CreateMultipartUpload: createUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  ListParts: listParts,
  CompleteMultipartUpload: completeUpload,
  AbortMultipartUpload: abortUpload,
}
