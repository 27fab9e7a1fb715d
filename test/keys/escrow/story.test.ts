import { randomBytes } from "node:crypto"
import { DeleteImportedKeyMaterialCommand, DescribeKeyCommand } from "@aws-sdk/client-kms"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { KeyArn, RegionName } from "../../../src/kernel/brands.ts"
import { DAY } from "../../../src/kernel/units.ts"
import { createEscrow } from "../../../src/keys/escrow/create.ts"
import { drillEscrow, type ThrowAway, type ThrowAways } from "../../../src/keys/escrow/drill.ts"
import { wrapFor } from "../../../src/keys/escrow/material.ts"
import { openShare } from "../../../src/keys/escrow/open-share.ts"
import { materialOf, quorumOf } from "../../../src/keys/escrow/quorum.ts"
import { recoverEscrow, verdictOf, type Recovered } from "../../../src/keys/escrow/recover.ts"
import type { EscrowRecord } from "../../../src/keys/escrow/set.ts"
import { escrowDrillKeyPolicy } from "../../../src/keys/policy/key-policy.ts"
import { escrowScene } from "../../../src/runtime/escrow-table.ts"
import { codeOf, makeCustodians, type Custodian } from "./custodians.ts"
import { CENTRAL, escrowWorld, memoryFolder, WEST, type EscrowWorld } from "./escrow-world.ts"

/** The whole story of imported material, with the rights that dr renders and no others. */
let world: EscrowWorld
let custodians: Custodian[]
let arn: KeyArn
const folder = memoryFolder()
let deps: ReturnType<EscrowWorld["deps"]>

beforeAll(async () => {
  custodians = await makeCustodians(3)
  world = await escrowWorld(custodians, "90d")
  deps = world.deps()
})
afterAll(() => world.close())

const stateIn = async (region: RegionName, key: string = arn): Promise<string> =>
  (await world.kms(region).send(new DescribeKeyCommand({ KeyId: key.slice(key.lastIndexOf("/") + 1) }))).KeyMetadata
    ?.KeyState ?? ""

const record = (): EscrowRecord => [...deps.records.values()].at(-1) as EscrowRecord

async function recover(who: readonly number[]): Promise<Recovered> {
  const files = [...folder.files].filter(([name]) => who.some((at) => name.endsWith(`-${custodians[at]?.name}.age`)))
  const identities = custodians.map(({ identity }) => identity)
  const shares = []
  for (const [from, text] of files) shares.push(await openShare({ from, text }, identities, [...deps.records.values()]))
  const set = quorumOf(shares, world.key)
  const material = await materialOf(shares, set)
  const { regions, expires } = world.key
  return recoverEscrow(deps, { set, material, regions, expires, canary: record().canary })
}

