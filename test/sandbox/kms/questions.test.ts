import { beforeEach, describe, expect, it } from "vitest"
import type { AccessQuestion } from "../../../src/sandbox/core/world.ts"
import { RECOVERY, recordingWorld, REGION, root, user, WEST, WORKLOAD, type RecordingWorld } from "./recording-world.ts"
import { wrapMaterial } from "./wrap-material.ts"

const SYMMETRIC = {
  "kms:KeySpec": "SYMMETRIC_DEFAULT",
  "kms:KeyUsage": "ENCRYPT_DECRYPT",
  "kms:KeyOrigin": "AWS_KMS",
  "kms:MultiRegion": "false",
}
const x = Buffer.from("x").toString("base64")
const ROLE = `arn:aws:iam::${RECOVERY}:role/recovery`
const aliasOf = (name: string): string => `arn:aws:kms:${REGION}:${WORKLOAD}:alias/${name}`

let rig: RecordingWorld
let kms: RecordingWorld["kms"]
beforeEach(() => {
  rig = recordingWorld()
  kms = rig.kms
})

async function newKey(input: object = {}): Promise<string> {
  const arn: string = (await kms("CreateKey", input))["KeyMetadata"].Arn
  rig.questions()
  return arn
}
/** The one question that the call asked. */
async function asked(operation: string, input: object): Promise<AccessQuestion> {
  rig.questions()
  await kms(operation, input)
  const questions = rig.questions()
  expect(questions.length, operation).toBe(1)
  return questions[0]!
}
const contextOf = async (operation: string, input: object): Promise<object> => (await asked(operation, input)).context

describe("a question about a key", () => {
  it("names caller, action, key, owner, Region, policy and tags", async () => {
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [] })
    const KeyId = await newKey({ Tags: [{ TagKey: "team", TagValue: "loki" }], BypassPolicyLockoutSafetyCheck: true })
    await kms("PutKeyPolicy", { KeyId, Policy, BypassPolicyLockoutSafetyCheck: true })
    rig.questions()
    await kms("DescribeKey", { KeyId }, { by: user(RECOVERY, "ann") })
    expect(rig.questions()).toEqual([
      {
        caller: user(RECOVERY, "ann"),
        action: "kms:DescribeKey",
        resource: KeyId,
        resourceAccount: WORKLOAD,
        region: REGION,
        resourcePolicy: Policy,
        resourceTags: new Map([["team", "loki"]]),
        context: SYMMETRIC,
      },
    ])
  })
  it("tells by which alias the key was named, and all that it has", async () => {
    const KeyId = await newKey()
    await kms("CreateAlias", { AliasName: "alias/one", TargetKeyId: KeyId })
    await kms("CreateAlias", { AliasName: "alias/two", TargetKeyId: KeyId })
    const aliases = { ...SYMMETRIC, "kms:ResourceAliases": ["alias/one", "alias/two"] }
    expect(await contextOf("DescribeKey", { KeyId })).toEqual(aliases)
    for (const ref of ["alias/two", aliasOf("two")]) {
      expect(await contextOf("DescribeKey", { KeyId: ref })).toEqual({ ...aliases, "kms:RequestAlias": "alias/two" })
    }
    await kms("DeleteAlias", { AliasName: "alias/one" })
    expect(await contextOf("DescribeKey", { KeyId })).toEqual({ ...SYMMETRIC, "kms:ResourceAliases": ["alias/two"] })
  })
  it("tells which of the related keys is primary, also after it has moved", async () => {
    const arn = await newKey({ MultiRegion: true })
    const KeyId = arn.split("/")[1]
    await kms("ReplicateKey", { KeyId, ReplicaRegion: WEST })
    const typeIn = async (region: typeof REGION): Promise<unknown> => {
      rig.questions()
      await kms("DescribeKey", { KeyId }, { region })
      const { context } = rig.questions()[0]!
      expect(context["kms:MultiRegion"]).toBe("true")
      return context["kms:MultiRegionKeyType"]
    }
    expect([await typeIn(REGION), await typeIn(WEST)]).toEqual(["PRIMARY", "REPLICA"])
    await kms("UpdatePrimaryRegion", { KeyId, PrimaryRegion: WEST })
    expect([await typeIn(REGION), await typeIn(WEST)]).toEqual(["REPLICA", "PRIMARY"])
  })
})

