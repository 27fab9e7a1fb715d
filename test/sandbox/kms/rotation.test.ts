import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { kmsClient, type Answer, type Kms } from "../support/signed-client.ts"

const ACCOUNT = "111111111111"
const MINUTE = 60_000
const DAY = 86_400_000
const x = Buffer.from("x").toString("base64")

let sandbox: Sandbox
let kms: Kms
let west: Kms
beforeAll(async () => {
  sandbox = await startSandbox({ accounts: [{ id: ACCOUNT, name: "workload" }], replicaDelayMs: MINUTE })
  kms = kmsClient(sandbox.port, sandbox.credentialsFor(ACCOUNT))
  west = kmsClient(sandbox.port, sandbox.credentialsFor(ACCOUNT), "eu-west-1")
})
afterAll(() => sandbox.close())

const newKey = async (input: object = {}): Promise<string> => (await kms("CreateKey", input)).json["KeyMetadata"].Arn
const codeOf = async (answer: Promise<Answer>): Promise<string | undefined> => (await answer).json["__type"]
const rotations = async (KeyId: string, input: object = {}, client = kms): Promise<Record<string, unknown>[]> =>
  (await client("ListKeyRotations", { KeyId, ...input })).json["Rotations"]
const ALL = { IncludeKeyMaterial: "ALL_KEY_MATERIAL" }
const metadata = async (KeyId: string, client = kms): Promise<Answer["json"]> =>
  (await client("DescribeKey", { KeyId })).json["KeyMetadata"]

/** A primary and its replica, both Enabled. */
async function pair(): Promise<string> {
  const id = (await newKey({ MultiRegion: true })).split("/")[1] ?? ""
  await kms("ReplicateKey", { KeyId: id, ReplicaRegion: "eu-west-1" })
  sandbox.clock.advance(MINUTE)
  return id
}