describe("imported material", () => {
  it("is refused for a key that does not exist, before anything is made", async () => {
    expect(await codeOf(createEscrow(deps, world.key, folder))).toBe("E_ESCROW_UNKNOWN")
    expect([folder.files.size, deps.records.size]).toEqual([0, 0])
  })

  it("comes to the primary and to a replica that is made on the way, once the shares are written", async () => {
    arn = await world.makeKey()
    const from = world.sandbox.audit.length
    const created = await createEscrow(deps, world.key, folder)
    expect(created.places).toMatchObject([
      { region: CENTRAL, state: "Enabled", proof: "decrypted" },
      { region: WEST, state: "Enabled", proof: "decrypted" },
    ])
    expect(created.files).toHaveLength(3)
    expect([await stateIn(CENTRAL), await stateIn(WEST)]).toEqual(["Enabled", "Enabled"])
    expect(world.calls(from).filter((call) => call === "ImportKeyMaterial")).toHaveLength(2)
    const { KeyMetadata } = await world.kms(WEST).send(new DescribeKeyCommand({ KeyId: arn.split("/")[1] }))
    expect(KeyMetadata).toMatchObject({ Origin: "EXTERNAL", ExpirationModel: "KEY_MATERIAL_EXPIRES" })
    const days = ((KeyMetadata?.ValidTo?.getTime() ?? 0) - world.sandbox.clock.now()) / DAY
    expect(days).toBeGreaterThan(89.9)
    expect(days).toBeLessThanOrEqual(90)
  })

  it("is in every share with the id that KMS gave it", async () => {
    const { keyMaterialId } = record().set
    expect(keyMaterialId).toMatch(/^[0-9a-f]{64}$/)
    const identities = custodians.map(({ identity }) => identity)
    for (const [from, text] of folder.files) {
      const share = await openShare({ from, text }, identities, [record()])
      expect(share.set).toMatchObject({ keyArn: arn, keyMaterialId, threshold: 2 })
    }
  })

  it("is not made twice", async () => {
    const before = [...folder.files]
    expect(await codeOf(createEscrow(deps, world.key, folder))).toBe("E_ESCROW_EXISTS")
    expect(await codeOf(createEscrow(world.deps(), world.key, folder))).toBe("E_ESCROW_EXISTS")
    expect([...folder.files]).toEqual(before)
  })

  it("expires everywhere, and comes back with any two of three; what was encrypted before opens", async () => {
    world.sandbox.clock.advance(90 * DAY + 1000)
    expect([await stateIn(CENTRAL), await stateIn(WEST)]).toEqual(["PendingImport", "PendingImport"])
    const from = world.sandbox.audit.length
    const { places } = await recover([0, 2])
    expect(places).toMatchObject([
      { region: CENTRAL, result: "brought", before: "PendingImport", state: "Enabled", proof: "decrypted" },
      { region: WEST, result: "brought", before: "PendingImport", state: "Enabled", proof: "decrypted" },
    ])
    expect(verdictOf(places)).toBe("proven")
    const calls = world.calls(from)
    expect(calls.filter((call) => call === "GetParametersForImport")).toHaveLength(2)
    expect(calls.filter((call) => call === "Decrypt")).toHaveLength(2)
  })

  it("is left alone where it is: one Region lost it, the other is not touched", async () => {
    const commander = await world.actors.admin(world.key.account, "break-glass")
    const west = arn.replace(CENTRAL, WEST) as KeyArn
    await commander.deleteMaterial(west, record().set.keyMaterialId ?? "")
    expect([await stateIn(CENTRAL), await stateIn(WEST)]).toEqual(["Enabled", "PendingImport"])
    const from = world.sandbox.audit.length
    const { places } = await recover([1, 2])
    expect(places).toMatchObject([
      { region: CENTRAL, result: "held", proof: "decrypted" },
      { region: WEST, result: "brought", proof: "decrypted" },
    ])
    expect(world.calls(from).filter((call) => call === "ImportKeyMaterial")).toHaveLength(1)
  })

  it("is brought again where it ends soon", async () => {
    world.sandbox.clock.advance(45 * DAY)
    const clock = { ...deps.clock, now: () => world.sandbox.clock.now() }
    const files = [...folder.files].slice(0, 2)
    const identities = custodians.map(({ identity }) => identity)
    const shares = []
    for (const [from, text] of files) shares.push(await openShare({ from, text }, identities, []))
    const set = quorumOf(shares)
    const { regions, expires } = world.key
    const wanted = { set, material: await materialOf(shares, set), regions, expires, canary: record().canary }
    const { places } = await recoverEscrow({ ...deps, clock }, wanted)
    expect(places.map(({ result }) => result)).toEqual(["brought", "brought"])
    world.sandbox.clock.advance(60 * DAY)
    expect([await stateIn(CENTRAL), await stateIn(WEST)]).toEqual(["Enabled", "Enabled"])
  })

  it("of another set is told by id: the key stays unusable until both are back", async () => {
    const admin = await world.actors.admin(world.key.account, "break-glass")
    const [ours, theirs] = [record().set.keyMaterialId ?? "", randomBytes(32)]
    const west = arn.replace(CENTRAL, WEST) as KeyArn
    const second = async (key: KeyArn, type: "NEW_KEY_MATERIAL" | "EXISTING_KEY_MATERIAL"): Promise<string> => {
      const { publicKey, token } = await admin.importParameters(key)
      return admin.importMaterial(key, { token, wrapped: wrapFor(publicKey, theirs), type })
    }
    const id = await second(arn, "NEW_KEY_MATERIAL")
    await second(west, "EXISTING_KEY_MATERIAL")
    await (await world.operator()).rotateOnDemand(arn)
    for (const key of [arn, west]) for (const each of [ours, id]) await admin.deleteMaterial(key, each)
    const { places } = await recover([0, 1])
    expect(verdictOf(places)).toBe("failed")
    for (const place of places)
      expect(place).toMatchObject({
        result: "brought",
        state: "PendingImport",
        foreign: [id],
        why: `material ${id} is missing as well, and not of this set`,
      })
    for (const key of [arn, west]) await second(key, "EXISTING_KEY_MATERIAL")
    expect([await stateIn(CENTRAL), await stateIn(WEST)]).toEqual(["Enabled", "Enabled"])
    expect((await recover([0, 1])).places.map(({ proof }) => proof)).toEqual(["decrypted", "decrypted"])
  })

  it("of a set that says the wrong id is refused by KMS, and nothing is lost", async () => {
    const admin = await world.actors.admin(world.key.account, "break-glass")
    await admin.deleteMaterial(arn, record().set.keyMaterialId ?? "")
    const { regions, expires } = world.key
    const wrong = { set: record().set, material: new Uint8Array(32).fill(1), regions, expires, canary: record().canary }
    const { places } = await recoverEscrow(deps, wrong)
    expect(places[0]).toMatchObject({
      result: "failed",
      state: "PendingImport",
      why: expect.stringContaining("Incorrect"),
    })
    expect((await recover([1, 2])).places[0]).toMatchObject({ result: "brought", proof: "decrypted" })
  })

  it("may not be brought by anybody but break-glass, nor deleted", async () => {
    const send = world.kms(CENTRAL).send(new DeleteImportedKeyMaterialCommand({ KeyId: arn }))
    await expect(send).rejects.toMatchObject({ name: "AccessDeniedException" })
  })
})

