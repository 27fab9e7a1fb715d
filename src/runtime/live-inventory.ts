import type { Inventory } from "../access/inventory.ts"
import type { FoundConfig } from "../estate/discover.ts"
import { loadEstate } from "../estate/load.ts"
import { environmentOf, type ResolvedEnvironment } from "../estate/topology.ts"
import { isoStamp } from "../kernel/clock.ts"
import { readLiveInventory } from "../keys/live-inventory.ts"
import { liveScope } from "../keys/live-scope.ts"
import type { Deps } from "./deps.ts"

/**
 * AWS, read-only, as far as one environment of dr.yaml names it.
 * @throws DrError E_ENV (64), E_CONFIG (78), E_CREDENTIALS (77), E_INVENTORY_EMPTY (1)
 */
export async function liveInventory(
  deps: Deps,
  config: FoundConfig,
  env: string | undefined,
): Promise<{ inventory: Inventory; environment: ResolvedEnvironment }> {
  const estate = loadEstate(config)
  const environment = environmentOf(estate, env)
  const [{ connectInventory }, { ownCredentials }] = await Promise.all([
    import("../aws/inventory-reader.ts"),
    import("../aws/own-credentials.ts"),
  ])
  const region = environment.recoveryRegion
  const port = await connectInventory({
    deps: { clock: deps.clock, emit: deps.events.emit, signal: deps.signal },
    region,
    credentials: ownCredentials(region, deps.profile),
    sessionName: deps.run,
    ...(environment.endpoint === undefined ? {} : { endpoint: environment.endpoint }),
  })
  try {
    const scope = liveScope(estate, environment)
    const takenAt = isoStamp(deps.clock.now())
    return { environment, inventory: await readLiveInventory(port, { scope, takenAt, signal: deps.signal }) }
  } finally {
    port.close()
  }
}
