import { randomBytes } from "node:crypto"
import { describe, expect, it } from "vitest"
import { dumpKms, loadKms, type DumpedKms } from "../../../src/sandbox/kms/snapshot.ts"
import { RECOVERY, recordingWorld, REGION, user, WEST, WORKLOAD, type RecordingWorld } from "./recording-world.ts"
import { wrapMaterial } from "./wrap-material.ts"

const DAY = 86_400_000
const x = Buffer.from("x").toString("base64")
const FOREVER = { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" }
const WRAPPING = { WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" }

/** The world after a restart. */
function restarted(rig: RecordingWorld): RecordingWorld {
  const next = recordingWorld(rig.world.settings)
  loadKms(next.store, JSON.parse(JSON.stringify(dumpKms(rig.store))) as DumpedKms)
  return next
}

async function externalKey(rig: RecordingWorld, more: object = {}): Promise<string> {
  return (await rig.kms("CreateKey", { Origin: "EXTERNAL", ...more }))["KeyMetadata"].Arn
}

async function bring(rig: RecordingWorld, KeyId: string, material: Buffer, more: object = FOREVER): Promise<string> {
  const { ImportToken, PublicKey } = await rig.kms("GetParametersForImport", { KeyId, ...WRAPPING })
  const EncryptedKeyMaterial = wrapMaterial(PublicKey, material)
  const imported = await rig.kms("ImportKeyMaterial", { KeyId, ImportToken, EncryptedKeyMaterial, ...more })
  return imported["KeyMaterialId"]
}

describe("a snapshot", () => {
  it("keeps grants, and the tokens that name them", async () => {
    const rig = recordingWorld({ lagMs: 60_000 })
    const KeyId = (await rig.kms("CreateKey"))["KeyMetadata"].Arn
    const grantee = user(RECOVERY, "restorer")
    const wanted = {
      KeyId,
      GranteePrincipal: grantee.arn,
      Operations: ["DescribeKey"],
      Constraints: { EncryptionContextSubset: { a: "1" } },
    }
    const { GrantId, GrantToken } = await rig.kms("CreateGrant", wanted)
    const next = restarted(rig)
    await next.kms("DescribeKey", { KeyId, GrantTokens: [GrantToken] }, { by: grantee })
    expect(next.questions().at(-1)?.grants).toMatchObject([
      { id: GrantId, grantee: grantee.arn, constraints: { encryptionContextSubset: { a: "1" } } },
    ])
    next.world.clock.advance(60_000)
    expect((await next.kms("ListGrants", { KeyId }))["Grants"]).toMatchObject([{ GrantId, ...wanted }])
  })
  it("keeps imported material with its date, and what waits for a rotation", async () => {
    const rig = recordingWorld()
    const KeyId = await externalKey(rig)
    const ValidTo = rig.world.clock.now() / 1000 + 3600
    await bring(rig, KeyId, randomBytes(32), { ValidTo, KeyMaterialDescription: "safe 3" })
    const waiting = await bring(rig, KeyId, randomBytes(32), { ...FOREVER, ImportType: "NEW_KEY_MATERIAL" })
    const { CiphertextBlob } = await rig.kms("Encrypt", { KeyId, Plaintext: x })
    const next = restarted(rig)
    expect((await next.kms("Decrypt", { CiphertextBlob }))["Plaintext"]).toBe(x)
    const { Rotations } = await next.kms("ListKeyRotations", { KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" })
    expect(Rotations).toMatchObject([
      { KeyMaterialState: "CURRENT", KeyMaterialDescription: "safe 3", ValidTo },
      { KeyMaterialId: waiting, KeyMaterialState: "PENDING_ROTATION" },
    ])
    next.world.clock.advance(3_600_000)
    expect((await next.kms("DescribeKey", { KeyId }))["KeyMetadata"].KeyState).toBe("PendingImport")
  })
  it("keeps an import token good for its day", async () => {
    const rig = recordingWorld()
    const KeyId = await externalKey(rig)
    const { ImportToken, PublicKey } = await rig.kms("GetParametersForImport", { KeyId, ...WRAPPING })
    const next = restarted(rig)
    const EncryptedKeyMaterial = wrapMaterial(PublicKey, randomBytes(32))
    const importing = { KeyId, ImportToken, EncryptedKeyMaterial, ...FOREVER }
    next.world.clock.advance(DAY - 1000)
    expect(await next.kms("ImportKeyMaterial", importing)).toHaveProperty("KeyMaterialId")
    next.world.clock.advance(1000)
    expect((await next.kms("ImportKeyMaterial", importing))["error"]).toBe("ExpiredImportTokenException")
  })
  it("keeps rotations, their number, their schedule and the last use", async () => {
    const rig = recordingWorld()
    const KeyId = (await rig.kms("CreateKey"))["KeyMetadata"].Arn
    await rig.kms("EnableKeyRotation", { KeyId, RotationPeriodInDays: 90 })
    for (let each = 0; each < 25; each++) await rig.kms("RotateKeyOnDemand", { KeyId })
    await rig.kms("Encrypt", { KeyId, Plaintext: x })
    const next = restarted(rig)
    expect((await next.kms("RotateKeyOnDemand", { KeyId }))["error"]).toBe("LimitExceededException")
    for (const operation of ["ListKeyRotations", "GetKeyLastUsage"])
      expect(await next.kms(operation, { KeyId })).toEqual(await rig.kms(operation, { KeyId }))
    next.world.clock.advance(90 * DAY)
    expect((await next.kms("ListKeyRotations", { KeyId }))["Rotations"].at(-1)).toMatchObject({
      RotationType: "AUTOMATIC",
    })
  })
  it("finishes what was under way", async () => {
    const rig = recordingWorld({ replicaDelayMs: 60_000 })
    const own = (await rig.kms("CreateKey", { MultiRegion: true }))["KeyMetadata"].KeyId
    const external = (await externalKey(rig, { MultiRegion: true })).split("/")[1] ?? ""
    await bring(rig, external, randomBytes(32))
    for (const KeyId of [own, external]) await rig.kms("ReplicateKey", { KeyId, ReplicaRegion: WEST })
    const next = restarted(rig)
    const stateIn = async (world: RecordingWorld, KeyId: string, region = WEST): Promise<unknown> =>
      (await world.kms("DescribeKey", { KeyId }, { region }))["KeyMetadata"].KeyState
    expect([await stateIn(next, own), await stateIn(next, external)]).toEqual(["Enabled", "PendingImport"])
    await next.kms("UpdatePrimaryRegion", { KeyId: own, PrimaryRegion: WEST })
    expect(await stateIn(next, own)).toBe("Updating")
    const last = restarted(next)
    expect([await stateIn(last, own), await stateIn(last, own, REGION)]).toEqual(["Enabled", "Enabled"])
    await last.kms("DescribeKey", { KeyId: own }, { region: WEST })
    expect(last.questions().at(-1)).toMatchObject({
      resourceAccount: WORKLOAD,
      context: { "kms:MultiRegionKeyType": "PRIMARY" },
    })
  })
})