describe("rotation on demand", () => {
  it("gives a new material at once and keeps the automatic date", async () => {
    const KeyId = await newKey()
    await kms("EnableKeyRotation", { KeyId, RotationPeriodInDays: 90 })
    const { NextRotationDate } = (await kms("GetKeyRotationStatus", { KeyId })).json
    const before = (await metadata(KeyId))["CurrentKeyMaterialId"]
    const { CiphertextBlob } = (await kms("Encrypt", { KeyId, Plaintext: x })).json
    await kms("RotateKeyOnDemand", { KeyId })
    expect((await metadata(KeyId))["CurrentKeyMaterialId"]).not.toBe(before)
    expect((await kms("Decrypt", { CiphertextBlob })).json).toMatchObject({ Plaintext: x, KeyMaterialId: before })
    expect((await kms("GetKeyRotationStatus", { KeyId })).json["NextRotationDate"]).toBe(NextRotationDate)
  })
  it("is refused for the twenty minutes before an automatic one", async () => {
    const KeyId = await newKey()
    await kms("EnableKeyRotation", { KeyId, RotationPeriodInDays: 90 })
    sandbox.clock.advance(90 * DAY - 20 * MINUTE)
    expect(await codeOf(kms("RotateKeyOnDemand", { KeyId }))).toBe("ConflictException")
    sandbox.clock.advance(21 * MINUTE)
    expect(await codeOf(kms("RotateKeyOnDemand", { KeyId }))).toBeUndefined()
    expect(await rotations(KeyId)).toMatchObject([{ RotationType: "AUTOMATIC" }, { RotationType: "ON_DEMAND" }])
  })
  it("is the primary's alone, and reaches the replica", async () => {
    const id = await pair()
    expect(await codeOf(west("RotateKeyOnDemand", { KeyId: id }))).toBe("UnsupportedOperationException")
    await kms("RotateKeyOnDemand", { KeyId: id })
    const { CiphertextBlob } = (await kms("Encrypt", { KeyId: id, Plaintext: x })).json
    expect((await west("Decrypt", { CiphertextBlob })).json["Plaintext"]).toBe(x)
    expect(await rotations(id, ALL, west)).toEqual(await rotations(id, ALL))
  })
  it("is not for HMAC keys, whose rotation status is a plain no", async () => {
    const KeyId = await newKey({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" })
    for (const operation of ["RotateKeyOnDemand", "EnableKeyRotation", "ListKeyRotations"])
      expect(await codeOf(kms(operation, { KeyId })), operation).toBe("UnsupportedOperationException")
    expect((await kms("GetKeyRotationStatus", { KeyId })).json["KeyRotationEnabled"]).toBe(false)
  })
})

describe("the list of rotations", () => {
  it("has rotations only, or all materials", async () => {
    const KeyId = await newKey()
    const first = (await metadata(KeyId))["CurrentKeyMaterialId"]
    expect(await rotations(KeyId)).toEqual([])
    await kms("RotateKeyOnDemand", { KeyId })
    const second = (await metadata(KeyId))["CurrentKeyMaterialId"]
    const rotated = {
      KeyId: KeyId.split("/")[1],
      KeyMaterialId: second,
      KeyMaterialState: "CURRENT",
      RotationType: "ON_DEMAND",
      RotationDate: expect.closeTo(sandbox.clock.now() / 1000, -1),
    }
    expect(await rotations(KeyId)).toEqual([rotated])
    expect(await rotations(KeyId, ALL)).toEqual([
      { KeyId: KeyId.split("/")[1], KeyMaterialId: first, KeyMaterialState: "NON_CURRENT" },
      rotated,
    ])
  })
  it("comes in pages, oldest first", async () => {
    const KeyId = await newKey()
    for (let each = 0; each < 12; each++) await kms("RotateKeyOnDemand", { KeyId })
    const whole = (await rotations(KeyId)).map((each) => each["KeyMaterialId"])
    const seen: unknown[] = []
    let Marker: string | undefined
    do {
      const page = (await kms("ListKeyRotations", { KeyId, Limit: 5, Marker })).json
      seen.push(...page["Rotations"].map((each: { KeyMaterialId: string }) => each.KeyMaterialId))
      Marker = page["NextMarker"]
    } while (Marker !== undefined)
    expect([seen.length, seen]).toEqual([12, whole])
    expect(seen.at(-1)).toBe((await metadata(KeyId))["CurrentKeyMaterialId"])
  })
})

describe("automatic rotation", () => {
  it("leaves a disabled key alone and makes up for it when it is enabled", async () => {
    const KeyId = await newKey()
    await kms("EnableKeyRotation", { KeyId, RotationPeriodInDays: 90 })
    await kms("DisableKey", { KeyId })
    sandbox.clock.advance(200 * DAY)
    expect(await rotations(KeyId)).toEqual([])
    await kms("EnableKey", { KeyId })
    expect(await rotations(KeyId)).toMatchObject([{ RotationType: "AUTOMATIC" }])
    sandbox.clock.advance(90 * DAY + MINUTE)
    expect(await rotations(KeyId)).toHaveLength(2)
  })
})

describe("UpdatePrimaryRegion", () => {
  it("swaps the two, which encrypt on but cannot be managed meanwhile", async () => {
    const id = await pair()
    const moved = await kms("UpdatePrimaryRegion", { KeyId: id, PrimaryRegion: "eu-west-1" })
    expect([moved.status, moved.text]).toEqual([200, ""])
    expect([(await metadata(id))["KeyState"], (await metadata(id, west))["KeyState"]]).toEqual(["Updating", "Updating"])
    const { CiphertextBlob } = (await kms("Encrypt", { KeyId: id, Plaintext: x })).json
    expect((await west("Decrypt", { CiphertextBlob })).json["Plaintext"]).toBe(x)
    for (const [client, operation, input] of [
      [kms, "DisableKey", {}],
      [west, "ScheduleKeyDeletion", {}],
      [west, "ReplicateKey", { ReplicaRegion: "eu-north-1" }],
    ] as const)
      expect(await codeOf(client(operation, { KeyId: id, ...input })), operation).toBe("KMSInvalidStateException")
    sandbox.clock.advance(MINUTE)
    const configuration = (await metadata(id, west))["MultiRegionConfiguration"]
    expect(configuration).toMatchObject({
      MultiRegionKeyType: "PRIMARY",
      PrimaryKey: { Region: "eu-west-1" },
      ReplicaKeys: [{ Region: "eu-central-1" }],
    })
    expect(await codeOf(kms("ReplicateKey", { KeyId: id, ReplicaRegion: "eu-north-1" }))).toBe(
      "UnsupportedOperationException",
    )
    expect((await west("ReplicateKey", { KeyId: id, ReplicaRegion: "eu-north-1" })).status).toBe(200)
    expect(await codeOf(kms("UpdatePrimaryRegion", { KeyId: id, PrimaryRegion: "eu-north-1" }))).toBe(
      "UnsupportedOperationException",
    )
  })
  it("wants both keys enabled, and a replica there", async () => {
    const id = await pair()
    const moving = (PrimaryRegion: string): Promise<Answer> => kms("UpdatePrimaryRegion", { KeyId: id, PrimaryRegion })
    expect(await codeOf(moving("eu-north-1"))).toBe("NotFoundException")
    expect(await codeOf(moving("eu-central-1"))).toBe("ValidationException")
    expect(await codeOf(moving("nowhere"))).toBe("ValidationException")
    await west("DisableKey", { KeyId: id })
    expect(await codeOf(moving("eu-west-1"))).toBe("DisabledException")
    await west("EnableKey", { KeyId: id })
    await kms("DisableKey", { KeyId: id })
    expect(await codeOf(moving("eu-west-1"))).toBe("DisabledException")
    expect((await metadata(id))["MultiRegionConfiguration"].MultiRegionKeyType).toBe("PRIMARY")
  })
  it("is for multi-Region keys", async () => {
    expect(await codeOf(kms("UpdatePrimaryRegion", { KeyId: await newKey(), PrimaryRegion: "eu-west-1" }))).toBe(
      "UnsupportedOperationException",
    )
  })
})
