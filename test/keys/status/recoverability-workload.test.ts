import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { DAY } from "../../../src/kernel/units.ts"
import type { Sandbox } from "../../../src/sandbox/index.ts"
import * as cause from "./incident-causes.ts"
import { IncidentEstate } from "./incident-estate.ts"
import { failureOf } from "./incident-people.ts"
import * as remedy from "./incident-remedies.ts"
import { play, titled, type Scenario } from "./incident-scenarios.ts"
import { setUp } from "./incident-set-up.ts"
import { incidentSandbox, type Variant } from "./incident-world.ts"

const { disable, scheduleDeletion, deleteEverywhere, deleteMaterial, letMaterialExpire } = cause
const { lockOut, loseRegion, loseAccount } = cause
const { enables, cancelsAndEnables, bringsMaterial, mendsPolicy, byTheReplica, byTheCopy, byTheCopyOnly } = remedy
const { onlySupport, nothingLeft, materialGone, waits, cutOff } = remedy

const bare = { data: "none" } as const
const alone = { data: "none", replica: "none" } as const
const noCopies = { recoveryKey: "Disabled" } as const
const external = { origin: "EXTERNAL" } as const
const escrowed = { origin: "EXTERNAL", escrowed: true } as const
const nobody = { keepers: { side: "workload", are: "nobody" } } as const
const author = { keepers: { side: "workload", are: "author" } } as const

const scenarios: readonly Scenario[] = [
  ["disabled", disable, {}, "minutes", enables],
  ["disabled", disable, alone, "minutes", enables],
  ["disabled", disable, author, "minutes", mendsPolicy(enables, "enable")],
  ["disabled", disable, bare, "instant", byTheReplica],
  ["disabled", disable, nobody, "from-copy", byTheCopy],
  ["disabled", disable, { ...nobody, ...noCopies }, "support-case", onlySupport("enable")],

  ["pending-deletion", scheduleDeletion, {}, "minutes", cancelsAndEnables],
  ["pending-deletion", scheduleDeletion, alone, "minutes", cancelsAndEnables],
  ["pending-deletion", scheduleDeletion, author, "minutes", mendsPolicy(cancelsAndEnables, "cancel")],
  ["pending-deletion", scheduleDeletion, bare, "instant", byTheReplica],
  ["pending-deletion", scheduleDeletion, nobody, "from-copy", byTheCopy],
  ["pending-deletion", scheduleDeletion, { ...nobody, ...noCopies }, "support-case", onlySupport("cancel")],

  ["deleted", deleteEverywhere, {}, "from-copy", byTheCopy],
  ["deleted", deleteEverywhere, bare, "unrecoverable", nothingLeft],
  ["deleted", deleteEverywhere, noCopies, "unrecoverable", nothingLeft],

  ["material-lost", deleteMaterial, escrowed, "minutes", bringsMaterial],
  ["material-lost", letMaterialExpire, { ...escrowed, expires: true }, "minutes", bringsMaterial],
  ["material-lost", deleteMaterial, { ...escrowed, ...author }, "minutes", mendsPolicy(bringsMaterial, "bring")],
  ["material-lost", deleteMaterial, { ...external, ...bare }, "instant", byTheReplica],
  ["material-lost", letMaterialExpire, { ...external, ...bare, expires: true }, "instant", byTheReplica],
  ["material-lost", deleteMaterial, external, "from-copy", byTheCopy],
  ["material-lost", deleteMaterial, { ...escrowed, ...nobody, ...noCopies }, "support-case", onlySupport("bring")],
  ["material-lost", deleteMaterial, { ...external, ...noCopies }, "unrecoverable", materialGone],

  ["policy-lock-out", lockOut, {}, "from-copy", byTheCopy],
  ["policy-lock-out", lockOut, bare, "instant", byTheReplica],
  ["policy-lock-out", lockOut, noCopies, "support-case", onlySupport()],
  ["policy-lock-out", lockOut, alone, "support-case", onlySupport()],

  ["region-lost", loseRegion, {}, "from-copy", byTheCopy],
  ["region-lost", loseRegion, bare, "instant", byTheReplica],
  ["region-lost", loseRegion, noCopies, "unrecoverable", waits],
  ["region-lost", loseRegion, alone, "unrecoverable", waits],

  ["account-hostile", loseAccount, {}, "from-copy", byTheCopyOnly],
  ["account-hostile", loseAccount, noCopies, "unrecoverable", cutOff],
  ["account-hostile", loseAccount, bare, "unrecoverable", cutOff],
]

const single = { replica: "none" } as const
const others: readonly Variant[] = [single, { ...single, ...noCopies }, {}]
let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await incidentSandbox([...scenarios.map(([, , variant]) => variant), ...others])
})
afterEach(() => sandbox.faults.clear())
afterAll(() => sandbox.close())

describe("a workload key", () => {
  it.each(titled(scenarios))("%s: %s %j", (_, __, ___, scenario, at) => play(sandbox, "workload", scenario, at))

  it.each([
    [0, "from-copy", byTheCopy],
    [1, "unrecoverable", nothingLeft],
  ] as const)("pending deletion beyond its date (%i): %s", async (at, claim, shown) => {
    const estate = new IncidentEstate(sandbox, scenarios.length + at, others[at] ?? {})
    await setUp(estate)
    await scheduleDeletion(estate, "workload")
    const cell = (await estate.row("workload", sandbox.clock.now() + 31 * DAY)).cells[1]
    expect([cell?.class, cell?.current]).toEqual([claim, expect.stringContaining("has passed")])
    sandbox.clock.advance(31 * DAY)
    await shown(estate, "workload")
  })

  it("material that KMS made cannot be lost alone", async () => {
    const estate = new IncidentEstate(sandbox, scenarios.length + 2, {})
    await setUp(estate)
    expect(await failureOf(deleteMaterial(estate, "workload"))).toMatch(/UnsupportedOperation/)
    expect((await estate.row("workload")).cells[3]?.class).toBe("cannot-happen")
  })
})