describe("questions of encryption", () => {
  const CONTEXT = { "aws:s3:arn": "arn:aws:s3:::chunks", Team: "loki" }
  const WITH_CONTEXT = {
    ...SYMMETRIC,
    "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
    "kms:EncryptionContextKeys": ["aws:s3:arn", "Team"],
    "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::chunks",
    "kms:EncryptionContext:Team": "loki",
  }

  it.each([
    ["Encrypt", { Plaintext: x }],
    ["GenerateDataKey", { KeySpec: "AES_256" }],
    ["GenerateDataKeyWithoutPlaintext", { KeySpec: "AES_256" }],
  ])("%s tells algorithm and encryption context", async (operation, input) => {
    const KeyId = await newKey()
    const question = await asked(operation, { KeyId, EncryptionContext: CONTEXT, ...input })
    expect([question.action, question.context]).toEqual([`kms:${operation}`, WITH_CONTEXT])
  })
  it("Decrypt says when only the ciphertext led to the key", async () => {
    const KeyId = await newKey()
    const { CiphertextBlob } = await kms("Encrypt", { KeyId, Plaintext: x, EncryptionContext: CONTEXT })
    const found = await asked("Decrypt", { CiphertextBlob, EncryptionContext: CONTEXT })
    expect([found.resource, found.byCiphertext, found.context]).toEqual([KeyId, true, WITH_CONTEXT])
    const named = await asked("Decrypt", { CiphertextBlob, EncryptionContext: CONTEXT, KeyId })
    expect(named).not.toHaveProperty("byCiphertext")
  })
  it("an empty encryption context is left out", async () => {
    const KeyId = await newKey()
    expect(await contextOf("Encrypt", { KeyId, Plaintext: x })).toEqual({
      ...SYMMETRIC,
      "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
    })
  })
  it("ReEncrypt asks both keys, each with its own context and alias, and whether they are the same", async () => {
    const [source, target] = [await newKey(), await newKey()]
    await kms("CreateAlias", { AliasName: "alias/target", TargetKeyId: target })
    const { CiphertextBlob } = await kms("Encrypt", { KeyId: source, Plaintext: x, EncryptionContext: { a: "1" } })
    rig.questions()
    const moved = { CiphertextBlob, SourceEncryptionContext: { a: "1" }, DestinationEncryptionContext: { b: "2" } }
    await kms("ReEncrypt", { ...moved, DestinationKeyId: "alias/target" })
    const common = { ...SYMMETRIC, "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT", "kms:ReEncryptOnSameKey": "false" }
    expect(rig.questions()).toMatchObject([
      {
        action: "kms:ReEncryptFrom",
        resource: source,
        byCiphertext: true,
        context: { ...common, "kms:EncryptionContextKeys": ["a"], "kms:EncryptionContext:a": "1" },
      },
      {
        action: "kms:ReEncryptTo",
        resource: target,
        context: {
          ...common,
          "kms:EncryptionContextKeys": ["b"],
          "kms:EncryptionContext:b": "2",
          "kms:RequestAlias": "alias/target",
          "kms:ResourceAliases": ["alias/target"],
        },
      },
    ])
    await kms("ReEncrypt", { ...moved, DestinationKeyId: source, SourceKeyId: source })
    const same = rig.questions()
    expect(same.map(({ context, byCiphertext }) => [context["kms:ReEncryptOnSameKey"], byCiphertext])).toEqual([
      ["true", undefined],
      ["true", undefined],
    ])
  })
  it("GenerateMac and VerifyMac tell the algorithm", async () => {
    const KeyId = await newKey({ KeySpec: "HMAC_384", KeyUsage: "GENERATE_VERIFY_MAC" })
    const facts = { ...SYMMETRIC, "kms:KeySpec": "HMAC_384", "kms:KeyUsage": "GENERATE_VERIFY_MAC" }
    const input = { KeyId, Message: x, MacAlgorithm: "HMAC_SHA_384" }
    expect(await contextOf("GenerateMac", input)).toEqual({ ...facts, "kms:MacAlgorithm": "HMAC_SHA_384" })
    expect(await contextOf("VerifyMac", { ...input, Mac: x })).toEqual({ ...facts, "kms:MacAlgorithm": "HMAC_SHA_384" })
  })
  it("a service tells through whom it asks", async () => {
    const KeyId = await newKey()
    const by = {
      caller: root(WORKLOAD),
      region: REGION,
      viaService: `s3.${REGION}.amazonaws.com`,
      requestId: "S3REQUEST",
    }
    const { wrapped } = rig.world.kms.generateDataKey(by, KeyId, CONTEXT)
    rig.world.kms.decrypt(by, wrapped, CONTEXT)
    expect(rig.questions().map(({ action, byCiphertext, context }) => ({ action, byCiphertext, context }))).toEqual([
      {
        action: "kms:GenerateDataKey",
        byCiphertext: undefined,
        context: { ...WITH_CONTEXT, "kms:ViaService": "s3.eu-central-1.amazonaws.com" },
      },
      {
        action: "kms:Decrypt",
        byCiphertext: true,
        context: { ...WITH_CONTEXT, "kms:ViaService": "s3.eu-central-1.amazonaws.com" },
      },
    ])
  })
})

