import { accountPrincipalArn, partitionOf } from "./arn.ts"

/**
 * What CreateKey and ReplicateKey attach when no policy is given: the account may delegate everything by IAM. Source: KMS
 * developer guide, default key policy.
 */
export const defaultKeyPolicy = (account: string, region: string): object => ({
  Version: "2012-10-17",
  Id: "key-default-1",
  Statement: [
    {
      Sid: "Enable IAM User Permissions",
      Effect: "Allow",
      Principal: { AWS: accountPrincipalArn(account, partitionOf(region)) },
      Action: "kms:*",
      Resource: "*",
    },
  ],
})
