import { createHmac } from "node:crypto"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { dumpKms } from "../../../src/sandbox/kms/snapshot.ts"
import { kmsClient, signedCall, type Answer, type Kms } from "../support/signed-client.ts"
import { recordingWorld, REGION, root, WORKLOAD } from "./recording-world.ts"

const ACCOUNT = "111111111111"
const b64 = (text: string): string => Buffer.from(text).toString("base64")
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

let sandbox: Sandbox
let kms: Kms
let west: Kms
beforeAll(async () => {
  sandbox = await startSandbox({ accounts: [{ id: ACCOUNT, name: "workload" }], replicaDelayMs: 0 })
  kms = kmsClient(sandbox.port, sandbox.credentialsFor(ACCOUNT))
  west = kmsClient(sandbox.port, sandbox.credentialsFor(ACCOUNT), "eu-west-1")
})
afterAll(() => sandbox.close())

const newKey = async (input: object = {}): Promise<string> => (await kms("CreateKey", input)).json["KeyMetadata"].Arn
const macKey = (bits = 256, more: object = {}): Promise<string> =>
  newKey({ KeySpec: `HMAC_${bits}`, KeyUsage: "GENERATE_VERIFY_MAC", ...more })
const codeOf = async (answer: Promise<Answer>): Promise<string | undefined> => (await answer).json["__type"]

describe("MACs", () => {
  it.each([
    [224, 28],
    [256, 32],
    [384, 48],
    [512, 64],
  ])("of HMAC_%i have %i bytes, and hold for one message and one key", async (bits, size) => {
    const KeyId = await macKey(bits)
    const sealed = { KeyId, Message: b64("report"), MacAlgorithm: `HMAC_SHA_${bits}` }
    const { Mac, ...rest } = (await kms("GenerateMac", sealed)).json
    expect(rest).toEqual({ KeyId, MacAlgorithm: `HMAC_SHA_${bits}` })
    expect(Buffer.from(Mac, "base64").length).toBe(size)
    expect((await kms("VerifyMac", { ...sealed, Mac })).json).toEqual({
      KeyId,
      MacAlgorithm: `HMAC_SHA_${bits}`,
      MacValid: true,
    })
    const short = Buffer.from(Mac, "base64").subarray(1).toString("base64")
    for (const wrong of [
      { ...sealed, Mac, Message: b64("Report") },
      { ...sealed, Mac: short },
      { ...sealed, Mac, KeyId: await macKey(bits) },
    ])
      expect(await codeOf(kms("VerifyMac", wrong))).toBe("KMSInvalidMacException")
  })
  it("are true HMACs of the key's material", async () => {
    const rig = recordingWorld()
    const key = { KeySpec: "HMAC_384", KeyUsage: "GENERATE_VERIFY_MAC" }
    const KeyId = (await rig.kms("CreateKey", key))["KeyMetadata"].Arn
    const secret = Buffer.from(dumpKms(rig.store).groups[0]?.materials[0]?.bytes ?? "", "base64")
    expect(secret.length).toBe(48)
    const { Mac } = await rig.kms("GenerateMac", { KeyId, Message: b64("m"), MacAlgorithm: "HMAC_SHA_384" })
    expect(Mac).toBe(createHmac("sha384", secret).update("m").digest("base64"))
  })
  it("made in one Region verify in the other", async () => {
    const KeyId = (await macKey(256, { MultiRegion: true })).split("/")[1]
    await kms("ReplicateKey", { KeyId, ReplicaRegion: "eu-west-1" })
    const sealed = { KeyId, Message: b64("m"), MacAlgorithm: "HMAC_SHA_256" }
    const { Mac } = (await kms("GenerateMac", sealed)).json
    expect((await west("VerifyMac", { ...sealed, Mac })).json["MacValid"]).toBe(true)
  })
  it("need the key enabled, and can be asked for by alias", async () => {
    const KeyId = await macKey()
    await kms("CreateAlias", { AliasName: "alias/seal", TargetKeyId: KeyId })
    const sealed = { KeyId: "alias/seal", Message: b64("m"), MacAlgorithm: "HMAC_SHA_256" }
    expect((await kms("GenerateMac", sealed)).json["KeyId"]).toBe(KeyId)
    await kms("DisableKey", { KeyId })
    expect(await codeOf(kms("GenerateMac", sealed))).toBe("DisabledException")
  })
  it("come from a key that says so and cannot encrypt", async () => {
    const KeyId = await macKey(512)
    const metadata = (await kms("DescribeKey", { KeyId })).json["KeyMetadata"]
    expect(metadata).toMatchObject({
      KeySpec: "HMAC_512",
      KeyUsage: "GENERATE_VERIFY_MAC",
      MacAlgorithms: ["HMAC_SHA_512"],
    })
    expect(metadata).not.toHaveProperty("EncryptionAlgorithms")
    expect((await kms("Encrypt", { KeyId, Plaintext: b64("x") })).json).toEqual({
      __type: "InvalidKeyUsageException",
      message: `${KeyId} key usage is GENERATE_VERIFY_MAC which is not valid for Encrypt.`,
    })
  })
  it("an alias never moves between the two kinds of key", async () => {
    await kms("CreateAlias", { AliasName: "alias/kind", TargetKeyId: await newKey() })
    expect(await codeOf(kms("UpdateAlias", { AliasName: "alias/kind", TargetKeyId: await macKey() }))).toBe(
      "ValidationException",
    )
  })
})

