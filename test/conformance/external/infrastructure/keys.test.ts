import type { KMS, KeyMetadata, Tag } from "@aws-sdk/client-kms"
import { afterAll, beforeAll, expect, it } from "vitest"
import { wrapMaterial } from "../../../sandbox/kms/wrap-material.ts"
import { everyPage, refusal, ROOT, saysTheSame, settled, startEstate, WORKLOAD, type Estate } from "./estate.ts"

/** aws_kms_key, aws_kms_replica_key, aws_kms_external_key, aws_kms_alias, aws_kms_grant; every list comes in pages of two. */
let aws: Estate
let kms: KMS
beforeAll(async () => {
  aws = await startEstate({ pageSize: 2, replicaDelayMs: 4000 })
  kms = aws.kms
})
afterAll(() => aws.close())

const policy = (...actions: string[]): object => ({
  Version: "2012-10-17",
  Statement: [
    { Sid: "Account", Effect: "Allow", Principal: { AWS: ROOT }, Action: "kms:*", Resource: "*" },
    ...actions.map((Action) => ({ Effect: "Allow", Principal: { AWS: ROOT }, Action, Resource: "*" })),
  ],
})
const tags = (given: Record<string, string>): Tag[] =>
  Object.entries(given).map(([TagKey, TagValue]) => ({ TagKey, TagValue }))

async function metadata(KeyId: string, from = kms): Promise<KeyMetadata> {
  const { KeyMetadata } = await from.describeKey({ KeyId })
  if (KeyMetadata === undefined) throw new Error("no metadata")
  return KeyMetadata
}
async function tagsOf(KeyId: string, from = kms): Promise<Record<string, string>> {
  const all = await everyPage(async (Marker) => {
    const { Tags, NextMarker } = await from.listResourceTags({ KeyId, Marker, Limit: 50 })
    return { items: Tags, next: NextMarker }
  })
  return Object.fromEntries(all.map(({ TagKey = "", TagValue = "" }) => [TagKey, TagValue]))
}
const hasPolicy =
  (KeyId: string, wanted: object, from = kms) =>
  async (): Promise<boolean> =>
    saysTheSame((await from.getKeyPolicy({ KeyId, PolicyName: "default" })).Policy, wanted)
const rotates = (KeyId: string, days: number | undefined) => async (): Promise<boolean> => {
  const { KeyRotationEnabled, RotationPeriodInDays } = await kms.getKeyRotationStatus({ KeyId })
  return KeyRotationEnabled === (days !== undefined) && RotationPeriodInDays === days
}
const isInState =
  (KeyId: string, state: string, from = kms) =>
  async (): Promise<boolean> =>
    (await metadata(KeyId, from)).KeyState === state

async function newKey(input: Parameters<KMS["createKey"]>[0] = {}): Promise<string> {
  return (await kms.createKey(input)).KeyMetadata?.KeyId ?? ""
}

