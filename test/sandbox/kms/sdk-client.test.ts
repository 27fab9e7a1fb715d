import { randomBytes } from "node:crypto"
import {
  CreateGrantCommand,
  CreateKeyCommand,
  DryRunOperationException,
  EncryptCommand,
  GetKeyLastUsageCommand,
  GetParametersForImportCommand,
  ImportKeyMaterialCommand,
  IncorrectKeyMaterialException,
  KMSClient,
  ListGrantsCommand,
  ListKeyRotationsCommand,
  UpdatePrimaryRegionCommand,
  VerifyMacCommand,
  GenerateMacCommand,
  ReplicateKeyCommand,
} from "@aws-sdk/client-kms"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.ts"
import { wrapMaterial } from "./wrap-material.ts"

const ACCOUNT = "111111111111"
const ADMIN = `arn:aws:iam::${ACCOUNT}:root`

let sandbox: Sandbox
let kms: KMSClient
beforeAll(async () => {
  sandbox = await startSandbox({ accounts: [{ id: ACCOUNT, name: "workload" }], replicaDelayMs: 0 })
  const credentials = sandbox.credentialsFor(ACCOUNT)
  kms = new KMSClient({ region: "eu-central-1", endpoint: sandbox.endpoint, credentials, maxAttempts: 1 })
})
afterAll(async () => {
  kms.destroy()
  await sandbox.close()
})

const newKey = async (input: object = {}): Promise<string> =>
  (await kms.send(new CreateKeyCommand(input))).KeyMetadata?.Arn ?? ""

async function bring(KeyId: string, material: Buffer, ValidTo: Date): Promise<string | undefined> {
  const wanted = { KeyId, WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" } as const
  const { ImportToken, PublicKey, ParametersValidTo } = await kms.send(new GetParametersForImportCommand(wanted))
  expect(ParametersValidTo).toBeInstanceOf(Date)
  const wrapped = wrapMaterial(Buffer.from(PublicKey ?? []).toString("base64"), material)
  const EncryptedKeyMaterial = Buffer.from(wrapped, "base64")
  return (await kms.send(new ImportKeyMaterialCommand({ KeyId, ImportToken, EncryptedKeyMaterial, ValidTo })))
    .KeyMaterialId
}

describe("the AWS SDK understands", () => {
  it("imported material, with its dates", async () => {
    const KeyId = await newKey({ Origin: "EXTERNAL" })
    const ValidTo = new Date(Math.ceil(Date.now() / 1000) * 1000 + 86_400_000)
    const KeyMaterialId = await bring(KeyId, randomBytes(32), ValidTo)
    const listed = await kms.send(new ListKeyRotationsCommand({ KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" }))
    expect(listed.Rotations).toEqual([
      {
        KeyId: KeyId.split("/")[1],
        KeyMaterialId,
        KeyMaterialState: "CURRENT",
        ImportState: "IMPORTED",
        ExpirationModel: "KEY_MATERIAL_EXPIRES",
        ValidTo,
      },
    ])
    await expect(bring(KeyId, randomBytes(32), ValidTo)).rejects.toBeInstanceOf(IncorrectKeyMaterialException)
  })
  it("grants, and a dry run by its exception", async () => {
    const KeyId = await newKey()
    const wanted = { KeyId, GranteePrincipal: ADMIN, Operations: ["Decrypt" as const], Name: "drill" }
    await expect(kms.send(new CreateGrantCommand({ ...wanted, DryRun: true }))).rejects.toBeInstanceOf(
      DryRunOperationException,
    )
    const { GrantId } = await kms.send(new CreateGrantCommand(wanted))
    const { Grants } = await kms.send(new ListGrantsCommand({ KeyId }))
    expect(Grants).toEqual([{ ...wanted, GrantId, CreationDate: expect.any(Date), IssuingAccount: ADMIN }])
  })
  it("the last use", async () => {
    const KeyId = await newKey()
    await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("x") }))
    const { KeyLastUsage, TrackingStartDate } = await kms.send(new GetKeyLastUsageCommand({ KeyId }))
    expect(TrackingStartDate).toBeInstanceOf(Date)
    expect(KeyLastUsage).toMatchObject({ Operation: "Encrypt", Timestamp: expect.any(Date) })
  })
  it("MACs and an answer without a body", async () => {
    const KeyId = await newKey({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC", MultiRegion: true })
    const sealed = { KeyId, Message: Buffer.from("m"), MacAlgorithm: "HMAC_SHA_256" } as const
    const { Mac } = await kms.send(new GenerateMacCommand(sealed))
    expect((await kms.send(new VerifyMacCommand({ ...sealed, Mac }))).MacValid).toBe(true)
    await kms.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: "eu-west-1" }))
    const moved = await kms.send(new UpdatePrimaryRegionCommand({ KeyId, PrimaryRegion: "eu-west-1" }))
    expect(moved.$metadata.httpStatusCode).toBe(200)
  })
})