describe("a dry run", () => {
  it.each([
    ["Encrypt", { Plaintext: b64("x") }],
    ["GenerateDataKey", { KeySpec: "AES_256" }],
    ["GenerateDataKeyWithoutPlaintext", { KeySpec: "AES_256" }],
  ])("of %s leaves no trace of use", async (operation, input) => {
    const KeyId = await newKey()
    expect(await codeOf(kms(operation, { KeyId, DryRun: true, ...input }))).toBe("DryRunOperationException")
    expect((await kms("GetKeyLastUsage", { KeyId })).json["KeyLastUsage"]).toEqual({})
  })
  it("of GenerateMac and VerifyMac", async () => {
    const KeyId = await macKey()
    const sealed = { KeyId, Message: b64("m"), MacAlgorithm: "HMAC_SHA_256" }
    const { Mac } = (await kms("GenerateMac", sealed)).json
    expect(await codeOf(kms("GenerateMac", { ...sealed, DryRun: true }))).toBe("DryRunOperationException")
    expect(await codeOf(kms("VerifyMac", { ...sealed, Mac, DryRun: true }))).toBe("DryRunOperationException")
    expect(await codeOf(kms("VerifyMac", { ...sealed, Mac: b64("no"), DryRun: true }))).toBe("KMSInvalidMacException")
  })
  it("of Decrypt and ReEncrypt looks at the ciphertext", async () => {
    const KeyId = await newKey()
    const { CiphertextBlob } = (await kms("Encrypt", { KeyId, Plaintext: b64("x") })).json
    const wrong = b64("no ciphertext at all, but long enough to be one: ".repeat(3))
    for (const [blob, error] of [
      [CiphertextBlob, "DryRunOperationException"],
      [wrong, "InvalidCiphertextException"],
    ]) {
      const dry = { CiphertextBlob: blob, DryRun: true }
      expect(await codeOf(kms("Decrypt", dry))).toBe(error)
      expect(await codeOf(kms("ReEncrypt", { ...dry, DestinationKeyId: KeyId }))).toBe(error)
    }
  })
  it("with IGNORE_CIPHERTEXT needs a key and nothing else", async () => {
    const [KeyId, DestinationKeyId] = [await newKey(), await newKey()]
    const dry = { DryRun: true, DryRunModifiers: ["IGNORE_CIPHERTEXT"] }
    expect(await codeOf(kms("Decrypt", { KeyId, ...dry }))).toBe("DryRunOperationException")
    const moving = { DestinationKeyId, ...dry }
    expect(await codeOf(kms("ReEncrypt", { SourceKeyId: KeyId, ...moving }))).toBe("DryRunOperationException")
    expect(await codeOf(kms("Decrypt", dry))).toBe("ValidationException")
    expect(await codeOf(kms("ReEncrypt", moving))).toBe("ValidationException")
    expect(await codeOf(kms("Decrypt", { KeyId, DryRunModifiers: ["IGNORE_CIPHERTEXT"] }))).toBe("ValidationException")
    expect(await codeOf(kms("Decrypt", { KeyId, DryRun: true, DryRunModifiers: ["IGNORE"] }))).toBe(
      "ValidationException",
    )
    await kms("DisableKey", { KeyId })
    expect(await codeOf(kms("Decrypt", { KeyId, ...dry }))).toBe("DisabledException")
    expect(await codeOf(kms("ReEncrypt", { SourceKeyId: KeyId, ...moving }))).toBe("DisabledException")
  })
  it("is fully authorised", async () => {
    const rig = recordingWorld({}, ({ action }) => action === "kms:CreateKey" || action === "kms:ReEncryptFrom")
    const arn: string = (await rig.kms("CreateKey"))["KeyMetadata"].Arn
    const dry = { DryRun: true, DryRunModifiers: ["IGNORE_CIPHERTEXT"] }
    const decrypted = await rig.kms("Decrypt", { KeyId: arn, ...dry })
    const moved = await rig.kms("ReEncrypt", { SourceKeyId: arn, DestinationKeyId: arn, ...dry })
    const denied = [decrypted, moved].map((each) => each["message"])
    expect(denied).toEqual(["no kms:Decrypt", "no kms:ReEncryptTo"])
  })
})

