import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import type { Sandbox } from "../../../src/sandbox/index.ts"
import * as cause from "./incident-causes.ts"
import { IncidentEstate } from "./incident-estate.ts"
import { failureOf } from "./incident-people.ts"
import * as remedy from "./incident-remedies.ts"
import { play, titled, type Scenario } from "./incident-scenarios.ts"
import { setUp } from "./incident-set-up.ts"
import { incidentSandbox } from "./incident-world.ts"

const { disable, scheduleDeletion, deleteEverywhere, lockOut, loseRegion, loseAccount } = cause
const { enables, cancelsAndEnables, mendsPolicy, copiesAgain, sourcesStand, onlySupport, nothingLeft } = remedy
const { waits, cutOff } = remedy

const nobody = { keepers: { side: "recovery", are: "nobody" } } as const
const author = { keepers: { side: "recovery", are: "author" } } as const
/** The sources cannot be read: what is under the recovery key is all there is. */
const noSources = { workloadKey: "Disabled" } as const

const scenarios: readonly Scenario[] = [
  ["disabled", disable, {}, "minutes", enables],
  ["disabled", disable, author, "minutes", mendsPolicy(enables, "enable")],
  ["disabled", disable, nobody, "from-copy", copiesAgain],
  ["disabled", disable, { ...nobody, ...noSources }, "support-case", onlySupport("enable")],

  ["pending-deletion", scheduleDeletion, {}, "minutes", cancelsAndEnables],
  ["pending-deletion", scheduleDeletion, author, "minutes", mendsPolicy(cancelsAndEnables, "cancel")],
  ["pending-deletion", scheduleDeletion, nobody, "from-copy", copiesAgain],
  ["pending-deletion", scheduleDeletion, { ...nobody, ...noSources }, "support-case", onlySupport("cancel")],

  ["deleted", deleteEverywhere, {}, "from-copy", copiesAgain],
  ["deleted", deleteEverywhere, noSources, "unrecoverable", nothingLeft],

  ["policy-lock-out", lockOut, {}, "from-copy", copiesAgain],
  ["policy-lock-out", lockOut, noSources, "support-case", onlySupport()],

  ["region-lost", loseRegion, {}, "from-copy", sourcesStand("sync")],
  ["region-lost", loseRegion, noSources, "unrecoverable", waits],

  ["account-hostile", loseAccount, {}, "from-copy", sourcesStand("service")],
  ["account-hostile", loseAccount, noSources, "unrecoverable", cutOff],
]

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await incidentSandbox([...scenarios.map(([, , variant]) => variant), {}])
})
afterEach(() => sandbox.faults.clear())
afterAll(() => sandbox.close())

describe("a recovery key", () => {
  it.each(titled(scenarios))("%s: %s %j", (_, __, ___, scenario, at) => play(sandbox, "recovery", scenario, at))

  it("has material of KMS's own, which cannot be lost alone", async () => {
    const estate = new IncidentEstate(sandbox, scenarios.length, {})
    await setUp(estate)
    expect(await failureOf(cause.deleteMaterial(estate, "recovery"))).toMatch(/UnsupportedOperation/)
    expect((await estate.row("recovery")).cells[3]?.class).toBe("cannot-happen")
  })
})
