import { DecryptCommand, GenerateDataKeyCommand, ReEncryptCommand } from "@aws-sdk/client-kms"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { PRIMARY, RECOVERY } from "../../src/demo/world.ts"
import type { Sandbox } from "../../src/sandbox/index.ts"
import { loseRegion } from "./status/incident-causes.ts"
import { IncidentEstate } from "./status/incident-estate.ts"
import { decrypts, failureOf, reads, readsAtHome } from "./status/incident-people.ts"
import { setUp } from "./status/incident-set-up.ts"
import { incidentSandbox } from "./status/incident-world.ts"

/** The estate as `dr` renders it; and one whose application keeps its own ciphertexts. */
const variants = [{}, { data: "none" }] as const
const EncryptionContext = { "dr-run": "dr-20261124T021700Z-0001" }

let sandbox: Sandbox
let estate: IncidentEstate
let application: IncidentEstate
let plain: Uint8Array
let wrapped: Uint8Array

beforeAll(async () => {
  sandbox = await incidentSandbox(variants)
  estate = new IncidentEstate(sandbox, 0, variants[0])
  application = new IncidentEstate(sandbox, 1, variants[1])
  await setUp(estate)
  await setUp(application)
  const drill = await estate.become(estate.environment.workload.roles.drill)
  const made = await drill
    .kms(PRIMARY)
    .send(new GenerateDataKeyCommand({ KeyId: estate.keys.workload, KeySpec: "AES_256", EncryptionContext }))
  plain = made.Plaintext ?? new Uint8Array()
  wrapped = made.CiphertextBlob ?? new Uint8Array()
  await loseRegion(estate, "workload")
  application.lost = estate.lost
})
afterAll(() => sandbox.close())

const opened = async (CiphertextBlob: Uint8Array | undefined, KeyId: string): Promise<Uint8Array | undefined> => {
  const command = new DecryptCommand({ CiphertextBlob, KeyId, EncryptionContext })
  return (await (await estate.recoveryRole()).kms(RECOVERY).send(command)).Plaintext
}

describe("with Region 1 out of reach", () => {
  it("nothing there answers, and no bucket of it can be read, whatever key there is", async () => {
    expect(await failureOf(readsAtHome(estate, "workload"))).toMatch(/Abort|Timeout/)
    expect(await failureOf(decrypts(application, PRIMARY))).toMatch(/Abort|Timeout/)
  })
  it("what was encrypted in it decrypts by the replica in Region 2", () => decrypts(application, RECOVERY))
  it("objects are read from their copies, under the recovery key", async () =>
    reads(estate, await estate.recoveryRole(), RECOVERY, estate.environment.datasets[0]?.recoveryBucket))
})

describe("the recovery account", () => {
  it("cannot open the source's ciphertext with its own key, nor with the source's", async () => {
    expect(await failureOf(opened(wrapped, estate.keys.recovery))).toMatch(/IncorrectKeyException/)
    expect(await failureOf(opened(wrapped, estate.elsewhere("workload").KeyId))).toMatch(/AccessDenied/)
  })
  it("opens the copy that was re-encrypted under its key, by the replica while Region 1 is gone", async () => {
    const { CiphertextBlob, KeyId, SourceKeyId } = await (await estate.recoveryRole()).kms(RECOVERY).send(
      new ReEncryptCommand({
        CiphertextBlob: wrapped,
        SourceKeyId: estate.elsewhere("workload").KeyId,
        SourceEncryptionContext: EncryptionContext,
        DestinationKeyId: estate.keys.recovery,
        DestinationEncryptionContext: EncryptionContext,
      }),
    )
    expect([SourceKeyId, KeyId]).toEqual([estate.elsewhere("workload").KeyId, estate.keys.recovery])
    expect(await opened(CiphertextBlob, estate.keys.recovery)).toEqual(plain)
  })
})
