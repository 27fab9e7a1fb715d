import { accountPrincipalArn, partitionOf } from "../../access/arn.ts"
import type { Facts } from "../../access/context.ts"
import { decide, SITUATIONAL } from "../../access/decide.ts"
import { CompiledInventory } from "../../access/inventory-stack.ts"
import type { Gap, Inventory, InventoryKey } from "../../access/inventory.ts"
import { PolicyError } from "../../access/policy-error.ts"
import type { ResolvedAccount, ResolvedEnvironment } from "../../estate/topology.ts"
import { DrError } from "../../kernel/errors.ts"
import { renderedInventory } from "../rendered-inventory.ts"
import type { EstateKey, FoundPlace, KeyInventory } from "./key-inventory.ts"

/** Somebody who could act on a key, and what is sure of the calls he would make. */
export interface Candidate {
  readonly arn: string
  /** `the operator`, `break-glass`, `the root user of the account`, … */
  readonly title: string
  readonly facts?: Facts
}

export type Holder =
  | { readonly may: true; readonly who: Candidate }
  /** `sure`: each of them was judged and may not; else one may perhaps, or the policy was not read. */
  | { readonly may: false; readonly why: string; readonly sure: boolean }

/** Asks the access engine about the key policies that were read. */
export interface KeyAccess {
  /** The first who surely may do all of the actions with the key. An answer that is open, or could not be judged, is no. */
  holder(place: FoundPlace, actions: readonly string[], candidates: readonly Candidate[]): Holder
}

/**
 * `live`: roles and SCPs as they were read; left out = the estate's roles as they are rendered, and no SCP but ours.
 * Key policies and grants are the inventory's own in both cases.
 */
export function keyAccess(environment: ResolvedEnvironment, inventory: KeyInventory, live?: Inventory): KeyAccess {
  const { principals, accounts, organization, gaps = [] } = live ?? asRendered(environment)
  const found = inventory.keys.flatMap((key) =>
    key.places.flatMap((place) => (place.kind === "found" ? [{ key, place }] : [])),
  )
  const arns = new Set<string>(found.map(({ place }) => place.facts.arn))
  const compiled = new CompiledInventory({
    source: `the keys of ${inventory.env}`,
    takenAt: inventory.takenAt,
    ...(organization === undefined ? {} : { organization }),
    accounts,
    principals,
    keys: found.map(({ key, place }) => inventoryKey(key, place)),
    buckets: [],
    gaps: [...gaps.filter(({ subject }) => !arns.has(subject)), ...found.flatMap(({ place }) => gapsOf(place))],
  })
  return {
    holder(place, actions, candidates) {
      let open: string | undefined
      for (const who of candidates) {
        const verdicts = actions.map((action) => verdictOf(compiled, who, action, place))
        if (verdicts.every((verdict) => verdict === "allowed")) return { may: true, who }
        if (verdicts.every((verdict) => verdict === "allowed" || verdict === "depends"))
          open ??= `whether ${who.title} may cannot be told`
      }
      const what = `nobody of the estate may ${actions.join(" and ")}`
      if (place.facts.policy === undefined) return { may: false, sure: false, why: "its policy was not read" }
      if (open !== undefined) return { may: false, sure: false, why: `${what} for sure: ${open}` }
      return { may: false, sure: true, why: what }
    },
  }
}

function verdictOf(compiled: CompiledInventory, who: Candidate, action: string, place: FoundPlace): string {
  try {
    const circumstances = { facts: { ...DIRECT, ...who.facts }, unknown: OPEN }
    return decide(compiled, who.arn, action, place.facts.arn, circumstances).verdict
  } catch (thrown) {
    if (thrown instanceof PolicyError) return "depends"
    throw thrown
  }
}

/** `dr` never bypasses the check, and an administrator calls KMS itself. */
const DIRECT: Facts = { "kms:BypassPolicyLockoutSafetyCheck": "false" }

/** Where the caller is and how he signed in: a right that hangs on it is not sure. What KMS is asked, the question says. */
const OPEN = SITUATIONAL.filter((key) => key.startsWith("aws:"))

/** Break-glass acts under a name and an approved plan: its key policies ask for both. */
const BEHIND_GLASS: Facts = {
  "aws:PrincipalTag/dr-plan": `sha256-${"0".repeat(64)}`,
  "aws:SourceIdentity": "commander",
}

/** Who keeps the keys of an account: its operator, break-glass, and the root user, whom a key policy may name or not. */
export function keepersOf(account: ResolvedAccount, region: string): Candidate[] {
  const { operator, breakGlass } = account.roles
  return [
    ...(operator === undefined ? [] : [{ arn: operator, title: "the operator" }]),
    ...(breakGlass === undefined ? [] : [{ arn: breakGlass, title: "break-glass", facts: BEHIND_GLASS }]),
    rootOf(account, region),
  ]
}

export const rootOf = (account: ResolvedAccount, region: string): Candidate => ({
  arn: accountPrincipalArn(account.id, partitionOf(region)),
  title: `the root user of ${account.id}`,
})

function inventoryKey(key: EstateKey, { facts, region }: FoundPlace): InventoryKey {
  const { arn, state, origin, aliases, tags, multiRegionType } = facts
  return {
    arn,
    account: key.account,
    region,
    state,
    origin,
    aliases: aliases ?? [],
    grants: facts.grants ?? [],
    label: key.name,
    ...(tags === undefined ? {} : { tags }),
    ...(multiRegionType === undefined ? {} : { multiRegionType }),
    ...(facts.policy === undefined
      ? {}
      : { policy: { name: `key policy of ${key.alias} in ${region}`, document: facts.policy } }),
  }
}

/** Grants give no administration, and a missing one only makes an answer worse. */
function gapsOf({ facts }: FoundPlace): Gap[] {
  const missing = (["policy", "tags", "aliases"] as const).filter((what) => facts[what] === undefined)
  return missing.map((what) => ({ subject: facts.arn, what, why: "not read" }))
}

function asRendered(environment: ResolvedEnvironment): Inventory {
  try {
    return renderedInventory(environment)
  } catch (thrown) {
    // Without its roles nothing is rendered; what the key policies themselves give still counts.
    if (!(thrown instanceof DrError) || !thrown.code.startsWith("E_POLICY_")) throw thrown
    return { source: "dr.yaml", accounts: [], principals: [], keys: [], buckets: [] }
  }
}
