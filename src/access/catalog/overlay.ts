/**
 * Actions and keys that the generated data lacks, in its format, per service. Sources: the operations of the SDK clients
 * with their "Required permissions", and the KMS, S3 and IAM documentation. Drop a line once the data has it.
 */
export const OVERLAY: Readonly<Record<string, string>> = {
  kms: `
[resources]
key arn:*:kms:*:*:key/* :KeyOrigin :KeySpec :KeyUsage :MultiRegion :MultiRegionKeyType :ResourceAliases aws:ResourceTag/*
[actions]
Decapsulate|W|key!|:CallerAccount :RecipientAttestation:* :RequestAlias :ViaService
Encapsulate|W|key!|:CallerAccount :RequestAlias :ViaService`,
  sts: `
[actions]
GetScopedCredentials|R||`,
}
