import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { kmsClient, type Kms } from "../support/signed-client.ts"

const WORKLOAD = "111111111111"
const RECOVERY = "222222222222"
const DAY = 86_400_000
const b64 = (text: string): string => Buffer.from(text).toString("base64")

let sandbox: Sandbox
let kms: Kms
let west: Kms
let foreign: Kms
beforeAll(async () => {
  sandbox = await startSandbox({
    accounts: [
      { id: WORKLOAD, name: "workload" },
      { id: RECOVERY, name: "recovery" },
    ],
    replicaDelayMs: 60_000,
  })
  kms = kmsClient(sandbox.port, sandbox.credentialsFor(WORKLOAD))
  west = kmsClient(sandbox.port, sandbox.credentialsFor(WORKLOAD), "eu-west-1")
  foreign = kmsClient(sandbox.port, sandbox.credentialsFor(RECOVERY))
})
afterAll(() => sandbox.close())

async function newKey(input: object = {}): Promise<{ id: string; arn: string }> {
  const { KeyMetadata } = (await kms("CreateKey", input)).json
  return { id: KeyMetadata.KeyId, arn: KeyMetadata.Arn }
}
const encrypt = async (KeyId: string, EncryptionContext?: object): Promise<string> =>
  (await kms("Encrypt", { KeyId, Plaintext: b64("data key"), EncryptionContext })).json["CiphertextBlob"]
const stateOf = async (KeyId: string, client = kms): Promise<string> =>
  (await client("DescribeKey", { KeyId })).json["KeyMetadata"]?.KeyState
const errorOf = async (answer: ReturnType<Kms>): Promise<string> => (await answer).json["__type"]

describe("encryption", () => {
  let key: { id: string; arn: string }
  beforeEach(async () => {
    key = await newKey()
  })

  it("opens what it sealed, by the id in the blob, and names the key by ARN", async () => {
    const opened = (
      await kms("Decrypt", {
        CiphertextBlob: await encrypt(key.id, { a: "1", b: "2" }),
        EncryptionContext: { b: "2", a: "1" },
      })
    ).json
    expect(opened).toMatchObject({ Plaintext: b64("data key"), KeyId: key.arn })
  })
  it.each([[{ a: "2" }], [{ A: "1" }], [{}], [{ a: "1", b: "" }]])(
    "refuses the context %j",
    async (EncryptionContext) =>
      expect(
        (await kms("Decrypt", { CiphertextBlob: await encrypt(key.id, { a: "1" }), EncryptionContext })).json,
      ).toEqual({ __type: "InvalidCiphertextException" }),
  )
  it("finds a flipped bit anywhere", async () => {
    const blob = Buffer.from(await encrypt(key.id), "base64")
    for (let at = 0; at < blob.length; at += 5) {
      const damaged = Buffer.from(blob)
      damaged[at]! ^= 0x10
      expect(await errorOf(kms("Decrypt", { CiphertextBlob: damaged.toString("base64") })), `byte ${at}`).toBe(
        "InvalidCiphertextException",
      )
    }
  })
  it("refuses another key than the blob's", async () => {
    const other = await newKey()
    expect(await errorOf(kms("Decrypt", { CiphertextBlob: await encrypt(key.id), KeyId: other.arn }))).toBe(
      "IncorrectKeyException",
    )
  })
  it.each(["Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"])(
    "%s under DryRun succeeds by an exception",
    async (operation) => {
      const input = operation === "Encrypt" ? { Plaintext: b64("x") } : { KeySpec: "AES_256" }
      expect(await errorOf(kms(operation, { KeyId: key.id, DryRun: true, ...input }))).toBe("DryRunOperationException")
      await kms("DisableKey", { KeyId: key.id })
      expect(await errorOf(kms(operation, { KeyId: key.id, DryRun: true, ...input }))).toBe("DisabledException")
    },
  )
  it("refuses a disabled key, source or not, and takes it back when enabled", async () => {
    const CiphertextBlob = await encrypt(key.id)
    await kms("DisableKey", { KeyId: key.id })
    expect((await kms("Decrypt", { CiphertextBlob })).json).toEqual({
      __type: "DisabledException",
      message: `${key.arn} is disabled.`,
    })
    expect(await errorOf(kms("ReEncrypt", { CiphertextBlob, DestinationKeyId: (await newKey()).id }))).toBe(
      "DisabledException",
    )
    await kms("EnableKey", { KeyId: key.id })
    expect((await kms("Decrypt", { CiphertextBlob })).status).toBe(200)
  })
  it("re-encrypts under another key and context", async () => {
    const other = await newKey()
    const moved = (
      await kms("ReEncrypt", {
        CiphertextBlob: await encrypt(key.id),
        DestinationKeyId: other.id,
        DestinationEncryptionContext: { c: "d" },
      })
    ).json
    expect(moved).toMatchObject({ SourceKeyId: key.arn, KeyId: other.arn })
    expect(
      (await kms("Decrypt", { CiphertextBlob: moved["CiphertextBlob"], EncryptionContext: { c: "d" } })).json[
        "Plaintext"
      ],
    ).toBe(b64("data key"))
  })
})

