/** KMS actions by what they may be used for. Names: service authorization reference of KMS. */

/** Looks at a key and changes nothing. */
export const READ_KEY = [
  "kms:DescribeKey",
  "kms:GetKeyLastUsage",
  "kms:GetKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:ListGrants",
  "kms:ListKeyPolicies",
  "kms:ListKeyRotations",
  "kms:ListResourceTags",
] as const

/** Keeps a key in order: nothing here uses it, takes it out of use or says who may. */
export const MANAGE_KEY = [
  "kms:CancelKeyDeletion",
  "kms:CreateAlias",
  "kms:DeleteAlias",
  "kms:EnableKey",
  "kms:EnableKeyRotation",
  "kms:RevokeGrant",
  "kms:RotateKeyOnDemand",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateAlias",
  "kms:UpdateKeyDescription",
] as const

/** Only of a primary. */
export const REPLICATE_KEY = ["kms:ReplicateKey", "kms:UpdatePrimaryRegion"] as const

/** Takes a key out of use or says who may use it: two people and a plan. */
export const DESTROY_KEY = [
  "kms:DeleteImportedKeyMaterial",
  "kms:DisableKey",
  "kms:DisableKeyRotation",
  "kms:PutKeyPolicy",
  "kms:ScheduleKeyDeletion",
] as const

/** Brings the material of a key whose origin is EXTERNAL. */
export const IMPORT_MATERIAL = ["kms:GetParametersForImport", "kms:ImportKeyMaterial"] as const

/** What the policy document gives a service. */
export const USE_KEY = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"] as const

export const READ_OBJECT = [
  "s3:GetObject",
  "s3:GetObjectTagging",
  "s3:GetObjectVersion",
  "s3:GetObjectVersionTagging",
] as const

export const LIST_BUCKET = ["s3:ListBucket", "s3:ListBucketVersions"] as const

/** Writes objects, whole or in parts, with tags and locks; deletes no version. */
export const WRITE_OBJECT = [
  "s3:AbortMultipartUpload",
  "s3:PutObject",
  "s3:PutObjectLegalHold",
  "s3:PutObjectRetention",
  "s3:PutObjectTagging",
] as const

/** What a restore must know of a bucket before it plans. */
export const LOOK_AT_BUCKET = [
  "s3:GetBucketObjectLockConfiguration",
  "s3:GetBucketOwnershipControls",
  "s3:GetBucketRequestPayment",
  "s3:GetBucketVersioning",
  "s3:GetEncryptionConfiguration",
  "s3:GetLifecycleConfiguration",
] as const

/** What drills look at to prove, before they write anything, that their own rights are complete. */
export const READ_ROLE = [
  "iam:GetPolicy",
  "iam:GetPolicyVersion",
  "iam:GetRole",
  "iam:GetRolePolicy",
  "iam:ListAttachedRolePolicies",
  "iam:ListRolePolicies",
] as const
