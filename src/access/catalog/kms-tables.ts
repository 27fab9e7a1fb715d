/** KMS operations as the API names them, without the service, in sets by what they can do. */

/**
 * Operations that work on a key of another account, whatever is said in policies; all others are denied. `ReEncrypt` is
 * spelt as its two actions. Source: "Cross-account use" in the doc comment of each operation of the KMS client.
 * ListRetirableGrants and GenerateRandom are not among them, as they take no key.
 */
const CROSS_ACCOUNT = `CreateGrant Decapsulate Decrypt DeriveSharedSecret DescribeKey Encapsulate Encrypt GenerateDataKey
  GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac GetKeyRotationStatus
  GetPublicKey ListGrants ReEncryptFrom ReEncryptTo RetireGrant RevokeGrant Sign Verify VerifyMac`

/** What a grant can allow. Source: GrantOperation of the KMS client. */
const GRANTABLE = `CreateGrant Decapsulate Decrypt DeriveSharedSecret DescribeKey Encapsulate Encrypt GenerateDataKey
  GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac GetPublicKey
  ReEncryptFrom ReEncryptTo RetireGrant Sign Verify VerifyMac`

/** Operations (not actions: `ReEncrypt`) that take `DryRun`. Source: the inputs of the KMS client. */
const WITH_DRY_RUN = `CreateGrant Decapsulate Decrypt DeriveSharedSecret Encapsulate Encrypt GenerateDataKey
  GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac ReEncrypt RetireGrant
  RevokeGrant Sign Verify VerifyMac`

const setOf = (names: string): ReadonlySet<string> => new Set(names.split(/\s+/))

export const CROSS_ACCOUNT_ACTIONS = setOf(CROSS_ACCOUNT)
export const GRANT_OPERATIONS = setOf(GRANTABLE)
export const DRY_RUN_OPERATIONS = setOf(WITH_DRY_RUN)
