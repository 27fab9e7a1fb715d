# Written by "dr keys export --terraform" for the environment demo.
# Change dr.yaml and export again: dr replaces this file, and leaves others in the folder alone.
# The key policies that dr renders, Region by Region.

locals {
  policy_workload_observability_eu_central_1 = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "AccountReadsTheKey",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111111111111:root"
          },
          "Action": [
            "kms:DescribeKey",
            "kms:GetKeyLastUsage",
            "kms:GetKeyPolicy",
            "kms:GetKeyRotationStatus",
            "kms:ListGrants",
            "kms:ListKeyPolicies",
            "kms:ListKeyRotations",
            "kms:ListResourceTags"
          ],
          "Resource": "*"
        },
        {
          "Sid": "OperatorKeepsTheKeyInOrder",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111111111111:role/key-operator"
          },
          "Action": [
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
            "kms:UpdateKeyDescription"
          ],
          "Resource": "*"
        },
        {
          "Sid": "BreakGlassWithAnApprovedPlan",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111111111111:role/break-glass"
          },
          "Action": [
            "kms:DeleteImportedKeyMaterial",
            "kms:DisableKey",
            "kms:DisableKeyRotation",
            "kms:PutKeyPolicy",
            "kms:ScheduleKeyDeletion",
            "kms:CancelKeyDeletion",
            "kms:EnableKey",
            "kms:RevokeGrant",
            "kms:ReplicateKey",
            "kms:UpdatePrimaryRegion"
          ],
          "Resource": "*",
          "Condition": {
            "StringLike": {
              "aws:PrincipalTag/dr-plan": "sha256-?*"
            },
            "Null": {
              "aws:SourceIdentity": "false"
            }
          }
        },
        {
          "Sid": "OnlyBreakGlassDestroys",
          "Effect": "Deny",
          "Principal": "*",
          "Action": [
            "kms:DeleteImportedKeyMaterial",
            "kms:DisableKey",
            "kms:DisableKeyRotation",
            "kms:PutKeyPolicy",
            "kms:ScheduleKeyDeletion"
          ],
          "Resource": "*",
          "Condition": {
            "ArnNotEquals": {
              "aws:PrincipalArn": "arn:aws:iam::111111111111:role/break-glass"
            }
          }
        },
        {
          "Sid": "NoShortDeletionWindow",
          "Effect": "Deny",
          "Principal": "*",
          "Action": "kms:ScheduleKeyDeletion",
          "Resource": "*",
          "Condition": {
            "NumericLessThan": {
              "kms:ScheduleKeyDeletionPendingWindowInDays": "30"
            }
          }
        },
        {
          "Sid": "NoBypassOfTheLockoutCheck",
          "Effect": "Deny",
          "Principal": "*",
          "Action": "kms:PutKeyPolicy",
          "Resource": "*",
          "Condition": {
            "Bool": {
              "kms:BypassPolicyLockoutSafetyCheck": "true"
            }
          }
        },
        {
          "Sid": "NobodyFromOutside",
          "Effect": "Deny",
          "Principal": "*",
          "Action": "kms:*",
          "Resource": "*",
          "Condition": {
            "StringNotEquals": {
              "aws:PrincipalAccount": [
                "111111111111",
                "222222222222"
              ]
            },
            "Bool": {
              "aws:PrincipalIsAWSService": "false"
            }
          }
        },
        {
          "Sid": "TfstateThroughItsBucket",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111111111111:role/terraform"
          },
          "Action": [
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*"
          ],
          "Resource": "*",
          "Condition": {
            "StringEquals": {
              "kms:ViaService": "s3.eu-central-1.amazonaws.com"
            },
            "StringLike": {
              "kms:EncryptionContext:aws:s3:arn": [
                "arn:aws:s3:::demo-tfstate",
                "arn:aws:s3:::demo-tfstate/*"
              ]
            }
          }
        },
        {
          "Sid": "LokiThroughItsBucket",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111111111111:role/observability-loki-role"
          },
          "Action": [
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*"
          ],
          "Resource": "*",
          "Condition": {
            "StringEquals": {
              "kms:ViaService": "s3.eu-central-1.amazonaws.com"
            },
            "StringLike": {
              "kms:EncryptionContext:aws:s3:arn": [
                "arn:aws:s3:::demo-loki",
                "arn:aws:s3:::demo-loki/*"
              ]
            }
          }
        },
        {
          "Sid": "MimirThroughItsBucket",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111111111111:role/observability-mimir-role"
          },
          "Action": [
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*"
          ],
          "Resource": "*",
          "Condition": {
            "StringEquals": {
              "kms:ViaService": "s3.eu-central-1.amazonaws.com"
            },
            "StringLike": {
              "kms:EncryptionContext:aws:s3:arn": [
                "arn:aws:s3:::demo-mimir",
                "arn:aws:s3:::demo-mimir/*"
              ]
            }
          }
        },
        {
          "Sid": "TempoThroughItsBucket",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111111111111:role/observability-tempo-role"
          },
          "Action": [
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*"
          ],
          "Resource": "*",
          "Condition": {
            "StringEquals": {
              "kms:ViaService": "s3.eu-central-1.amazonaws.com"
            },
            "StringLike": {
              "kms:EncryptionContext:aws:s3:arn": [
                "arn:aws:s3:::demo-tempo",
                "arn:aws:s3:::demo-tempo/*"
              ]
            }
          }
        },
        {
          "Sid": "UsersLookAtTheKey",
          "Effect": "Allow",
          "Principal": {
            "AWS": [
              "arn:aws:iam::111111111111:role/terraform",
              "arn:aws:iam::111111111111:role/observability-loki-role",
              "arn:aws:iam::111111111111:role/observability-mimir-role",
              "arn:aws:iam::111111111111:role/observability-tempo-role"
            ]
          },
          "Action": "kms:DescribeKey",
          "Resource": "*"
        },
        {
          "Sid": "UsersGrantToAwsResources",
          "Effect": "Allow",
          "Principal": {
            "AWS": [
              "arn:aws:iam::111111111111:role/terraform",
              "arn:aws:iam::111111111111:role/observability-loki-role",
              "arn:aws:iam::111111111111:role/observability-mimir-role",
              "arn:aws:iam::111111111111:role/observability-tempo-role"
            ]
          },
          "Action": "kms:CreateGrant",
          "Resource": "*",
          "Condition": {
            "Bool": {
              "kms:GrantIsForAWSResource": "true"
            }
          }
        },
        {
          "Sid": "DrillRoleMakesDataKeysOfDrills",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111111111111:role/dr-drill"
          },
          "Action": "kms:GenerateDataKey",
          "Resource": "*",
          "Condition": {
            "StringLike": {
              "kms:EncryptionContext:dr-run": "dr-*"
            }
          }
        },
        {
          "Sid": "RecoveryRolesLookAtTheKey",
          "Effect": "Allow",
          "Principal": {
            "AWS": [
              "arn:aws:iam::222222222222:role/dr-recovery",
              "arn:aws:iam::222222222222:role/dr-sync"
            ]
          },
          "Action": "kms:DescribeKey",
          "Resource": "*",
          "Condition": {
            "StringEquals": {
              "aws:PrincipalOrgID": "o-drdemo12345"
            }
          }
        },
        {
          "Sid": "RecoveryRolesReadThroughS3",
          "Effect": "Allow",
          "Principal": {
            "AWS": [
              "arn:aws:iam::222222222222:role/dr-recovery",
              "arn:aws:iam::222222222222:role/dr-sync"
            ]
          },
          "Action": "kms:Decrypt",
          "Resource": "*",
          "Condition": {
            "StringEquals": {
              "kms:ViaService": "s3.eu-central-1.amazonaws.com",
              "aws:PrincipalOrgID": "o-drdemo12345"
            },
            "StringLike": {
              "kms:EncryptionContext:aws:s3:arn": [
                "arn:aws:s3:::demo-tfstate",
                "arn:aws:s3:::demo-tfstate/*",
                "arn:aws:s3:::demo-loki",
                "arn:aws:s3:::demo-loki/*",
                "arn:aws:s3:::demo-mimir",
                "arn:aws:s3:::demo-mimir/*",
                "arn:aws:s3:::demo-tempo",
                "arn:aws:s3:::demo-tempo/*"
              ]
            }
          }
        },
        {
          "Sid": "RecoveryRoleRewrapsDataKeysOfDrills",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::222222222222:role/dr-recovery"
          },
          "Action": "kms:ReEncryptFrom",
          "Resource": "*",
          "Condition": {
            "StringEquals": {
              "aws:PrincipalOrgID": "o-drdemo12345"
            },
            "StringLike": {
              "kms:EncryptionContext:dr-run": "dr-*"
            }
          }
        }
      ]
    }
  EOT
}