it("aws_kms_key: created, changed in every way, scheduled for deletion", async () => {
  const made = await kms.createKey({
    Description: "one",
    KeySpec: "SYMMETRIC_DEFAULT",
    KeyUsage: "ENCRYPT_DECRYPT",
    MultiRegion: true,
    BypassPolicyLockoutSafetyCheck: false,
    Policy: JSON.stringify(policy("kms:Decrypt")),
    Tags: tags({ team: "storage", stage: "a", third: "page" }),
  })
  const KeyId = made.KeyMetadata?.KeyId ?? ""
  await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 365 })
  await settled(aws, rotates(KeyId, 365), 5)
  await settled(aws, hasPolicy(KeyId, policy("kms:Decrypt")), 5)
  expect(await tagsOf(KeyId)).toEqual({ team: "storage", stage: "a", third: "page" })
  expect(await metadata(KeyId)).toMatchObject({
    Arn: `arn:aws:kms:eu-central-1:${WORKLOAD}:key/${KeyId}`,
    CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
    Description: "one",
    Enabled: true,
    KeyManager: "CUSTOMER",
    KeySpec: "SYMMETRIC_DEFAULT",
    KeyUsage: "ENCRYPT_DECRYPT",
    MultiRegion: true,
    MultiRegionConfiguration: { MultiRegionKeyType: "PRIMARY", ReplicaKeys: [] },
    Origin: "AWS_KMS",
  })

  await kms.tagResource({ KeyId, Tags: tags({ stage: "b" }) })
  await kms.untagResource({ KeyId, TagKeys: ["third"] })
  expect(await tagsOf(KeyId)).toEqual({ team: "storage", stage: "b" })
  await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 180 })
  await settled(aws, rotates(KeyId, 180), 5)
  await kms.updateKeyDescription({ KeyId, Description: "two" })
  await settled(aws, async () => (await metadata(KeyId)).Description === "two", 5)
  await kms.putKeyPolicy({ KeyId, PolicyName: "default", Policy: JSON.stringify(policy()) })
  await settled(aws, hasPolicy(KeyId, policy()), 5)
  await kms.disableKeyRotation({ KeyId })
  await settled(aws, rotates(KeyId, undefined), 5)
  await kms.disableKey({ KeyId })
  await settled(aws, isInState(KeyId, "Disabled"), 15)
  // A disabled key is still read back.
  expect([await rotates(KeyId, undefined)(), await hasPolicy(KeyId, policy())(), await tagsOf(KeyId)]).toEqual([
    true,
    true,
    { team: "storage", stage: "b" },
  ])
  await kms.enableKey({ KeyId })
  await settled(aws, isInState(KeyId, "Enabled"), 15)

  await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
  await settled(aws, isInState(KeyId, "PendingDeletion"))
  // What a second destroy is told: the provider looks for these words.
  await expect(kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })).rejects.toMatchObject({
    name: "KMSInvalidStateException",
    message: expect.stringContaining("is pending deletion"),
  })
  aws.sandbox.clock.advance(8 * 86_400_000)
  expect(await refusal(kms.describeKey({ KeyId }))).toBe("NotFoundException")
})

it("aws_kms_key without anything has KMS's own policy and no tags", async () => {
  const KeyId = await newKey({ BypassPolicyLockoutSafetyCheck: false })
  const { Policy = "" } = await kms.getKeyPolicy({ KeyId, PolicyName: "default" })
  expect(JSON.parse(Policy)).toMatchObject({ Statement: [{ Principal: { AWS: ROOT }, Action: "kms:*" }] })
  expect([await tagsOf(KeyId), await rotates(KeyId, undefined)()]).toEqual([{}, true])
})

it("aws_kms_replica_key: comes up in the other Region, and the primary waits for its end", async () => {
  const { KeyMetadata: primary } = await kms.createKey({ MultiRegion: true })
  const KeyId = primary?.KeyId ?? ""
  const made = await kms.replicateKey({
    KeyId: primary?.Arn?.slice(primary.Arn.indexOf("/") + 1),
    ReplicaRegion: "eu-west-1",
    Description: "second",
    Policy: JSON.stringify(policy("kms:Encrypt")),
    Tags: tags({ team: "storage" }),
    BypassPolicyLockoutSafetyCheck: false,
  })
  expect(made.ReplicaKeyMetadata).toMatchObject({ KeyId, KeyState: "Creating" })
  await settled(aws, isInState(KeyId, "Enabled", aws.second), 2)
  await settled(aws, hasPolicy(KeyId, policy("kms:Encrypt"), aws.second), 5)
  expect(await tagsOf(KeyId, aws.second)).toEqual({ team: "storage" })
  expect((await aws.second.getKeyRotationStatus({ KeyId })).KeyRotationEnabled).toBe(false)
  expect(await metadata(KeyId, aws.second)).toMatchObject({
    Description: "second",
    MultiRegionConfiguration: {
      MultiRegionKeyType: "REPLICA",
      PrimaryKey: { Arn: primary?.Arn, Region: "eu-central-1" },
      ReplicaKeys: [{ Region: "eu-west-1" }],
    },
  })

  await aws.second.updateKeyDescription({ KeyId, Description: "changed" })
  await settled(aws, async () => (await metadata(KeyId, aws.second)).Description === "changed", 5)
  expect((await metadata(KeyId)).Description).toBe("")

  await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
  await settled(aws, isInState(KeyId, "PendingReplicaDeletion"))
  await aws.second.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
  await settled(aws, isInState(KeyId, "PendingDeletion", aws.second))
})

