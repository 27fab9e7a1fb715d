import { accountPrincipalArn, partitionOf } from "../../access/arn.ts"
import { defaultKeyPolicy } from "../../access/default-key-policy.ts"
import type { AccountId, RegionName } from "../../kernel/brands.ts"

/** As KMS stores it. */
export const defaultPolicy = (account: AccountId, region: RegionName): string =>
  JSON.stringify(defaultKeyPolicy(account, region))

/**
 * The policy of an AWS managed key, which nobody can change: every principal of the account may use the key, but only
 * through the service that it belongs to, and see what it is. `alias` is `alias/aws/<service>`.
 */
export function managedKeyPolicy(account: AccountId, region: RegionName, alias: string): string {
  const service = alias.slice("alias/aws/".length)
  return JSON.stringify({
    Version: "2012-10-17",
    Id: `auto-${service}-2`,
    Statement: [
      {
        Sid: `Allow access through ${service} for all principals in the account that are authorized to use ${service}`,
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [
          "kms:Encrypt",
          "kms:Decrypt",
          "kms:ReEncrypt*",
          "kms:GenerateDataKey*",
          "kms:CreateGrant",
          "kms:DescribeKey",
        ],
        Resource: "*",
        Condition: {
          StringEquals: { "kms:CallerAccount": account, "kms:ViaService": `${service}.${region}.amazonaws.com` },
        },
      },
      {
        Sid: "Allow direct access to key metadata to the account",
        Effect: "Allow",
        Principal: { AWS: accountPrincipalArn(account, partitionOf(region)) },
        Action: ["kms:Describe*", "kms:Get*", "kms:List*"],
        Resource: "*",
      },
    ],
  })
}
