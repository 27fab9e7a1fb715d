import type { FoundConfig } from "../estate/discover.ts"
import { loadEstate } from "../estate/load.ts"
import { environmentOf, type ResolvedEnvironment } from "../estate/topology.ts"

/** The environment that was named, or every one of dr.yaml: for commands that only read. */
export function environmentsOf(config: FoundConfig, env: string | undefined): ResolvedEnvironment[] {
  const estate = loadEstate(config)
  const names = env === undefined ? Object.keys(estate.environments) : [env]
  return names.map((name) => environmentOf(estate, name))
}
