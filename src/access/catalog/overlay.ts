/** What is written by hand: facts that the generated tables lack or do not have a place for. One module, as each costs start-up time. */

/**
 * Actions and keys that the generated data lacks, in its format, per service. Sources: the operations of the SDK clients
 * with their "Required permissions"; policies that AWS manages. Drop a line once the data has it. No condition keys are documented yet for the two
 * KMS actions (2026-11): they have those of every operation that uses a key.
 */
export const OVERLAY: Readonly<Record<string, string>> = {
  kms: `
[resources]
key arn:*:kms:*:*:key/* :KeyOrigin :KeySpec :KeyUsage :MultiRegion :MultiRegionKeyType :ResourceAliases aws:ResourceTag/*
[actions]
Decapsulate|W|key!|:CallerAccount :RecipientAttestation:* :RequestAlias :ViaService
Encapsulate|W|key!|:CallerAccount :RequestAlias :ViaService`,
  organizations: `
[actions]
CreateBuilderIdOwnedAccount|W||`,
  sts: `
[actions]
GetScopedCredentials|R||`,
}

/**
 * Keys that any request may carry. Source: IAM User Guide, global condition context keys; rather one too many than one
 * too few, since an unknown key is an error to us.
 */
export const KEYS_OF_ALL_ACTIONS = `
aws:PrincipalArn ARN
aws:PrincipalAccount String
aws:PrincipalOrgID String
aws:PrincipalOrgMasterAccountId String
aws:PrincipalOrgPaths ArrayOfString
aws:PrincipalTag/* String
aws:PrincipalType String
aws:PrincipalIsAWSService Bool
aws:PrincipalServiceName String
aws:PrincipalServiceNamesList ArrayOfString
aws:userid String
aws:username String
aws:AssumedRoot Bool
aws:ChatbotSourceArn ARN
aws:Ec2InstanceSourcePrivateIPv4 IPAddress
aws:Ec2InstanceSourceVpc String
aws:FederatedProvider String
aws:MultiFactorAuthAge Numeric
aws:MultiFactorAuthPresent Bool
aws:SignInSessionArn ARN
aws:SourceIdentity String
aws:TokenIssueTime Date
aws:SourceIp IPAddress
aws:SourceVpc String
aws:SourceVpcArn ARN
aws:SourceVpce String
aws:VpcSourceIp IPAddress
aws:VpceAccount String
aws:VpceOrgID String
aws:VpceOrgPaths ArrayOfString
aws:ResourceAccount String
aws:ResourceOrgID String
aws:ResourceOrgPaths ArrayOfString
aws:CalledVia ArrayOfString
aws:CalledViaFirst String
aws:CalledViaLast String
aws:CalledViaAWSMCP String
aws:CurrentTime Date
aws:EpochTime Date
aws:IsMcpServiceAction Bool
aws:RequestedRegion String
aws:SecureTransport Bool
aws:SourceAccount String
aws:SourceArn ARN
aws:SourceOrgID String
aws:SourceOrgPaths ArrayOfString
aws:SourceOwner String
aws:UserAgent String
aws:ViaAWSMCPService Bool
aws:ViaAWSService Bool
aws:referer String
ec2:RoleDelivery Numeric
ec2:SourceInstanceArn ARN
glue:CredentialIssuingService String
glue:RoleAssumedBy String
identitystore:UserId String
lambda:SourceFunctionArn ARN
ssm:SourceInstanceArn ARN
saml:namequalifier String
saml:sub String
saml:sub_type String
`

/** Keys of the `aws:` family that only those requests carry whose action names them. */
export const TAG_KEYS = `
aws:RequestTag/* String
aws:ResourceTag/* String
aws:TagKeys ArrayOfString
`

/**
 * Prefixes that policies still carry and the data lacks: services that AWS has closed or not yet documented, and prefixes
 * of condition keys and variables that are no service. Source: IAM documentation; the data's own list of keys without a
 * service; every version of the policies that AWS manages, less their misspelt names.
 */
export const OTHER_PREFIXES = `acuity aws-portal builderid catalog cognito-identity-auth cognito-identity-unauth
  credentials-iot deepcomposer deeplens deepracer elastic-inference gamesparks identitycenter iot1click iotroborunner
  iotthingsgraph macie mobilehub saml sagemaker-groundtruth-synthetic sumerian sysops-sap`

/**
 * KMS actions that work on a key of another account; all others are denied whatever policies say. Source: "Cross-account
 * use" in the doc comment of each operation of the KMS client; ReEncrypt is spelt as its two actions. ListRetirableGrants
 * and GenerateRandom are not among them, as they take no key.
 */
export const CROSS_ACCOUNT_ACTIONS = `CreateGrant Decapsulate Decrypt DeriveSharedSecret DescribeKey Encapsulate Encrypt GenerateDataKey
  GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac GetKeyRotationStatus
  GetPublicKey ListGrants ReEncryptFrom ReEncryptTo RetireGrant RevokeGrant Sign Verify VerifyMac`

/** What a grant can allow. Source: GrantOperation of the KMS client. */
export const GRANTABLE = `CreateGrant Decapsulate Decrypt DeriveSharedSecret DescribeKey Encapsulate Encrypt GenerateDataKey
  GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac GetPublicKey
  ReEncryptFrom ReEncryptTo RetireGrant Sign Verify VerifyMac`

