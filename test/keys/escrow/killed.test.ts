import { DescribeKeyCommand } from "@aws-sdk/client-kms"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { RegionName } from "../../../src/kernel/brands.ts"
import { DrError } from "../../../src/kernel/errors.ts"
import type { KeyAdminPort } from "../../../src/keys/ports.ts"
import { createEscrow, type Created } from "../../../src/keys/escrow/create.ts"
import type { ShareFolder } from "../../../src/keys/escrow/deps.ts"
import { openShare } from "../../../src/keys/escrow/open-share.ts"
import { materialOf, quorumOf } from "../../../src/keys/escrow/quorum.ts"
import type { EscrowRecord } from "../../../src/keys/escrow/set.ts"
import { recoverEscrow, verdictOf } from "../../../src/keys/escrow/recover.ts"
import { makeCustodians, type Custodian } from "./custodians.ts"
import { CENTRAL, escrowWorld, memoryFolder, WEST, type EscrowWorld } from "./escrow-world.ts"

/** Kills `escrow create` before each of its effects, one after the other, and runs it again. */
let world: EscrowWorld
let custodians: Custodian[]
beforeAll(async () => {
  custodians = await makeCustodians(3)
  world = await escrowWorld(custodians)
})
afterAll(() => world.close())

class Killed extends Error {}

/** Throws before effect number `at`, and before every later one: the process is gone. */
function killer(at: number) {
  let count = 0
  const guarded =
    <A extends unknown[], R>(effect: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      if (++count >= at) throw new Killed()
      return effect(...given)
    }
  return { guarded, count: () => count }
}

/** The key by its ARN, as the estate has one alias only. */
async function createKilled(at: number, alias: string) {
  const { guarded, count } = killer(at)
  const deps = world.deps()
  const folder = memoryFolder()
  const dying: ShareFolder = { ...folder, write: guarded((name: string, text: string) => folder.write(name, text)) }
  const admin = async (...given: Parameters<typeof deps.actors.admin>): Promise<KeyAdminPort> => {
    const port = await deps.actors.admin(...given)
    return {
      ...port,
      importMaterial: guarded((...args: Parameters<KeyAdminPort["importMaterial"]>) => port.importMaterial(...args)),
      replicateKey: guarded((...args: Parameters<KeyAdminPort["replicateKey"]>) => port.replicateKey(...args)),
    }
  }
  const key = { ...world.key, alias }
  const store = { ...deps.store, save: guarded((record: EscrowRecord) => deps.store.save(record)) }
  const done = await createEscrow({ ...deps, store, actors: { ...deps.actors, admin } }, key, dying).catch(
    (thrown: unknown) => {
      if (!(thrown instanceof Killed)) throw thrown
    },
  )
  return { done, effects: count(), deps, folder, key }
}

const stateIn = async (region: RegionName, arn: string): Promise<string> =>
  (await world.kms(region).send(new DescribeKeyCommand({ KeyId: arn.slice(arn.lastIndexOf("/") + 1) }))).KeyMetadata
    ?.KeyState ?? ""

describe("escrow create, killed before any of its effects", () => {
  const EFFECTS = 12
  it.each(Array.from({ length: EFFECTS }, (_, at) => at + 1))(
    "effect %i: leaves a key without material, or a whole set",
    async (at) => {
      const arn = await world.makeKey(false)
      const { done, deps, folder, key } = await createKilled(at, arn)
      expect(done).toBeUndefined()
      const again = await createEscrow(deps, key, folder).catch((thrown: DrError) => thrown)
      if (!(again instanceof DrError)) return mustBeWhole(again)
      expect(["E_ESCROW_UNFINISHED", "E_ESCROW_EXISTS"]).toContain(again.code)
      expect(again.hints.join(" ")).toMatch(/dr keys escrow (recover|list)/)
      const identities = custodians.map(({ identity }) => identity)
      const records = [...deps.records.values()]
      const shares = []
      for (const [from, text] of [...folder.files].slice(1))
        shares.push(await openShare({ from, text }, identities, records))
      const set = quorumOf(shares, key)
      const wanted = { set, material: await materialOf(shares, set), regions: key.regions, expires: undefined }
      const first = await recoverEscrow(deps, { ...wanted, canary: records[0]?.canary })
      expect(first.places[0]).toMatchObject({ region: CENTRAL, state: "Enabled" })
      expect(await stateIn(CENTRAL, arn)).toBe("Enabled")
      // A replica that was not made yet is for `keys apply`; then the same shares bring the material there, too.
      if (first.places[1]?.why === "the key is not there") {
        const admin = await deps.actors.admin(key.account, "break-glass")
        await admin.replicateKey(set.keyArn, WEST, key.replica(WEST))
        const second = await recoverEscrow(deps, { ...wanted, set: first.set, canary: records[0]?.canary })
        expect(second.places[1]).toMatchObject({ region: WEST, result: "brought" })
      }
      expect(await stateIn(WEST, arn)).toBe("Enabled")
    },
  )
  it("has no further effects", async () => {
    const { done, effects } = await createKilled(Number.POSITIVE_INFINITY, await world.makeKey(false))
    expect(effects).toBe(EFFECTS)
    mustBeWhole(done as Created)
  })
})

function mustBeWhole({ places, record }: Created): void {
  expect(verdictOf(places)).toBe("proven")
  expect(record.stage).toBe("complete")
}