locals {
  policy_workload_observability_eu_west_1 = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "AccountReadsTheKey",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111111111111:root"
          },
          "Action": [
            "kms:DescribeKey",
            "kms:GetKeyLastUsage",
            "kms:GetKeyPolicy",
            "kms:GetKeyRotationStatus",
            "kms:ListGrants",
            "kms:ListKeyPolicies",
            "kms:ListKeyRotations",
            "kms:ListResourceTags"
          ],
          "Resource": "*"
        },
        {
          "Sid": "OperatorKeepsTheKeyInOrder",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111111111111:role/key-operator"
          },
          "Action": [
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
            "kms:UpdateKeyDescription"
          ],
          "Resource": "*"
        },
        {
          "Sid": "BreakGlassWithAnApprovedPlan",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111111111111:role/break-glass"
          },
          "Action": [
            "kms:DeleteImportedKeyMaterial",
            "kms:DisableKey",
            "kms:DisableKeyRotation",
            "kms:PutKeyPolicy",
            "kms:ScheduleKeyDeletion",
            "kms:CancelKeyDeletion",
            "kms:EnableKey",
            "kms:RevokeGrant"
          ],
          "Resource": "*",
          "Condition": {
            "StringLike": {
              "aws:PrincipalTag/dr-plan": "sha256-?*"
            },
            "Null": {
              "aws:SourceIdentity": "false"
            }
          }
        },
        {
          "Sid": "OnlyBreakGlassDestroys",
          "Effect": "Deny",
          "Principal": "*",
          "Action": [
            "kms:DeleteImportedKeyMaterial",
            "kms:DisableKey",
            "kms:DisableKeyRotation",
            "kms:PutKeyPolicy",
            "kms:ScheduleKeyDeletion"
          ],
          "Resource": "*",
          "Condition": {
            "ArnNotEquals": {
              "aws:PrincipalArn": "arn:aws:iam::111111111111:role/break-glass"
            }
          }
        },
        {
          "Sid": "NoShortDeletionWindow",
          "Effect": "Deny",
          "Principal": "*",
          "Action": "kms:ScheduleKeyDeletion",
          "Resource": "*",
          "Condition": {
            "NumericLessThan": {
              "kms:ScheduleKeyDeletionPendingWindowInDays": "30"
            }
          }
        },
        {
          "Sid": "NoBypassOfTheLockoutCheck",
          "Effect": "Deny",
          "Principal": "*",
          "Action": "kms:PutKeyPolicy",
          "Resource": "*",
          "Condition": {
            "Bool": {
              "kms:BypassPolicyLockoutSafetyCheck": "true"
            }
          }
        },
        {
          "Sid": "NobodyFromOutside",
          "Effect": "Deny",
          "Principal": "*",
          "Action": "kms:*",
          "Resource": "*",
          "Condition": {
            "StringNotEquals": {
              "aws:PrincipalAccount": [
                "111111111111",
                "222222222222"
              ]
            },
            "Bool": {
              "aws:PrincipalIsAWSService": "false"
            }
          }
        },
        {
          "Sid": "TfstateThroughItsBucket",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111111111111:role/terraform"
          },
          "Action": [
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*"
          ],
          "Resource": "*",
          "Condition": {
            "StringEquals": {
              "kms:ViaService": "s3.eu-west-1.amazonaws.com"
            },
            "StringLike": {
              "kms:EncryptionContext:aws:s3:arn": [
                "arn:aws:s3:::demo-tfstate",
                "arn:aws:s3:::demo-tfstate/*"
              ]
            }
          }
        },
        {
          "Sid": "LokiThroughItsBucket",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111111111111:role/observability-loki-role"
          },
          "Action": [
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*"
          ],
          "Resource": "*",
          "Condition": {
            "StringEquals": {
              "kms:ViaService": "s3.eu-west-1.amazonaws.com"
            },
            "StringLike": {
              "kms:EncryptionContext:aws:s3:arn": [
                "arn:aws:s3:::demo-loki",
                "arn:aws:s3:::demo-loki/*"
              ]
            }
          }
        },
        {
          "Sid": "MimirThroughItsBucket",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111111111111:role/observability-mimir-role"
          },
          "Action": [
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*"
          ],
          "Resource": "*",
          "Condition": {
            "StringEquals": {
              "kms:ViaService": "s3.eu-west-1.amazonaws.com"
            },
            "StringLike": {
              "kms:EncryptionContext:aws:s3:arn": [
                "arn:aws:s3:::demo-mimir",
                "arn:aws:s3:::demo-mimir/*"
              ]
            }
          }
        },
        {
          "Sid": "TempoThroughItsBucket",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111111111111:role/observability-tempo-role"
          },
          "Action": [
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*"
          ],
          "Resource": "*",
          "Condition": {
            "StringEquals": {
              "kms:ViaService": "s3.eu-west-1.amazonaws.com"
            },
            "StringLike": {
              "kms:EncryptionContext:aws:s3:arn": [
                "arn:aws:s3:::demo-tempo",
                "arn:aws:s3:::demo-tempo/*"
              ]
            }
          }
        },
        {
          "Sid": "UsersLookAtTheKey",
          "Effect": "Allow",
          "Principal": {
            "AWS": [
              "arn:aws:iam::111111111111:role/terraform",
              "arn:aws:iam::111111111111:role/observability-loki-role",
              "arn:aws:iam::111111111111:role/observability-mimir-role",
              "arn:aws:iam::111111111111:role/observability-tempo-role"
            ]
          },
          "Action": "kms:DescribeKey",
          "Resource": "*"
        },
        {
          "Sid": "UsersGrantToAwsResources",
          "Effect": "Allow",
          "Principal": {
            "AWS": [
              "arn:aws:iam::111111111111:role/terraform",
              "arn:aws:iam::111111111111:role/observability-loki-role",
              "arn:aws:iam::111111111111:role/observability-mimir-role",
              "arn:aws:iam::111111111111:role/observability-tempo-role"
            ]
          },
          "Action": "kms:CreateGrant",
          "Resource": "*",
          "Condition": {
            "Bool": {
              "kms:GrantIsForAWSResource": "true"
            }
          }
        },
        {
          "Sid": "DrillRoleMakesDataKeysOfDrills",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111111111111:role/dr-drill"
          },
          "Action": "kms:GenerateDataKey",
          "Resource": "*",
          "Condition": {
            "StringLike": {
              "kms:EncryptionContext:dr-run": "dr-*"
            }
          }
        },
        {
          "Sid": "RecoveryRolesLookAtTheKey",
          "Effect": "Allow",
          "Principal": {
            "AWS": [
              "arn:aws:iam::222222222222:role/dr-recovery",
              "arn:aws:iam::222222222222:role/dr-sync"
            ]
          },
          "Action": "kms:DescribeKey",
          "Resource": "*",
          "Condition": {
            "StringEquals": {
              "aws:PrincipalOrgID": "o-drdemo12345"
            }
          }
        },
        {
          "Sid": "RecoveryRolesReadThroughS3",
          "Effect": "Allow",
          "Principal": {
            "AWS": [
              "arn:aws:iam::222222222222:role/dr-recovery",
              "arn:aws:iam::222222222222:role/dr-sync"
            ]
          },
          "Action": "kms:Decrypt",
          "Resource": "*",
          "Condition": {
            "StringEquals": {
              "kms:ViaService": "s3.eu-west-1.amazonaws.com",
              "aws:PrincipalOrgID": "o-drdemo12345"
            },
            "StringLike": {
              "kms:EncryptionContext:aws:s3:arn": [
                "arn:aws:s3:::demo-tfstate",
                "arn:aws:s3:::demo-tfstate/*",
                "arn:aws:s3:::demo-loki",
                "arn:aws:s3:::demo-loki/*",
                "arn:aws:s3:::demo-mimir",
                "arn:aws:s3:::demo-mimir/*",
                "arn:aws:s3:::demo-tempo",
                "arn:aws:s3:::demo-tempo/*"
              ]
            }
          }
        },
        {
          "Sid": "RecoveryRoleRewrapsDataKeysOfDrills",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::222222222222:role/dr-recovery"
          },
          "Action": "kms:ReEncryptFrom",
          "Resource": "*",
          "Condition": {
            "StringEquals": {
              "aws:PrincipalOrgID": "o-drdemo12345"
            },
            "StringLike": {
              "kms:EncryptionContext:dr-run": "dr-*"
            }
          }
        }
      ]
    }
  EOT
}