/** KMS operations (not actions: `ReEncrypt`) that take `DryRun`. Source: the inputs of the KMS client. */
export const WITH_DRY_RUN = `CreateGrant Decapsulate Decrypt DeriveSharedSecret Encapsulate Encrypt GenerateDataKey
  GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac ReEncrypt RetireGrant
  RevokeGrant Sign Verify VerifyMac`

/**
 * Names of API operations that people write as actions and that IAM does not know, with what to write instead.
 * Source: S3 User Guide, required permissions for API operations; KMS permissions reference.
 */
export const OPERATIONS = `
kms:ReEncrypt kms:ReEncrypt*
s3:CompleteMultipartUpload s3:PutObject
s3:CopyObject s3:GetObject and s3:PutObject
s3:CreateBucketMetadataConfiguration s3:CreateBucketMetadataTableConfiguration
s3:CreateMultipartUpload s3:PutObject
s3:CreateSession s3express:CreateSession
s3:DeleteBucketAnalyticsConfiguration s3:PutAnalyticsConfiguration
s3:DeleteBucketCors s3:PutBucketCORS
s3:DeleteBucketEncryption s3:PutEncryptionConfiguration
s3:DeleteBucketIntelligentTieringConfiguration s3:PutIntelligentTieringConfiguration
s3:DeleteBucketInventoryConfiguration s3:PutInventoryConfiguration
s3:DeleteBucketLifecycle s3:PutLifecycleConfiguration
s3:DeleteBucketMetadataConfiguration s3:DeleteBucketMetadataTableConfiguration
s3:DeleteBucketMetricsConfiguration s3:PutMetricsConfiguration
s3:DeleteBucketOwnershipControls s3:PutBucketOwnershipControls
s3:DeleteBucketReplication s3:PutReplicationConfiguration
s3:DeleteBucketTagging s3:PutBucketTagging
s3:DeleteObjects s3:DeleteObject
s3:DeletePublicAccessBlock s3:PutBucketPublicAccessBlock
s3:GetBucketAccelerateConfiguration s3:GetAccelerateConfiguration
s3:GetBucketAnalyticsConfiguration s3:GetAnalyticsConfiguration
s3:GetBucketEncryption s3:GetEncryptionConfiguration
s3:GetBucketIntelligentTieringConfiguration s3:GetIntelligentTieringConfiguration
s3:GetBucketInventoryConfiguration s3:GetInventoryConfiguration
s3:GetBucketLifecycle s3:GetLifecycleConfiguration
s3:GetBucketLifecycleConfiguration s3:GetLifecycleConfiguration
s3:GetBucketMetadataConfiguration s3:GetBucketMetadataTableConfiguration
s3:GetBucketMetricsConfiguration s3:GetMetricsConfiguration
s3:GetBucketNotificationConfiguration s3:GetBucketNotification
s3:GetBucketReplication s3:GetReplicationConfiguration
s3:GetObjectLockConfiguration s3:GetBucketObjectLockConfiguration
s3:GetPublicAccessBlock s3:GetBucketPublicAccessBlock
s3:HeadBucket s3:ListBucket
s3:HeadObject s3:GetObject
s3:ListBucketAnalyticsConfigurations s3:GetAnalyticsConfiguration
s3:ListBucketIntelligentTieringConfigurations s3:GetIntelligentTieringConfiguration
s3:ListBucketInventoryConfigurations s3:GetInventoryConfiguration
s3:ListBucketMetricsConfigurations s3:GetMetricsConfiguration
s3:ListBuckets s3:ListAllMyBuckets
s3:ListDirectoryBuckets s3express:ListAllMyDirectoryBuckets
s3:ListMultipartUploads s3:ListBucketMultipartUploads
s3:ListObjectVersions s3:ListBucketVersions
s3:ListObjects s3:ListBucket
s3:ListObjectsV2 s3:ListBucket
s3:ListParts s3:ListMultipartUploadParts
s3:PutBucketAccelerateConfiguration s3:PutAccelerateConfiguration
s3:PutBucketAnalyticsConfiguration s3:PutAnalyticsConfiguration
s3:PutBucketEncryption s3:PutEncryptionConfiguration
s3:PutBucketIntelligentTieringConfiguration s3:PutIntelligentTieringConfiguration
s3:PutBucketInventoryConfiguration s3:PutInventoryConfiguration
s3:PutBucketLifecycle s3:PutLifecycleConfiguration
s3:PutBucketLifecycleConfiguration s3:PutLifecycleConfiguration
s3:PutBucketMetricsConfiguration s3:PutMetricsConfiguration
s3:PutBucketNotificationConfiguration s3:PutBucketNotification
s3:PutBucketReplication s3:PutReplicationConfiguration
s3:PutObjectLockConfiguration s3:PutBucketObjectLockConfiguration
s3:PutPublicAccessBlock s3:PutBucketPublicAccessBlock
s3:RenameObject s3express:CreateSession
s3:SelectObjectContent s3:GetObject
s3:UploadPart s3:PutObject
s3:UploadPartCopy s3:GetObject and s3:PutObject
s3:WriteGetObjectResponse s3-object-lambda:WriteGetObjectResponse
`
