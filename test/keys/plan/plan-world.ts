import { keyArn } from "../../../src/access/arn.ts"
import type { ResolvedEnvironment } from "../../../src/estate/topology.ts"
import type { KeyArn, RegionName } from "../../../src/kernel/brands.ts"
import type { KeyPlan, KeyStep } from "../../../src/keys/plan/key-plan.ts"
import type { NamedRoles } from "../../../src/keys/plan/named-roles.ts"
import { planKeys } from "../../../src/keys/plan/plan-keys.ts"
import { wantedStates, type WantedState } from "../../../src/keys/plan/wanted-state.ts"
import type { EstateKey, KeyFacts, KeyInventory, KeyPlace } from "../../../src/keys/status/key-inventory.ts"

export const NOW = Date.parse("2026-11-24T02:00:00.000Z")

/** Every role is there, and nothing limits break-glass. */
export const everybody: NamedRoles = { roles: new Map(), administrators: [], gaps: [] }

/** A key as an apply leaves it, in one Region. */
export function kept(wanted: WantedState, region: RegionName, keyId: string): KeyFacts {
  const arn = (where: RegionName): KeyArn => keyArn(where, wanted.account, keyId)
  const primary = region === wanted.regions[0]
  return {
    arn: arn(region),
    region,
    state: "Enabled",
    ...(wanted.multiRegion ? { multiRegionType: primary ? "PRIMARY" : "REPLICA" } : {}),
    related: wanted.multiRegion ? wanted.regions.map(arn) : [],
    origin: wanted.origin,
    spec: "SYMMETRIC_DEFAULT",
    usage: "ENCRYPT_DECRYPT",
    description: wanted.description ?? "made by hand",
    policy: JSON.stringify(wanted.policies.get(region)?.document),
    aliases: [wanted.alias],
    grants: wanted.grants.map((grant) => ({ ...grant, id: `id-of-${grant.name}`, keyArn: arn(region) })),
    tags: wanted.tags,
    ...(primary && wanted.periodDays !== undefined
      ? { rotation: { enabled: true, periodDays: wanted.periodDays } }
      : {}),
    gaps: [],
  }
}

export const idOf = ({ side, name }: Pick<WantedState, "side" | "name">): string => `mrk-${side}-${name}`

/** Everything as dr.yaml wants it. */
export function keptInventory(environment: ResolvedEnvironment): KeyInventory {
  return {
    env: environment.name,
    takenAt: "2026-11-24T01:59:59.000Z",
    keys: wantedStates(environment).map((wanted) => ({
      name: wanted.name,
      side: wanted.side,
      account: wanted.account,
      alias: wanted.alias,
      places: wanted.regions.map((region) => ({
        kind: "found",
        region,
        wanted: true,
        facts: kept(wanted, region, idOf(wanted)),
      })),
      strays: [],
    })),
  }
}

export const planOf = (
  environment: ResolvedEnvironment,
  inventory: KeyInventory,
  revoke: readonly string[] = [],
): KeyPlan =>
  planKeys(environment, inventory, { now: NOW, validFor: 86_400_000, tool: "test", revoke, named: everybody })

/** AWS as it would be after the step, in a model of it that knows nothing of the planner. */
export function after(inventory: KeyInventory, step: KeyStep, environment: ResolvedEnvironment): KeyInventory {
  const wanted = wantedStates(environment).find(({ name, side }) => name === step.key && side === step.side)
  if (wanted === undefined) throw new Error(`no key ${step.side}/${step.key}`)
  return {
    ...inventory,
    keys: inventory.keys.map((key) =>
      key.name === step.key && key.side === step.side ? changed(key, step, wanted) : key,
    ),
  }
}

function changed(key: EstateKey, step: KeyStep, wanted: WantedState): EstateKey {
  const { region } = step
  if (step.kind === "create-key" || step.kind === "replicate-key") {
    const known = key.places.flatMap((place) => (place.kind === "found" ? [place.facts] : []))[0] ?? key.strays[0]
    const keyId = known === undefined ? idOf(wanted) : (known.arn.split("/")[1] ?? "")
    const { rotation: _rotation, ...facts } = kept(wanted, region, keyId)
    const made: KeyFacts = {
      ...facts,
      policy: step.policy,
      description: step.description,
      tags: step.tags,
      aliases: [],
      grants: [],
      ...(step.kind === "create-key" ? { rotation: { enabled: false } } : {}),
    }
    // Without its alias a new key is a stray; a replica is found by its primary once that has an alias.
    return { ...key, strays: [...key.strays.filter((stray) => stray.arn !== made.arn), made] }
  }
  if (step.kind === "create-alias") {
    const stray = key.strays.find((facts) => facts.region === region)
    const moved = stray === undefined ? key : { ...key, strays: key.strays.filter((facts) => facts !== stray) }
    return {
      ...moved,
      places: moved.places.map((place) =>
        place.region !== region
          ? place
          : stray === undefined
            ? edit(place, (facts) => ({ ...facts, aliases: [...(facts.aliases ?? []), step.alias] }))
            : { kind: "found", region, wanted: true, facts: { ...stray, aliases: [step.alias] } },
      ),
    }
  }
  const change = (facts: KeyFacts): KeyFacts => (facts.region === region ? mutated(facts, step) : facts)
  return { ...key, places: key.places.map((place) => edit(place, change)), strays: key.strays.map(change) }
}

function mutated(facts: KeyFacts, step: KeyStep): KeyFacts {
  switch (step.kind) {
    case "put-policy":
      return { ...facts, policy: step.policy }
    case "tag-key":
      return { ...facts, tags: { ...facts.tags, ...step.tags } }
    case "describe-key":
      return { ...facts, description: step.description }
    case "enable-rotation":
      return { ...facts, rotation: { enabled: true, periodDays: step.periodDays } }
    case "create-grant":
      return {
        ...facts,
        grants: [
          ...(facts.grants ?? []),
          {
            id: step.id,
            keyArn: facts.arn,
            name: step.grant.name,
            grantee: step.grant.grantee,
            operations: step.grant.operations,
          },
        ],
      }
    case "revoke-grant":
      return { ...facts, grants: (facts.grants ?? []).filter(({ id }) => id !== step.grantId) }
    default:
      return facts
  }
}

const edit = (place: KeyPlace, change: (facts: KeyFacts) => KeyFacts): KeyPlace =>
  place.kind === "found" ? { ...place, facts: change(place.facts) } : place