describe("GetKeyLastUsage", () => {
  it("is empty until the first success, then tells the last one", async () => {
    const KeyId = await newKey()
    const id = KeyId.split("/")[1]
    const created = (await kms("DescribeKey", { KeyId })).json["KeyMetadata"].CreationDate
    await kms("Encrypt", { KeyId, Plaintext: "" })
    expect((await kms("GetKeyLastUsage", { KeyId })).json).toEqual({
      KeyId: id,
      KeyLastUsage: {},
      TrackingStartDate: created,
      KeyCreationDate: created,
    })
    const used = await kms("Encrypt", { KeyId, Plaintext: b64("x") })
    const at = sandbox.clock.now() / 1000
    sandbox.clock.advance(3_600_000)
    expect((await kms("GetKeyLastUsage", { KeyId })).json["KeyLastUsage"]).toEqual({
      Operation: "Encrypt",
      Timestamp: expect.closeTo(at, -1),
      CloudTrailEventId: expect.stringMatching(UUID),
      KmsRequestId: used.headers["x-amzn-requestid"],
    })
  })
  it("counts ReEncrypt on both keys and a failed Decrypt on none", async () => {
    const [source, target] = [await newKey(), await newKey()]
    const { CiphertextBlob } = (await kms("Encrypt", { KeyId: source, Plaintext: b64("x") })).json
    const operationOn = async (KeyId: string): Promise<string> =>
      (await kms("GetKeyLastUsage", { KeyId })).json["KeyLastUsage"].Operation
    await kms("Decrypt", { CiphertextBlob, EncryptionContext: { not: "this" } })
    expect(await operationOn(source)).toBe("Encrypt")
    await kms("ReEncrypt", { CiphertextBlob, DestinationKeyId: target })
    expect([await operationOn(source), await operationOn(target)]).toEqual(["ReEncrypt", "ReEncrypt"])
  })
  it("counts each Region for itself", async () => {
    const KeyId = (await newKey({ MultiRegion: true })).split("/")[1]
    await kms("ReplicateKey", { KeyId, ReplicaRegion: "eu-west-1" })
    await west("Encrypt", { KeyId, Plaintext: b64("x") })
    expect((await kms("GetKeyLastUsage", { KeyId })).json["KeyLastUsage"]).toEqual({})
    expect((await west("GetKeyLastUsage", { KeyId })).json["KeyLastUsage"].Operation).toBe("Encrypt")
  })
  it("sees use through S3", async () => {
    const KeyId = await newKey()
    const credentials = sandbox.credentialsFor(ACCOUNT)
    const s3 = (method: string, path: string, body = "", headers: Record<string, string> = {}): Promise<Answer> =>
      signedCall({ port: sandbox.port, credentials, service: "s3", method, path, body, headers })
    const location = "<LocationConstraint>eu-central-1</LocationConstraint>"
    await s3("PUT", "/used", `<CreateBucketConfiguration>${location}</CreateBucketConfiguration>`)
    const encryption = {
      "x-amz-server-side-encryption": "aws:kms",
      "x-amz-server-side-encryption-aws-kms-key-id": KeyId,
      "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
    }
    expect((await s3("PUT", "/used/chunk", "data", encryption)).status).toBe(200)
    const written = (await kms("GetKeyLastUsage", { KeyId })).json["KeyLastUsage"]
    expect([written.Operation, written.KmsRequestId]).toEqual(["GenerateDataKey", expect.stringMatching(UUID)])
    expect((await s3("GET", "/used/chunk")).text).toBe("data")
    expect((await kms("GetKeyLastUsage", { KeyId })).json["KeyLastUsage"].Operation).toBe("Decrypt")
  })
  it("sees nothing by alias", async () => {
    await kms("CreateAlias", { AliasName: "alias/used", TargetKeyId: await newKey() })
    expect(await codeOf(kms("GetKeyLastUsage", { KeyId: "alias/used" }))).toBe("NotFoundException")
  })
})

describe("what the sandbox cannot do", () => {
  it.each([
    ["CreateKey", { KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" }],
    ["CreateKey", { Origin: "AWS_CLOUDHSM" }],
    ["CreateKey", { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC", Origin: "EXTERNAL" }],
    ["GenerateRandom", { NumberOfBytes: 1, Recipient: {} }],
  ])("%s with %j says so", async (operation, input) => {
    expect((await kms(operation, input)).status).toBe(501)
  })
})

describe("the AWS managed key", () => {
  it("is used through its service by anybody in the account, seen by the account, and managed by nobody", async () => {
    const rig = recordingWorld()
    const arn = rig.world.kms.managedKeyArn(WORKLOAD, REGION, "alias/aws/s3")
    const { Policy } = await rig.kms("GetKeyPolicy", { KeyId: arn })
    const [use, see, ...more] = JSON.parse(Policy).Statement
    expect(more).toEqual([])
    expect(use).toMatchObject({
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:CreateGrant",
        "kms:DescribeKey",
      ],
      Condition: {
        StringEquals: { "kms:CallerAccount": WORKLOAD, "kms:ViaService": "s3.eu-central-1.amazonaws.com" },
      },
    })
    expect(see).toMatchObject({
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${WORKLOAD}:root` },
      Action: ["kms:Describe*", "kms:Get*", "kms:List*"],
    })
    for (const operation of ["DisableKey", "ScheduleKeyDeletion", "EnableKeyRotation", "RotateKeyOnDemand"])
      expect((await rig.kms(operation, { KeyId: arn }, { by: root(WORKLOAD) }))["error"]).toBe("AccessDeniedException")
    expect(rig.world.kms.managedKeyArn(WORKLOAD, REGION, "alias/aws/s3")).toBe(arn)
  })
})