describe("a drill of the escrow", () => {
  const kept: ThrowAway[] = []
  const throwAways: ThrowAways = {
    list: async () => [...kept],
    save: async (key) => void kept.push(key),
    forget: async (key) => void kept.splice(kept.indexOf(key), 1),
  }
  const policy = (): string =>
    JSON.stringify(escrowDrillKeyPolicy(escrowScene(world.config, "demo").environment, CENTRAL))

  it("loses a throw-away key's material, brings it back and lets the key go", async () => {
    const wanted = { ...world.key, region: CENTRAL, custodians: 3, policy: policy() }
    const drill = await drillEscrow(deps, wanted, throwAways)
    expect(drill.steps.filter(({ ok }) => !ok)).toEqual([])
    expect(drill).toMatchObject({ passed: true, swept: [] })
    expect(await stateIn(CENTRAL, drill.keyArn)).toBe("PendingDeletion")
    expect(kept).toEqual([])
  })
  it("leaves no key behind when it is killed: the next one sweeps", async () => {
    const killed: ThrowAways = {
      ...throwAways,
      save: async (key) => {
        await throwAways.save(key)
        throw new Error("killed")
      },
    }
    const wanted = { ...world.key, region: CENTRAL, custodians: 3, policy: policy() }
    await expect(drillEscrow(deps, wanted, killed)).rejects.toThrow("killed")
    const [left] = kept
    expect(await stateIn(CENTRAL, left?.keyArn)).toBe("PendingImport")
    const next = await drillEscrow(deps, wanted, throwAways)
    expect(next.swept).toEqual([left?.keyArn])
    expect(await stateIn(CENTRAL, left?.keyArn)).toBe("PendingDeletion")
    expect(kept).toEqual([])
  })
})