locals {
  policy_recovery_observability_eu_west_1 = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "AccountReadsTheKey",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::222222222222:root"
          },
          "Action": [
            "kms:DescribeKey",
            "kms:GetKeyLastUsage",
            "kms:GetKeyPolicy",
            "kms:GetKeyRotationStatus",
            "kms:ListGrants",
            "kms:ListKeyPolicies",
            "kms:ListKeyRotations",
            "kms:ListResourceTags"
          ],
          "Resource": "*"
        },
        {
          "Sid": "OperatorKeepsTheKeyInOrder",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::222222222222:role/key-operator"
          },
          "Action": [
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
            "kms:UpdateKeyDescription"
          ],
          "Resource": "*"
        },
        {
          "Sid": "BreakGlassWithAnApprovedPlan",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::222222222222:role/break-glass"
          },
          "Action": [
            "kms:DeleteImportedKeyMaterial",
            "kms:DisableKey",
            "kms:DisableKeyRotation",
            "kms:PutKeyPolicy",
            "kms:ScheduleKeyDeletion",
            "kms:CancelKeyDeletion",
            "kms:EnableKey",
            "kms:RevokeGrant",
            "kms:ReplicateKey",
            "kms:UpdatePrimaryRegion"
          ],
          "Resource": "*",
          "Condition": {
            "StringLike": {
              "aws:PrincipalTag/dr-plan": "sha256-?*"
            },
            "Null": {
              "aws:SourceIdentity": "false"
            }
          }
        },
        {
          "Sid": "OnlyBreakGlassDestroys",
          "Effect": "Deny",
          "Principal": "*",
          "Action": [
            "kms:DeleteImportedKeyMaterial",
            "kms:DisableKey",
            "kms:DisableKeyRotation",
            "kms:PutKeyPolicy",
            "kms:ScheduleKeyDeletion"
          ],
          "Resource": "*",
          "Condition": {
            "ArnNotEquals": {
              "aws:PrincipalArn": "arn:aws:iam::222222222222:role/break-glass"
            }
          }
        },
        {
          "Sid": "NoShortDeletionWindow",
          "Effect": "Deny",
          "Principal": "*",
          "Action": "kms:ScheduleKeyDeletion",
          "Resource": "*",
          "Condition": {
            "NumericLessThan": {
              "kms:ScheduleKeyDeletionPendingWindowInDays": "30"
            }
          }
        },
        {
          "Sid": "NoBypassOfTheLockoutCheck",
          "Effect": "Deny",
          "Principal": "*",
          "Action": "kms:PutKeyPolicy",
          "Resource": "*",
          "Condition": {
            "Bool": {
              "kms:BypassPolicyLockoutSafetyCheck": "true"
            }
          }
        },
        {
          "Sid": "NobodyFromOutside",
          "Effect": "Deny",
          "Principal": "*",
          "Action": "kms:*",
          "Resource": "*",
          "Condition": {
            "StringNotEquals": {
              "aws:PrincipalAccount": [
                "222222222222"
              ]
            },
            "Bool": {
              "aws:PrincipalIsAWSService": "false"
            }
          }
        },
        {
          "Sid": "RecoveryRolesUseCopiesThroughS3",
          "Effect": "Allow",
          "Principal": {
            "AWS": [
              "arn:aws:iam::222222222222:role/dr-recovery",
              "arn:aws:iam::222222222222:role/dr-sync"
            ]
          },
          "Action": [
            "kms:Decrypt",
            "kms:GenerateDataKey"
          ],
          "Resource": "*",
          "Condition": {
            "StringEquals": {
              "kms:ViaService": "s3.eu-west-1.amazonaws.com"
            },
            "StringLike": {
              "kms:EncryptionContext:aws:s3:arn": [
                "arn:aws:s3:::demo-tfstate-recovery",
                "arn:aws:s3:::demo-tfstate-recovery/*",
                "arn:aws:s3:::demo-loki-recovery",
                "arn:aws:s3:::demo-loki-recovery/*",
                "arn:aws:s3:::demo-mimir-recovery",
                "arn:aws:s3:::demo-mimir-recovery/*",
                "arn:aws:s3:::demo-tempo-recovery",
                "arn:aws:s3:::demo-tempo-recovery/*",
                "arn:aws:s3:::demo-dr-scratch",
                "arn:aws:s3:::demo-dr-scratch/dr-drill/*"
              ]
            }
          }
        },
        {
          "Sid": "RecoveryRoleRewrapsDataKeysOfDrills",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::222222222222:role/dr-recovery"
          },
          "Action": [
            "kms:Decrypt",
            "kms:ReEncryptTo"
          ],
          "Resource": "*",
          "Condition": {
            "StringLike": {
              "kms:EncryptionContext:dr-run": "dr-*"
            }
          }
        }
      ]
    }
  EOT
}