it("aws_kms_external_key: takes its material, and the same once more with an end", async () => {
  const material = Buffer.alloc(32, 7)
  const bring = async (KeyId: string, ValidTo?: Date): Promise<void> => {
    const wanted = { KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" } as const
    const { PublicKey, ImportToken } = await kms.getParametersForImport(wanted)
    const wrapped = wrapMaterial(Buffer.from(PublicKey ?? []).toString("base64"), material)
    await kms.importKeyMaterial({
      KeyId,
      ImportToken,
      EncryptedKeyMaterial: Buffer.from(wrapped, "base64"),
      ExpirationModel: ValidTo === undefined ? "KEY_MATERIAL_DOES_NOT_EXPIRE" : "KEY_MATERIAL_EXPIRES",
      ...(ValidTo === undefined ? {} : { ValidTo }),
    })
  }
  const KeyId = await newKey({ Origin: "EXTERNAL", KeyUsage: "ENCRYPT_DECRYPT", Tags: tags({ team: "storage" }) })
  expect(await metadata(KeyId)).toMatchObject({ Origin: "EXTERNAL", KeyState: "PendingImport", Enabled: false })
  await bring(KeyId)
  await settled(aws, isInState(KeyId, "Enabled"), 5)
  expect(await metadata(KeyId)).toMatchObject({ Enabled: true, ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" })
  expect((await metadata(KeyId)).ValidTo).toBeUndefined()

  const until = new Date(Math.ceil(aws.sandbox.clock.now() / 1000) * 1000 + 30 * 86_400_000)
  await bring(KeyId, until)
  expect(await metadata(KeyId)).toMatchObject({ ExpirationModel: "KEY_MATERIAL_EXPIRES", ValidTo: until })
  await kms.disableKey({ KeyId })
  await settled(aws, isInState(KeyId, "Disabled"), 15)
  await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
  await settled(aws, isInState(KeyId, "PendingDeletion"))
})

const isListed = async (AliasName: string, target?: string): Promise<boolean> => {
  const all = await everyPage(async (Marker) => {
    const { Aliases, NextMarker } = await kms.listAliases({ Marker })
    return { items: Aliases, next: NextMarker }
  })
  return all.some((each) => each.AliasName === AliasName && (target === undefined || each.TargetKeyId === target))
}

it("aws_kms_alias: found by walking the list, moved, deleted", async () => {
  const [first, second] = [await newKey(), await newKey()]
  for (const name of ["a", "b", "c", "wanted"])
    await kms.createAlias({ AliasName: `alias/${name}`, TargetKeyId: first })
  expect(await isListed("alias/wanted", first)).toBe(true)
  await kms.updateAlias({ AliasName: "alias/wanted", TargetKeyId: second })
  await settled(aws, () => isListed("alias/wanted", second))
  await kms.deleteAlias({ AliasName: "alias/wanted" })
  expect(await isListed("alias/wanted")).toBe(false)
  expect(await refusal(kms.deleteAlias({ AliasName: "alias/wanted" }))).toBe("NotFoundException")
})

it("aws_kms_grant: found by walking the list, revoked", async () => {
  const KeyId = await newKey()
  await aws.iam.createRole({
    RoleName: "reader",
    AssumeRolePolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: ROOT }, Action: "sts:AssumeRole" }],
    }),
  })
  const GranteePrincipal = `arn:aws:iam::${WORKLOAD}:role/reader`
  const grants = (): Promise<ReadonlyArray<{ GrantId?: string | undefined }>> =>
    everyPage(async (Marker) => {
      const { Grants, NextMarker } = await kms.listGrants({ KeyId, Marker, Limit: 100 })
      return { items: Grants, next: NextMarker }
    })
  const input = { KeyId, GranteePrincipal, Operations: ["Decrypt" as const, "DescribeKey" as const] }
  for (const Name of ["a", "b", "c"]) await kms.createGrant({ ...input, Name })
  const Constraints = { EncryptionContextSubset: { purpose: "terraform" } }
  const { GrantId = "", GrantToken } = await kms.createGrant({ ...input, Name: "wanted", Constraints })
  expect(GrantToken).toEqual(expect.any(String))
  const listed = await grants()
  expect(listed).toHaveLength(4)
  expect(listed.find((each) => each.GrantId === GrantId)).toMatchObject({
    KeyId: `arn:aws:kms:eu-central-1:${WORKLOAD}:key/${KeyId}`,
    Name: "wanted",
    GranteePrincipal,
    Operations: ["Decrypt", "DescribeKey"],
    Constraints,
  })
  await kms.revokeGrant({ KeyId, GrantId })
  expect((await grants()).map((each) => each.GrantId)).not.toContain(GrantId)
  expect(await refusal(kms.revokeGrant({ KeyId, GrantId }))).toBe("NotFoundException")
})
