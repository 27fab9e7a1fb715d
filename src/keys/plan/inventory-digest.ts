import type { ResolvedEnvironment } from "../../estate/topology.ts"
import { canonicalJson } from "../../kernel/canonical-json.ts"
import { digestOf } from "../../kernel/digest.ts"
import type { KeyFacts, KeyInventory, KeyPlace } from "../status/key-inventory.ts"
import type { WantedState } from "./wanted-state.ts"

/** What a plan was made from: everything that could change a step or a problem, and nothing that passes by itself. */
export const inventoryDigest = (inventory: KeyInventory): string =>
  digestOf({
    env: inventory.env,
    keys: inventory.keys.map(({ places, strays, ...key }) => ({
      ...key,
      places: places.map(placeOf),
      strays: sorted(strays.map(factsOf)),
    })),
  })

/** What dr.yaml says about the keys, as far as it becomes steps: the rendered policies stand for roles and datasets. */
export const estateDigest = (environment: ResolvedEnvironment, wanted: readonly WantedState[]): string =>
  digestOf({
    env: environment.name,
    endpoint: environment.endpoint,
    accounts: [environment.workload, environment.recovery].map(({ id, roles }) => ({ id, roles })),
    keys: wanted.map(({ policies, ...rest }) => ({
      ...rest,
      policies: Object.fromEntries([...policies].map(([region, { document }]) => [region, document])),
    })),
  })

function placeOf(place: KeyPlace): object {
  const { kind, region, wanted } = place
  return kind === "found" ? { kind, region, wanted, facts: factsOf(place.facts) } : { kind, region, wanted }
}

function factsOf(facts: KeyFacts): object {
  const { arn, state, multiRegionType, related, origin, spec, description, policy, aliases, grants, tags, rotation } =
    facts
  return {
    arn,
    state,
    multiRegionType,
    origin,
    spec,
    description,
    policy,
    tags,
    related: [...related].sort(),
    aliases: aliases === undefined ? undefined : [...aliases].sort(),
    grants:
      grants === undefined
        ? undefined
        : sorted(
            grants.map(({ creationDate: _creationDate, ...grant }) => ({
              ...grant,
              operations: [...grant.operations].sort(),
            })),
          ),
    rotation: rotation === undefined ? undefined : { enabled: rotation.enabled, periodDays: rotation.periodDays },
  }
}

const sorted = <T>(list: readonly T[]): T[] => [...list].sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1))