locals {
  policy_recovery_observability_eu_central_1 = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "AccountReadsTheKey",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::222222222222:root"
          },
          "Action": [
            "kms:DescribeKey",
            "kms:GetKeyLastUsage",
            "kms:GetKeyPolicy",
            "kms:GetKeyRotationStatus",
            "kms:ListGrants",
            "kms:ListKeyPolicies",
            "kms:ListKeyRotations",
            "kms:ListResourceTags"
          ],
          "Resource": "*"
        },
        {
          "Sid": "OperatorKeepsTheKeyInOrder",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::222222222222:role/key-operator"
          },
          "Action": [
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
            "kms:UpdateKeyDescription"
          ],
          "Resource": "*"
        },
        {
          "Sid": "BreakGlassWithAnApprovedPlan",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::222222222222:role/break-glass"
          },
          "Action": [
            "kms:DeleteImportedKeyMaterial",
            "kms:DisableKey",
            "kms:DisableKeyRotation",
            "kms:PutKeyPolicy",
            "kms:ScheduleKeyDeletion",
            "kms:CancelKeyDeletion",
            "kms:EnableKey",
            "kms:RevokeGrant"
          ],
          "Resource": "*",
          "Condition": {
            "StringLike": {
              "aws:PrincipalTag/dr-plan": "sha256-?*"
            },
            "Null": {
              "aws:SourceIdentity": "false"
            }
          }
        },
        {
          "Sid": "OnlyBreakGlassDestroys",
          "Effect": "Deny",
          "Principal": "*",
          "Action": [
            "kms:DeleteImportedKeyMaterial",
            "kms:DisableKey",
            "kms:DisableKeyRotation",
            "kms:PutKeyPolicy",
            "kms:ScheduleKeyDeletion"
          ],
          "Resource": "*",
          "Condition": {
            "ArnNotEquals": {
              "aws:PrincipalArn": "arn:aws:iam::222222222222:role/break-glass"
            }
          }
        },
        {
          "Sid": "NoShortDeletionWindow",
          "Effect": "Deny",
          "Principal": "*",
          "Action": "kms:ScheduleKeyDeletion",
          "Resource": "*",
          "Condition": {
            "NumericLessThan": {
              "kms:ScheduleKeyDeletionPendingWindowInDays": "30"
            }
          }
        },
        {
          "Sid": "NoBypassOfTheLockoutCheck",
          "Effect": "Deny",
          "Principal": "*",
          "Action": "kms:PutKeyPolicy",
          "Resource": "*",
          "Condition": {
            "Bool": {
              "kms:BypassPolicyLockoutSafetyCheck": "true"
            }
          }
        },
        {
          "Sid": "NobodyFromOutside",
          "Effect": "Deny",
          "Principal": "*",
          "Action": "kms:*",
          "Resource": "*",
          "Condition": {
            "StringNotEquals": {
              "aws:PrincipalAccount": [
                "222222222222"
              ]
            },
            "Bool": {
              "aws:PrincipalIsAWSService": "false"
            }
          }
        },
        {
          "Sid": "RecoveryRolesUseCopiesThroughS3",
          "Effect": "Allow",
          "Principal": {
            "AWS": [
              "arn:aws:iam::222222222222:role/dr-recovery",
              "arn:aws:iam::222222222222:role/dr-sync"
            ]
          },
          "Action": [
            "kms:Decrypt",
            "kms:GenerateDataKey"
          ],
          "Resource": "*",
          "Condition": {
            "StringEquals": {
              "kms:ViaService": "s3.eu-central-1.amazonaws.com"
            },
            "StringLike": {
              "kms:EncryptionContext:aws:s3:arn": [
                "arn:aws:s3:::demo-tfstate-recovery",
                "arn:aws:s3:::demo-tfstate-recovery/*",
                "arn:aws:s3:::demo-loki-recovery",
                "arn:aws:s3:::demo-loki-recovery/*",
                "arn:aws:s3:::demo-mimir-recovery",
                "arn:aws:s3:::demo-mimir-recovery/*",
                "arn:aws:s3:::demo-tempo-recovery",
                "arn:aws:s3:::demo-tempo-recovery/*",
                "arn:aws:s3:::demo-dr-scratch",
                "arn:aws:s3:::demo-dr-scratch/dr-drill/*"
              ]
            }
          }
        },
        {
          "Sid": "RecoveryRoleRewrapsDataKeysOfDrills",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::222222222222:role/dr-recovery"
          },
          "Action": [
            "kms:Decrypt",
            "kms:ReEncryptTo"
          ],
          "Resource": "*",
          "Condition": {
            "StringLike": {
              "kms:EncryptionContext:dr-run": "dr-*"
            }
          }
        }
      ]
    }
  EOT
}
