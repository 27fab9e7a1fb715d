import type { ResolvedEnvironment } from "../../estate/topology.ts"
import type { AccountId, RegionName } from "../../kernel/brands.ts"
import { workloadRegions } from "../policy/scene.ts"
import type { EstateKey } from "./key-inventory.ts"

/** A key as dr.yaml wants it: one on each side for each of its `keys`. */
export interface WantedKey extends Pick<EstateKey, "name" | "side" | "alias"> {
  readonly account: AccountId
  /** The wanted primary's first. */
  readonly regions: readonly RegionName[]
}

export function wantedKeys(environment: ResolvedEnvironment): WantedKey[] {
  const { workload, recovery } = environment
  return environment.keys.flatMap((key) => [
    {
      name: key.name,
      side: "workload" as const,
      account: workload.id,
      alias: key.alias,
      regions: workloadRegions(environment, key),
    },
    {
      name: key.name,
      side: "recovery" as const,
      account: recovery.id,
      alias: key.recovery.alias,
      regions: key.recovery.regions,
    },
  ])
}