describe("questions of management", () => {
  const both = (questions: readonly AccessQuestion[]): unknown =>
    questions.map(({ action, resource, region, context }) => [action, resource, region, context])

  it("CreateKey asks without a resource, and for the tags by the new key's ARN", async () => {
    const { KeyMetadata } = await kms("CreateKey", { MultiRegion: true, Tags: [{ TagKey: "a", TagValue: "1" }] })
    const facts = { ...SYMMETRIC, "kms:MultiRegion": "true", "kms:MultiRegionKeyType": "PRIMARY" }
    const tags = { "aws:TagKeys": ["a"], "aws:RequestTag/a": "1" }
    const questions = rig.questions()
    expect(both(questions)).toEqual([
      ["kms:CreateKey", "*", REGION, { ...facts, ...tags, "kms:BypassPolicyLockoutSafetyCheck": "false" }],
      ["kms:TagResource", KeyMetadata.Arn, REGION, { ...facts, ...tags }],
    ])
    expect(questions[0]).not.toHaveProperty("resourcePolicy")
    expect(JSON.parse(questions[1]?.resourcePolicy ?? "").Statement).toMatchObject([
      { Principal: { AWS: `arn:aws:iam::${WORKLOAD}:root` }, Action: "kms:*" },
    ])
  })
  it("ReplicateKey asks the primary, and for a key and its tags in the replica's Region", async () => {
    const primary = await newKey({ MultiRegion: true })
    await kms("ReplicateKey", { KeyId: primary, ReplicaRegion: WEST, Tags: [{ TagKey: "a", TagValue: "1" }] })
    const facts = { ...SYMMETRIC, "kms:MultiRegion": "true" }
    const tags = { "aws:TagKeys": ["a"], "aws:RequestTag/a": "1" }
    const replica = { ...facts, "kms:MultiRegionKeyType": "REPLICA", ...tags }
    expect(both(rig.questions())).toEqual([
      [
        "kms:ReplicateKey",
        primary,
        REGION,
        { ...facts, "kms:MultiRegionKeyType": "PRIMARY", "kms:ReplicaRegion": WEST },
      ],
      ["kms:CreateKey", "*", WEST, { ...replica, "kms:BypassPolicyLockoutSafetyCheck": "false" }],
      ["kms:TagResource", primary.replace(REGION, WEST), WEST, replica],
    ])
  })
  it("UpdatePrimaryRegion asks primary and replica, each in its Region", async () => {
    const primary = await newKey({ MultiRegion: true })
    await kms("ReplicateKey", { KeyId: primary, ReplicaRegion: WEST })
    rig.questions()
    await kms("UpdatePrimaryRegion", { KeyId: primary, PrimaryRegion: WEST })
    const facts = { ...SYMMETRIC, "kms:MultiRegion": "true", "kms:PrimaryRegion": WEST }
    expect(both(rig.questions())).toEqual([
      ["kms:UpdatePrimaryRegion", primary, REGION, { ...facts, "kms:MultiRegionKeyType": "PRIMARY" }],
      [
        "kms:UpdatePrimaryRegion",
        primary.replace(REGION, WEST),
        WEST,
        { ...facts, "kms:MultiRegionKeyType": "REPLICA" },
      ],
    ])
  })
  it("alias operations ask for the alias and for every key concerned", async () => {
    const [first, second] = [await newKey(), await newKey()]
    await kms("CreateAlias", { AliasName: "alias/a", TargetKeyId: first })
    await kms("UpdateAlias", { AliasName: "alias/a", TargetKeyId: second })
    await kms("DeleteAlias", { AliasName: "alias/a" })
    const questions = rig.questions()
    expect(questions.map(({ action, resource }) => [action, resource])).toEqual([
      ["kms:CreateAlias", aliasOf("a")],
      ["kms:CreateAlias", first],
      ["kms:UpdateAlias", aliasOf("a")],
      ["kms:UpdateAlias", first],
      ["kms:UpdateAlias", second],
      ["kms:DeleteAlias", aliasOf("a")],
      ["kms:DeleteAlias", second],
    ])
    const forAlias = questions.filter((each) => each.resource === aliasOf("a"))
    expect(forAlias.map((each) => [each.resourceAccount, each.resourcePolicy])).toEqual(
      forAlias.map(() => [WORKLOAD, undefined]),
    )
  })
  it.each([
    ["PutKeyPolicy", { Policy: '{"Statement":[]}' }, { "kms:BypassPolicyLockoutSafetyCheck": "false" }],
    [
      "PutKeyPolicy",
      { Policy: '{"Statement":[]}', BypassPolicyLockoutSafetyCheck: true },
      { "kms:BypassPolicyLockoutSafetyCheck": "true" },
    ],
    ["EnableKeyRotation", { RotationPeriodInDays: 90 }, { "kms:RotationPeriodInDays": "90" }],
    ["EnableKeyRotation", {}, { "kms:RotationPeriodInDays": "365" }],
    [
      "ScheduleKeyDeletion",
      { PendingWindowInDays: 7 },
      { "kms:ScheduleKeyDeletionPendingWindowInDays": "7", "kms:TrailingDaysWithoutKeyUsage": "0" },
    ],
    [
      "ScheduleKeyDeletion",
      {},
      { "kms:ScheduleKeyDeletionPendingWindowInDays": "30", "kms:TrailingDaysWithoutKeyUsage": "0" },
    ],
    ["DisableKey", {}, { "kms:TrailingDaysWithoutKeyUsage": "0" }],
    ["EnableKey", {}, {}],
    ["TagResource", { Tags: [{ TagKey: "a", TagValue: "1" }] }, { "aws:TagKeys": ["a"], "aws:RequestTag/a": "1" }],
    ["UntagResource", { TagKeys: ["a", "b"] }, { "aws:TagKeys": ["a", "b"] }],
    ["ListGrants", {}, { "kms:GrantIsForAWSResource": "false" }],
    ["RevokeGrant", { GrantId: "0".repeat(64) }, { "kms:GrantIsForAWSResource": "false" }],
    ["CancelKeyDeletion", {}, {}],
    ["GetKeyPolicy", {}, {}],
    ["ListKeyPolicies", {}, {}],
    ["GetKeyRotationStatus", {}, {}],
    ["DisableKeyRotation", {}, {}],
    ["RotateKeyOnDemand", {}, {}],
    ["ListKeyRotations", {}, {}],
    ["ListResourceTags", {}, {}],
    ["UpdateKeyDescription", { Description: "d" }, {}],
    ["DeleteImportedKeyMaterial", {}, {}],
    ["GetKeyLastUsage", {}, {}],
  ])("%s with %j adds %j", async (operation, input, more) => {
    const KeyId = await newKey()
    const question = await asked(operation, { KeyId, ...input })
    expect([question.action, question.resource, question.context]).toEqual([
      `kms:${operation}`,
      KeyId,
      { ...SYMMETRIC, ...more },
    ])
  })
  it.each(["ListKeys", "ListAliases", "GenerateRandom"])("%s asks without a resource", async (operation) => {
    const question = await asked(operation, operation === "GenerateRandom" ? { NumberOfBytes: 1 } : {})
    expect([question.action, question.resource, question.context]).toEqual([`kms:${operation}`, "*", {}])
  })
  it("counts the days since the last use for the guard rail", async () => {
    const KeyId = await newKey()
    rig.world.clock.advance(10 * 86_400_000)
    expect(await contextOf("DisableKey", { KeyId })).toMatchObject({ "kms:TrailingDaysWithoutKeyUsage": "10" })
    await kms("EnableKey", { KeyId })
    await kms("Encrypt", { KeyId, Plaintext: x })
    rig.world.clock.advance(3 * 86_400_000 - 1)
    expect(await contextOf("DisableKey", { KeyId })).toMatchObject({ "kms:TrailingDaysWithoutKeyUsage": "2" })
  })
})

