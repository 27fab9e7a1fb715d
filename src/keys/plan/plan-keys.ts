import type { ResolvedEnvironment } from "../../estate/topology.ts"
import { isoStamp } from "../../kernel/clock.ts"
import { digestOf } from "../../kernel/digest.ts"
import type { Millis } from "../../kernel/units.ts"
import type { EstateKey, KeyInventory } from "../status/key-inventory.ts"
import { estateDigest, inventoryDigest } from "./inventory-digest.ts"
import type { KeyPlan } from "./key-plan.ts"
import type { NamedRoles } from "./named-roles.ts"
import { rolesOf } from "./plan-grants.ts"
import { planKey } from "./plan-key.ts"
import { policyProblems } from "./policy-safety.ts"
import { wantedStates, type WantedState } from "./wanted-state.ts"

export interface PlanContext {
  /** Wall clock, milliseconds since the epoch. */
  readonly now: number
  readonly validFor: Millis
  /** Version of `dr`. */
  readonly tool: string
  /** Ids of grants that a person wants revoked. */
  readonly revoke: readonly string[]
  readonly named: NamedRoles
}

/**
 * What is between dr.yaml and AWS, as steps in the order in which they are taken, and what no step can mend. Pure: the
 * same input gives the same plan, but for its dates.
 * @throws DrError E_POLICY_… (78) when a policy cannot be rendered
 */
export function planKeys(environment: ResolvedEnvironment, inventory: KeyInventory, context: PlanContext): KeyPlan {
  const wanted = wantedStates(environment)
  const grants = { roles: rolesOf(environment), revoke: context.revoke }
  const planned = wanted.map((state) => {
    const { steps, problems } = planKey(state, seenAs(inventory, state), grants)
    return { steps, problems: [...problems, ...policyProblems(environment, state, steps, context.named)] }
  })
  return seal({
    apiVersion: "dr/v1",
    kind: "KeyPlan",
    version: 1,
    env: environment.name,
    createdAt: isoStamp(context.now),
    expiresAt: isoStamp(context.now + context.validFor),
    tool: context.tool,
    estateDigest: estateDigest(environment, wanted),
    inventoryDigest: inventoryDigest(inventory),
    steps: planned.flatMap(({ steps }) => steps),
    problems: planned.flatMap(({ problems }) => problems),
  })
}

export const seal = (content: Omit<KeyPlan, "hash">): KeyPlan => ({ ...content, hash: digestOf(content) })

/** A key that nobody looked for is not known to be absent. */
function seenAs({ keys }: KeyInventory, { name, side, account, alias, regions }: WantedState): EstateKey {
  const seen = keys.find((key) => key.name === name && key.side === side)
  if (seen !== undefined) return seen
  const why = "the inventory does not hold it"
  return {
    name,
    side,
    account,
    alias,
    places: regions.map((region) => ({ kind: "unread", region, wanted: true, why, unreachable: false })),
    strays: [],
  }
}
