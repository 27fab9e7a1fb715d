import type { Inventory } from "../access/inventory.ts"
import type { Expectations } from "../access/lint/index.ts"
import type { FoundConfig } from "../estate/discover.ts"

/**
 * What dr.yaml promises of an environment, for the linter: Regions, replicas that must exist, and which replicas have a
 * policy of their own by its template (only a primary replicates, each Region names its own services).
 */
export async function lintExpectations(config: FoundConfig, env: string, inventory: Inventory): Promise<Expectations> {
  const [{ loadEstate }, { environmentOf }, { renderedInventory }] = await Promise.all([
    import("../estate/load.ts"),
    import("../estate/topology.ts"),
    import("../keys/rendered-inventory.ts"),
  ])
  const environment = environmentOf(loadEstate(config), env)
  const rendered = renderedInventory(environment)
  const replicas = rendered.keys.filter(({ multiRegionType }) => multiRegionType === "REPLICA")
  const differing = inventory.keys.filter((key) =>
    replicas.some(
      (replica) =>
        replica.region === key.region &&
        replica.account === key.account &&
        replica.aliases.some((alias) => key.aliases.includes(alias)),
    ),
  )
  return {
    recoveryRegions: [environment.recoveryRegion],
    replicas: replicas.flatMap(({ aliases: [key], region }) => (key === undefined ? [] : [{ key, region }])),
    differingReplicas: differing.map(({ arn }) => arn),
    ...(environment.organizationId === undefined ? {} : { organizationId: environment.organizationId }),
  }
}
