import { keyArn } from "../../../src/access/arn.ts"
import type { ResolvedEnvironment } from "../../../src/estate/topology.ts"
import type { RegionName } from "../../../src/kernel/brands.ts"
import { renderPolicies } from "../../../src/keys/policy/render.ts"
import type { EstateKey, FoundPlace, KeyFacts, KeyInventory, KeyPlace } from "../../../src/keys/status/key-inventory.ts"

const IDS = { workload: "mrk-0000000000000000000000000000000a", recovery: "mrk-0000000000000000000000000000000b" }

/** The keys of an environment as they are once everything was applied, without AWS. */
export function demoInventory(environment: ResolvedEnvironment): KeyInventory {
  return {
    env: environment.name,
    takenAt: "2026-11-24T02:17:00.000Z",
    keys: environment.keys.flatMap((key) => [
      estateKey(environment, key.name, "workload", key.alias, [environment.primaryRegion, ...key.replicas]),
      estateKey(environment, key.name, "recovery", key.recovery.alias, key.recovery.regions),
    ]),
  }
}

function estateKey(
  environment: ResolvedEnvironment,
  name: string,
  side: EstateKey["side"],
  alias: string,
  regions: readonly RegionName[],
): EstateKey {
  const { id: account } = environment[side]
  const related = regions.map((region) => keyArn(region, account, IDS[side]))
  const places = regions.map((region, at): FoundPlace => {
    const policy = renderPolicies(environment).find(
      (each) => each.kind === "key" && each.region === region && each.subject.endsWith(`:${account}:${alias}`),
    )
    const facts: KeyFacts = {
      arn: related[at]!,
      region,
      state: "Enabled",
      multiRegionType: at === 0 ? "PRIMARY" : "REPLICA",
      related,
      origin: side === "workload" ? (environment.keys.find((key) => key.name === name)?.origin ?? "") : "AWS_KMS",
      spec: "SYMMETRIC_DEFAULT",
      usage: "ENCRYPT_DECRYPT",
      description: "",
      policy: JSON.stringify(policy?.document),
      aliases: [alias],
      grants: [],
      tags: {},
      materials: [{ id: "m1", state: "CURRENT" }],
      gaps: [],
    }
    return { kind: "found", region, wanted: true, facts }
  })
  return { name, side, account, alias, places, strays: [] }
}

/** The same inventory with one place changed. */
export function withPlace(
  inventory: KeyInventory,
  side: EstateKey["side"],
  region: string,
  change: (place: FoundPlace) => KeyPlace,
): KeyInventory {
  const keys = inventory.keys.map((key) =>
    key.side === side
      ? {
          ...key,
          places: key.places.map((place) =>
            place.kind === "found" && place.region === region ? change(place) : place,
          ),
        }
      : key,
  )
  return { ...inventory, keys }
}