describe("across accounts", () => {
  const allow = (actions: string[]): string =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${WORKLOAD}:root` }, Action: "kms:*", Resource: "*" },
        { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${RECOVERY}:root` }, Action: actions, Resource: "*" },
      ],
    })

  it("denies a stranger under the default policy", async () => {
    const key = await newKey()
    expect(await errorOf(foreign("Decrypt", { CiphertextBlob: await encrypt(key.id) }))).toBe("AccessDeniedException")
  })
  it("lets in whom the key policy names, for what it names", async () => {
    const key = await newKey({ Policy: allow(["kms:Decrypt"]) })
    expect((await foreign("Decrypt", { CiphertextBlob: await encrypt(key.id) })).json["Plaintext"]).toBe(
      b64("data key"),
    )
    expect(await errorOf(foreign("Encrypt", { KeyId: key.arn, Plaintext: b64("x") }))).toBe("AccessDeniedException")
  })
  it("never lets management cross, whatever the policy says", async () => {
    const key = await newKey({ Policy: allow(["kms:*"]) })
    expect(await errorOf(foreign("DisableKey", { KeyId: key.arn }))).toBe("AccessDeniedException")
    expect((await foreign("DescribeKey", { KeyId: key.arn })).status).toBe(200)
  })
})

describe("multi-Region keys", () => {
  it("are Creating first, then open each other's ciphertext, each with a state of its own", async () => {
    const key = await newKey({ MultiRegion: true })
    const CiphertextBlob = await encrypt(key.id)
    expect(await errorOf(west("Decrypt", { CiphertextBlob }))).toBe("AccessDeniedException")
    const replica = (await kms("ReplicateKey", { KeyId: key.id, ReplicaRegion: "eu-west-1" })).json
    expect(replica["ReplicaKeyMetadata"]).toMatchObject({ KeyState: "Creating", Enabled: false })
    expect(await errorOf(west("Decrypt", { CiphertextBlob }))).toBe("KMSInvalidStateException")
    sandbox.clock.advance(60_000)
    expect((await west("Decrypt", { CiphertextBlob })).json["Plaintext"]).toBe(b64("data key"))
    await kms("DisableKey", { KeyId: key.id })
    expect((await west("Decrypt", { CiphertextBlob })).status).toBe(200)
    expect(await errorOf(west("ReplicateKey", { KeyId: key.id, ReplicaRegion: "eu-north-1" }))).toBe(
      "UnsupportedOperationException",
    )
  })
  it("start the primary's deletion clock when the last replica is gone", async () => {
    const key = await newKey({ MultiRegion: true })
    await kms("ReplicateKey", { KeyId: key.id, ReplicaRegion: "eu-west-1" })
    sandbox.clock.advance(60_000)
    const scheduled = (await kms("ScheduleKeyDeletion", { KeyId: key.id, PendingWindowInDays: 7 })).json
    expect([scheduled["KeyState"], scheduled["DeletionDate"]]).toEqual(["PendingReplicaDeletion", undefined])
    sandbox.clock.advance(40 * DAY)
    expect(await stateOf(key.id)).toBe("PendingReplicaDeletion")
    await west("ScheduleKeyDeletion", { KeyId: key.id, PendingWindowInDays: 7 })
    sandbox.clock.advance(7 * DAY + 1000)
    expect(await errorOf(west("DescribeKey", { KeyId: key.id }))).toBe("NotFoundException")
    expect(await stateOf(key.id)).toBe("PendingDeletion")
    sandbox.clock.advance(7 * DAY + 1000)
    expect(await errorOf(kms("DescribeKey", { KeyId: key.id }))).toBe("NotFoundException")
  })
})

