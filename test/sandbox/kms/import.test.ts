import { randomBytes } from "node:crypto"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { kmsClient, type Answer, type Kms } from "../support/signed-client.ts"
import { wrapMaterial } from "./wrap-material.ts"

const ACCOUNT = "111111111111"
const HOUR = 3_600_000
const DAY = 86_400_000
const x = Buffer.from("x").toString("base64")
const FOREVER = { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" }

let sandbox: Sandbox
let kms: Kms
let west: Kms
beforeAll(async () => {
  sandbox = await startSandbox({ accounts: [{ id: ACCOUNT, name: "workload" }], replicaDelayMs: 0 })
  kms = kmsClient(sandbox.port, sandbox.credentialsFor(ACCOUNT))
  west = kmsClient(sandbox.port, sandbox.credentialsFor(ACCOUNT), "eu-west-1")
})
afterAll(() => sandbox.close())

const newKey = async (input: object = {}): Promise<string> =>
  (await kms("CreateKey", { Origin: "EXTERNAL", ...input })).json["KeyMetadata"].Arn
const codeOf = async (answer: Promise<Answer>): Promise<string | undefined> => (await answer).json["__type"]
const stateOf = async (KeyId: string, client = kms): Promise<string> =>
  (await client("DescribeKey", { KeyId })).json["KeyMetadata"].KeyState
const parameters = async (KeyId: string, client = kms, WrappingKeySpec = "RSA_2048"): Promise<Answer["json"]> =>
  (await client("GetParametersForImport", { KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec })).json

/** Everything from the parameters to the import. */
async function bring(KeyId: string, material: Buffer, more: object = FOREVER, client = kms): Promise<Answer> {
  const { ImportToken, PublicKey } = await parameters(KeyId, client)
  const EncryptedKeyMaterial = wrapMaterial(PublicKey, material)
  return client("ImportKeyMaterial", { KeyId, ImportToken, EncryptedKeyMaterial, ...more })
}
const materialsOf = async (KeyId: string, client = kms): Promise<object[]> =>
  (await client("ListKeyRotations", { KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" })).json["Rotations"]

describe("imported material", () => {
  let key: string
  let material: Buffer
  beforeEach(async () => {
    key = await newKey()
    material = randomBytes(32)
  })

  it("makes a key usable, and its loss unusable, until the same is brought again", async () => {
    expect(await stateOf(key)).toBe("PendingImport")
    expect((await bring(key, material)).json).toEqual({
      KeyId: key,
      KeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(await stateOf(key)).toBe("Enabled")
    const { CiphertextBlob } = (await kms("Encrypt", { KeyId: key, Plaintext: x })).json
    await kms("DeleteImportedKeyMaterial", { KeyId: key })
    expect(await stateOf(key)).toBe("PendingImport")
    expect((await kms("Decrypt", { CiphertextBlob })).json).toEqual({
      __type: "KMSInvalidStateException",
      message: `${key} is pending import.`,
    })
    expect(await codeOf(bring(key, randomBytes(32)))).toBe("IncorrectKeyMaterialException")
    await bring(key, material)
    expect((await kms("Decrypt", { CiphertextBlob })).json["Plaintext"]).toBe(x)
  })
  it.each(["RSA_2048", "RSA_3072", "RSA_4096"])(
    "can be wrapped under %s with either hash",
    async (WrappingKeySpec) => {
      for (const [WrappingAlgorithm, hash] of [
        ["RSAES_OAEP_SHA_1", "sha1"],
        ["RSAES_OAEP_SHA_256", "sha256"],
      ] as const) {
        const wanted = { KeyId: key, WrappingAlgorithm, WrappingKeySpec }
        const { ImportToken, PublicKey } = (await kms("GetParametersForImport", wanted)).json
        const EncryptedKeyMaterial = wrapMaterial(PublicKey, material, hash)
        const bits = Number(WrappingKeySpec.slice(4))
        expect(Buffer.from(EncryptedKeyMaterial, "base64").length).toBe(bits / 8)
        const imported = await kms("ImportKeyMaterial", { KeyId: key, ImportToken, EncryptedKeyMaterial, ...FOREVER })
        expect(imported.status, imported.text).toBe(200)
      }
    },
    30_000,
  )
  it("wrapped with another hash than the token's is no ciphertext", async () => {
    const { ImportToken, PublicKey } = await parameters(key)
    const EncryptedKeyMaterial = wrapMaterial(PublicKey, material, "sha1")
    expect(await codeOf(kms("ImportKeyMaterial", { KeyId: key, ImportToken, EncryptedKeyMaterial, ...FOREVER }))).toBe(
      "InvalidCiphertextException",
    )
  })
  it("of another size is refused", async () => {
    expect(await codeOf(bring(key, randomBytes(16)))).toBe("IncorrectKeyMaterialException")
    expect(await stateOf(key)).toBe("PendingImport")
  })
  it("is shown in the key's metadata", async () => {
    const ValidTo = Math.floor(sandbox.clock.now() / 1000) + 3600
    const { KeyMaterialId } = (await bring(key, material, { ValidTo })).json
    expect((await kms("DescribeKey", { KeyId: key })).json["KeyMetadata"]).toMatchObject({
      Origin: "EXTERNAL",
      ExpirationModel: "KEY_MATERIAL_EXPIRES",
      ValidTo,
      CurrentKeyMaterialId: KeyMaterialId,
    })
    await bring(key, material)
    const metadata = (await kms("DescribeKey", { KeyId: key })).json["KeyMetadata"]
    expect([metadata.ExpirationModel, metadata.ValidTo]).toEqual(["KEY_MATERIAL_DOES_NOT_EXPIRE", undefined])
  })
  it("expires on the virtual clock; a later import moves the date", async () => {
    const inAnHour = (): number => Math.floor(sandbox.clock.now() / 1000) + 3600
    await bring(key, material, { ValidTo: inAnHour() })
    sandbox.clock.advance(HOUR / 2)
    await bring(key, material, { ValidTo: inAnHour() })
    sandbox.clock.advance(HOUR / 2 + 1000)
    expect(await stateOf(key)).toBe("Enabled")
    sandbox.clock.advance(HOUR / 2)
    expect(await stateOf(key)).toBe("PendingImport")
    expect(await materialsOf(key)).toMatchObject([{ KeyMaterialState: "CURRENT", ImportState: "PENDING_IMPORT" }])
  })
  it.each([
    ["a date in the past", { ValidTo: 1_000_000 }],
    ["no date and no model", {}],
    ["a date for what never expires", { ...FOREVER, ValidTo: 4_000_000_000 }],
    ["an unknown model", { ExpirationModel: "SOON" }],
    ["a malformed material id", { ...FOREVER, KeyMaterialId: "x" }],
    ["a material id for new material", { ...FOREVER, KeyMaterialId: "0".repeat(64), ImportType: "NEW_KEY_MATERIAL" }],
  ])("%s is refused", async (_what, more) => {
    expect(await codeOf(bring(key, material, more))).toBe("ValidationException")
    expect(await stateOf(key)).toBe("PendingImport")
  })
  it("may live for 365 days and no longer", async () => {
    const inDays = (days: number): number => Math.floor((sandbox.clock.now() + days * DAY) / 1000)
    expect(await codeOf(bring(key, material, { ValidTo: inDays(365) + 60 }))).toBe("ValidationException")
    expect(await codeOf(bring(key, material, { ValidTo: inDays(365) }))).toBeUndefined()
  })
  it("keeps its description when it is brought again without one", async () => {
    await bring(key, material, { ...FOREVER, KeyMaterialDescription: "safe 3, 2026" })
    await kms("DeleteImportedKeyMaterial", { KeyId: key })
    await bring(key, material)
    expect(await materialsOf(key)).toMatchObject([{ KeyMaterialDescription: "safe 3, 2026", ImportState: "IMPORTED" }])
  })
  it("leaves a key that waits for its deletion in that state", async () => {
    await bring(key, material)
    await kms("ScheduleKeyDeletion", { KeyId: key })
    expect(await codeOf(kms("DeleteImportedKeyMaterial", { KeyId: key }))).toBeUndefined()
    expect(await stateOf(key)).toBe("PendingDeletion")
    await kms("CancelKeyDeletion", { KeyId: key })
    expect(await stateOf(key)).toBe("PendingImport")
  })
  it("in two unrelated keys has two ids, and neither opens what the other sealed", async () => {
    const twin = await newKey()
    const one = (await bring(key, material)).json["KeyMaterialId"]
    const two = (await bring(twin, material)).json["KeyMaterialId"]
    expect(one).not.toBe(two)
    const { CiphertextBlob } = (await kms("Encrypt", { KeyId: key, Plaintext: x })).json
    expect(await codeOf(kms("Decrypt", { CiphertextBlob, KeyId: twin }))).toBe("IncorrectKeyException")
    const blob = Buffer.from(CiphertextBlob, "base64")
    const foreign = Buffer.from((await kms("Encrypt", { KeyId: twin, Plaintext: x })).json["CiphertextBlob"], "base64")
    const header = 54
    const forged = Buffer.concat([foreign.subarray(0, header), blob.subarray(header)]).toString("base64")
    expect(await codeOf(kms("Decrypt", { CiphertextBlob: forged, KeyId: twin }))).toBe("InvalidCiphertextException")
  })
  it("is refused by a key that makes its own", async () => {
    const own = await newKey({ Origin: "AWS_KMS" })
    expect(await codeOf(kms("DeleteImportedKeyMaterial", { KeyId: own }))).toBe("UnsupportedOperationException")
  })
})

describe("an import token", () => {
  it("is good for one key in one Region", async () => {
    const [key, other] = [await newKey(), await newKey()]
    const { ImportToken, PublicKey } = await parameters(key)
    const EncryptedKeyMaterial = wrapMaterial(PublicKey, randomBytes(32))
    const importing = (KeyId: string, token: string): Promise<Answer> =>
      kms("ImportKeyMaterial", { KeyId, ImportToken: token, EncryptedKeyMaterial, ...FOREVER })
    expect(await codeOf(importing(other, ImportToken))).toBe("InvalidImportTokenException")
    const altered = Buffer.from(ImportToken, "base64")
    altered[altered.length - 1]! ^= 1
    expect(await codeOf(importing(key, altered.toString("base64")))).toBe("InvalidImportTokenException")
    expect(await codeOf(importing(key, x))).toBe("InvalidImportTokenException")
    expect(await codeOf(importing(key, ImportToken))).toBeUndefined()
  })
  it("is good for a day of virtual time", async () => {
    const key = await newKey()
    const { ImportToken, PublicKey, ParametersValidTo } = await parameters(key)
    expect(ParametersValidTo).toBeCloseTo((sandbox.clock.now() + DAY) / 1000, -1)
    const EncryptedKeyMaterial = wrapMaterial(PublicKey, randomBytes(32))
    sandbox.clock.advance(DAY)
    expect(await codeOf(kms("ImportKeyMaterial", { KeyId: key, ImportToken, EncryptedKeyMaterial, ...FOREVER }))).toBe(
      "ExpiredImportTokenException",
    )
  })
  it.each([
    ["RSA_AES_KEY_WRAP_SHA_256", "RSA_2048", "UnsupportedOperationException"],
    ["RSAES_PKCS1_V1_5", "RSA_2048", "UnsupportedOperationException"],
    ["RSAES_OAEP_SHA_256", "SM2", "UnsupportedOperationException"],
    ["RSAES_OAEP_SHA_512", "RSA_2048", "ValidationException"],
    ["RSAES_OAEP_SHA_256", "RSA_1024", "ValidationException"],
  ])("for %s with %s: %s", async (WrappingAlgorithm, WrappingKeySpec, error) => {
    const KeyId = await newKey()
    expect(await codeOf(kms("GetParametersForImport", { KeyId, WrappingAlgorithm, WrappingKeySpec }))).toBe(error)
  })
})

describe("new material", () => {
  it("waits for the rotation, and then every material is needed", async () => {
    const key = await newKey()
    const [first, second] = [randomBytes(32), randomBytes(32)]
    const one = (await bring(key, first)).json["KeyMaterialId"]
    const { CiphertextBlob: old } = (await kms("Encrypt", { KeyId: key, Plaintext: x })).json
    const two = (await bring(key, second, { ...FOREVER, ImportType: "NEW_KEY_MATERIAL" })).json["KeyMaterialId"]
    expect(await materialsOf(key)).toMatchObject([
      { KeyMaterialId: one, KeyMaterialState: "CURRENT", ImportState: "IMPORTED" },
      { KeyMaterialId: two, KeyMaterialState: "PENDING_ROTATION", ImportState: "IMPORTED" },
    ])
    expect((await kms("RotateKeyOnDemand", { KeyId: key })).json).toEqual({ KeyId: key })
    expect(await materialsOf(key)).toMatchObject([
      { KeyMaterialId: one, KeyMaterialState: "NON_CURRENT" },
      { KeyMaterialId: two, KeyMaterialState: "CURRENT", RotationType: "ON_DEMAND" },
    ])
    const { CiphertextBlob: fresh } = (await kms("Encrypt", { KeyId: key, Plaintext: x })).json
    expect((await kms("Decrypt", { CiphertextBlob: old })).json["KeyMaterialId"]).toBe(one)
    expect((await kms("Decrypt", { CiphertextBlob: fresh })).json["KeyMaterialId"]).toBe(two)
    await kms("DeleteImportedKeyMaterial", { KeyId: key, KeyMaterialId: one })
    expect(await stateOf(key)).toBe("PendingImport")
    expect(await codeOf(kms("Decrypt", { CiphertextBlob: fresh }))).toBe("KMSInvalidStateException")
    expect(await codeOf(bring(key, second, { ...FOREVER, KeyMaterialId: one }))).toBe("IncorrectKeyMaterialException")
    expect(await codeOf(bring(key, first, { ...FOREVER, KeyMaterialId: one }))).toBeUndefined()
    expect(await stateOf(key)).toBe("Enabled")
  })
  it("can be taken back before the rotation without harm", async () => {
    const key = await newKey()
    await bring(key, randomBytes(32))
    const asNew = { ...FOREVER, ImportType: "NEW_KEY_MATERIAL" }
    const { KeyMaterialId } = (await bring(key, randomBytes(32), asNew)).json
    await kms("DeleteImportedKeyMaterial", { KeyId: key, KeyMaterialId })
    expect([await stateOf(key), (await materialsOf(key)).length]).toEqual(["Enabled", 1])
    expect(await codeOf(bring(key, randomBytes(32), asNew))).toBeUndefined()
  })
  it("that the key already has is not new", async () => {
    const key = await newKey()
    const material = randomBytes(32)
    await bring(key, material)
    expect(await codeOf(bring(key, material, { ...FOREVER, ImportType: "NEW_KEY_MATERIAL" }))).toBe(
      "IncorrectKeyMaterialException",
    )
  })
})

describe("multi-Region keys with imported material", () => {
  async function pair(material: Buffer): Promise<string> {
    const id = (await newKey({ MultiRegion: true })).split("/")[1] ?? ""
    await bring(id, material)
    await kms("ReplicateKey", { KeyId: id, ReplicaRegion: "eu-west-1" })
    return id
  }

  it("need the same material in each Region", async () => {
    const material = randomBytes(32)
    const id = await pair(material)
    const { CiphertextBlob } = (await kms("Encrypt", { KeyId: id, Plaintext: x })).json
    expect(await stateOf(id, west)).toBe("PendingImport")
    expect(await codeOf(bring(id, randomBytes(32), FOREVER, west))).toBe("IncorrectKeyMaterialException")
    await bring(id, material, FOREVER, west)
    expect((await west("Decrypt", { CiphertextBlob })).json["Plaintext"]).toBe(x)
    await kms("DeleteImportedKeyMaterial", { KeyId: id })
    expect(await stateOf(id)).toBe("PendingImport")
    expect((await west("Decrypt", { CiphertextBlob })).json["Plaintext"]).toBe(x)
  })
  it("a token of the primary is none for the replica", async () => {
    const material = randomBytes(32)
    const id = await pair(material)
    const { ImportToken, PublicKey } = await parameters(id)
    const EncryptedKeyMaterial = wrapMaterial(PublicKey, material)
    expect(await codeOf(west("ImportKeyMaterial", { KeyId: id, ImportToken, EncryptedKeyMaterial, ...FOREVER }))).toBe(
      "InvalidImportTokenException",
    )
  })
  it("rotate once every Region has the new material, which comes to the primary first", async () => {
    const [first, second] = [randomBytes(32), randomBytes(32)]
    const id = await pair(first)
    await bring(id, first, FOREVER, west)
    const asNew = { ...FOREVER, ImportType: "NEW_KEY_MATERIAL" }
    expect(await codeOf(bring(id, second, asNew, west))).toBe("UnsupportedOperationException")
    const { KeyMaterialId } = (await bring(id, second, asNew)).json
    const waiting = { KeyMaterialId, KeyMaterialState: "PENDING_MULTI_REGION_IMPORT_AND_ROTATION" }
    expect((await materialsOf(id))[1]).toMatchObject({ ...waiting, ImportState: "IMPORTED" })
    expect((await materialsOf(id, west))[1]).toMatchObject({ ...waiting, ImportState: "PENDING_IMPORT" })
    expect(await codeOf(kms("RotateKeyOnDemand", { KeyId: id }))).toBe("KMSInvalidStateException")
    await bring(id, second, { ...FOREVER, ImportType: "EXISTING_KEY_MATERIAL" }, west)
    expect((await materialsOf(id))[1]).toMatchObject({ KeyMaterialState: "PENDING_ROTATION" })
    expect(await codeOf(kms("RotateKeyOnDemand", { KeyId: id }))).toBeUndefined()
    const { CiphertextBlob } = (await west("Encrypt", { KeyId: id, Plaintext: x })).json
    expect((await kms("Decrypt", { CiphertextBlob })).json["KeyMaterialId"]).toBe(KeyMaterialId)
  })
  it("lose waiting material everywhere with the primary", async () => {
    const [first, second] = [randomBytes(32), randomBytes(32)]
    const id = await pair(first)
    await bring(id, first, FOREVER, west)
    const { KeyMaterialId } = (await bring(id, second, { ...FOREVER, ImportType: "NEW_KEY_MATERIAL" })).json
    await bring(id, second, FOREVER, west)
    await west("DeleteImportedKeyMaterial", { KeyId: id, KeyMaterialId })
    expect((await materialsOf(id))[1]).toMatchObject({ KeyMaterialState: "PENDING_MULTI_REGION_IMPORT_AND_ROTATION" })
    await kms("DeleteImportedKeyMaterial", { KeyId: id, KeyMaterialId })
    expect([(await materialsOf(id)).length, (await materialsOf(id, west)).length]).toEqual([1, 1])
    expect([await stateOf(id), await stateOf(id, west)]).toEqual(["Enabled", "Enabled"])
  })
})