describe("questions of import", () => {
  const EXTERNAL = { ...SYMMETRIC, "kms:KeyOrigin": "EXTERNAL" }

  it("tell how material is wrapped and when it expires", async () => {
    const KeyId = await newKey({ Origin: "EXTERNAL" })
    const wrapping = { WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" }
    const { ImportToken, PublicKey } = await kms("GetParametersForImport", { KeyId, ...wrapping })
    expect(rig.questions()[0]?.context).toEqual({
      ...EXTERNAL,
      "kms:WrappingAlgorithm": "RSAES_OAEP_SHA_256",
      "kms:WrappingKeySpec": "RSA_2048",
    })
    const material = { KeyId, ImportToken, EncryptedKeyMaterial: wrapMaterial(PublicKey, Buffer.alloc(32, 1)) }
    const ValidTo = Date.parse("2026-11-25T00:00:00Z") / 1000
    expect(await contextOf("ImportKeyMaterial", { ...material, ValidTo })).toEqual({
      ...EXTERNAL,
      "kms:ExpirationModel": "KEY_MATERIAL_EXPIRES",
      "kms:ValidTo": "1795564800",
    })
    expect(
      await contextOf("ImportKeyMaterial", { ...material, ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" }),
    ).toEqual({ ...EXTERNAL, "kms:ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE" })
  })
})

describe("questions of grants", () => {
  it("CreateGrant tells all that a policy may bind, the constraint's context too", async () => {
    const KeyId = await newKey()
    const context = await contextOf("CreateGrant", {
      KeyId,
      GranteePrincipal: ROLE,
      RetiringPrincipal: `arn:aws:iam::${WORKLOAD}:root`,
      Operations: ["ReEncryptFrom", "Decrypt"],
      Constraints: { EncryptionContextSubset: { team: "loki" } },
    })
    expect(context).toEqual({
      ...SYMMETRIC,
      "kms:GrantIsForAWSResource": "false",
      "kms:GrantOperations": ["Decrypt", "ReEncryptFrom"],
      "kms:GranteePrincipal": ROLE,
      "kms:RetiringPrincipal": `arn:aws:iam::${WORKLOAD}:root`,
      "kms:GrantConstraintType": "EncryptionContextSubset",
      "kms:EncryptionContextKeys": ["team"],
      "kms:EncryptionContext:team": "loki",
    })
  })
  it("leave out what the grant leaves out", async () => {
    const KeyId = await newKey()
    expect(await contextOf("CreateGrant", { KeyId, GranteePrincipal: ROLE, Operations: ["Decrypt"] })).toEqual({
      ...SYMMETRIC,
      "kms:GrantIsForAWSResource": "false",
      "kms:GrantOperations": ["Decrypt"],
      "kms:GranteePrincipal": ROLE,
    })
  })
  it("ListRetirableGrants asks without a resource", async () => {
    const question = await asked("ListRetirableGrants", { RetiringPrincipal: `arn:aws:iam::${WORKLOAD}:root` })
    expect([question.action, question.resource, question.context]).toEqual(["kms:ListRetirableGrants", "*", {}])
  })
  it("every question about the key carries its grants", async () => {
    const KeyId = await newKey()
    expect(await asked("DescribeKey", { KeyId })).not.toHaveProperty("grants")
    const { GrantId } = await kms("CreateGrant", { KeyId, GranteePrincipal: ROLE, Operations: ["Decrypt"], Name: "n" })
    expect((await asked("Encrypt", { KeyId, Plaintext: x })).grants).toMatchObject([
      { id: GrantId, name: "n", keyArn: KeyId, grantee: ROLE, operations: ["Decrypt"] },
    ])
  })
  it("RetireGrant puts the retiring principal's right as a grant", async () => {
    const KeyId = await newKey()
    const retiring = `arn:aws:iam::${WORKLOAD}:role/breaker`
    const Operations = ["Decrypt", "RetireGrant"]
    const made = await kms("CreateGrant", {
      KeyId,
      GranteePrincipal: ROLE,
      RetiringPrincipal: retiring,
      Operations,
      Constraints: { EncryptionContextEquals: { a: "1" } },
    })
    const question = await asked("RetireGrant", { GrantToken: made["GrantToken"] })
    expect(question).toMatchObject({ action: "kms:RetireGrant", resource: KeyId })
    expect(question.context).toMatchObject({ "kms:GrantConstraintType": "EncryptionContextEquals" })
    expect(question.grants?.map((grant) => [grant.grantee, grant.operations])).toEqual([
      [ROLE, Operations],
      [retiring, ["RetireGrant"]],
    ])
  })
})

describe("the lock-out check", () => {
  it("asks whether the author could change the new policy again", async () => {
    const looked: AccessQuestion[] = []
    const strict = recordingWorld({}, (question) => {
      looked.push(question)
      return question.action !== "kms:PutKeyPolicy" || !question.resourcePolicy?.includes("locked")
    })
    const { KeyMetadata } = await strict.kms("CreateKey")
    const policy = (Sid: string): string =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Sid, Effect: "Allow", Principal: { AWS: `arn:aws:iam::${WORKLOAD}:root` }, Action: "kms:*", Resource: "*" },
        ],
      })
    const KeyId = KeyMetadata.Arn
    expect(await strict.kms("PutKeyPolicy", { KeyId, Policy: policy("locked") })).toMatchObject({
      error: "MalformedPolicyDocumentException",
    })
    expect(looked.at(-1)).toMatchObject({
      caller: root(WORKLOAD),
      action: "kms:PutKeyPolicy",
      resource: KeyId,
      resourceAccount: WORKLOAD,
      resourcePolicy: policy("locked"),
    })
    expect(await strict.kms("PutKeyPolicy", { KeyId, Policy: policy("open") })).toEqual({})
    expect(await strict.kms("CreateKey", { Policy: policy("locked") })).toMatchObject({
      error: "MalformedPolicyDocumentException",
    })
    expect(
      await strict.kms("CreateKey", { Policy: policy("locked"), BypassPolicyLockoutSafetyCheck: true }),
    ).toHaveProperty("KeyMetadata")
  })
})

describe("operations that never cross accounts", () => {
  it("are refused before anybody is asked", async () => {
    const KeyId = await newKey()
    const denied = await kms("DisableKey", { KeyId }, { by: root(RECOVERY) })
    expect([denied["error"], rig.questions()]).toEqual(["AccessDeniedException", []])
  })
})