describe("time", () => {
  it("deletes after the window, unless cancelled, which ends in Disabled", async () => {
    const [doomed, spared] = [await newKey(), await newKey()]
    await kms("ScheduleKeyDeletion", { KeyId: doomed.id })
    await kms("ScheduleKeyDeletion", { KeyId: spared.id })
    expect((await kms("Encrypt", { KeyId: doomed.id, Plaintext: b64("x") })).json["message"]).toBe(
      `${doomed.arn} is pending deletion.`,
    )
    await kms("CancelKeyDeletion", { KeyId: spared.id })
    sandbox.clock.advance(31 * DAY)
    expect(await errorOf(kms("DescribeKey", { KeyId: doomed.id }))).toBe("NotFoundException")
    expect(await stateOf(spared.id)).toBe("Disabled")
  })
  it("rotates on the virtual clock and still opens what is old", async () => {
    const key = await newKey()
    const old = await encrypt(key.id)
    await kms("EnableKeyRotation", { KeyId: key.id, RotationPeriodInDays: 90 })
    const before = (await kms("Decrypt", { CiphertextBlob: old })).json["KeyMaterialId"]
    sandbox.clock.advance(91 * DAY)
    const after = (await kms("Decrypt", { CiphertextBlob: await encrypt(key.id) })).json["KeyMaterialId"]
    expect(after).not.toBe(before)
    expect((await kms("Decrypt", { CiphertextBlob: old })).json["KeyMaterialId"]).toBe(before)
  })
  it("keeps the Date header on the wall clock", async () => {
    const { headers } = await kms("ListKeys")
    expect(Math.abs(Date.parse(String(headers["date"])) - Date.now())).toBeLessThan(60_000)
  })
})

describe("aliases and pages", () => {
  it("follow the alias when it moves", async () => {
    const [first, second] = [await newKey(), await newKey()]
    await kms("CreateAlias", { AliasName: "alias/moves", TargetKeyId: first.id })
    expect((await kms("DescribeKey", { KeyId: "alias/moves" })).json["KeyMetadata"].Arn).toBe(first.arn)
    await kms("UpdateAlias", { AliasName: "alias/moves", TargetKeyId: second.id })
    expect(
      (await kms("DescribeKey", { KeyId: `arn:aws:kms:eu-central-1:${WORKLOAD}:alias/moves` })).json["KeyMetadata"].Arn,
    ).toBe(second.arn)
    expect(await errorOf(kms("DisableKey", { KeyId: "alias/moves" }))).toBe("NotFoundException")
  })
  it("lists all keys over pages, and takes no marker of another list", async () => {
    const seen: string[] = []
    let Marker: string | undefined
    do {
      const page = (await kms("ListKeys", { Limit: 3, Marker })).json
      seen.push(...page["Keys"].map((each: { KeyId: string }) => each.KeyId))
      Marker = page["NextMarker"]
    } while (Marker !== undefined)
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBeGreaterThan(6)
    const foreignMarker = (await kms("ListKeys", { Limit: 1 })).json["NextMarker"]
    expect(await errorOf(kms("ListAliases", { Marker: foreignMarker }))).toBe("InvalidMarkerException")
  })
})
