import { expect } from "vitest"
import { MINUTE } from "../../../src/kernel/units.ts"
import type { Incident, RecoveryClass } from "../../../src/keys/status/recoverability.ts"
import type { Sandbox } from "../../../src/sandbox/index.ts"
import { IncidentEstate } from "./incident-estate.ts"
import { failureOf, readsAtHome, type Deed } from "./incident-people.ts"
import { setUp } from "./incident-set-up.ts"
import type { Side, Variant } from "./incident-world.ts"

/** What happens · the estate · what the table says before · what is then done and seen to work, or to be refused. */
export type Scenario = readonly [
  incident: Incident,
  cause: Deed,
  estate: Variant,
  claim: Exclude<RecoveryClass, "cannot-happen">,
  shown: Deed,
]

/** What AWS tells of a key afterwards. */
const TOLD: ReadonlySet<Incident> = new Set(["disabled", "pending-deletion", "material-lost", "policy-lock-out"])

/** For a title: the class is what the test proves. */
export const titled = (scenarios: readonly Scenario[]) =>
  scenarios.map((scenario, at) => [scenario[0], scenario[3], scenario[2], scenario, at] as const)

/** The table first, from what AWS tells; then the incident; then what the table claims. */
export async function play(sandbox: Sandbox, side: Side, scenario: Scenario, at: number): Promise<void> {
  const [incident, cause, variant, claim, shown] = scenario
  const estate = new IncidentEstate(sandbox, at, variant)
  await setUp(estate)
  await readsAtHome(estate, side)
  const cell = (await estate.row(side)).cells.find((each) => each.incident === incident)
  expect(cell?.class, cell?.reason).toBe(claim)
  expect(cell?.reason).not.toBe("")

  await cause(estate, side)
  expect(await failureOf(readsAtHome(estate, side)), "the incident hurts").toBeDefined()
  if (TOLD.has(incident)) {
    const now = (await estate.row(side)).cells.find((each) => each.incident === incident)
    expect([now?.class, now?.current], "the table of a key that it has happened to").toEqual([
      claim,
      expect.any(String),
    ])
  }
  const begun = sandbox.clock.now()
  await shown(estate, side)
  if (claim === "minutes" || claim === "instant") expect(sandbox.clock.now() - begun).toBeLessThan(15 * MINUTE)
}
