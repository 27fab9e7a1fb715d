import type { AllPorts } from "../aws/ports.ts"
import type { ResolvedEnvironment } from "../estate/topology.ts"
import type { RegionName } from "../kernel/brands.ts"
import type { Deps } from "./deps.ts"

/**
 * AWS for one environment, with the process's own identity. The SDK is loaded here and nowhere earlier.
 * STS is asked in the recovery Region, and in the others given when that one is silent.
 * @throws DrError E_CREDENTIALS (77)
 */
export async function connect(
  deps: Deps,
  environment: ResolvedEnvironment,
  options: { readonly otherRegions?: readonly RegionName[] } = {},
): Promise<AllPorts> {
  const [{ connectAws }, { ownCredentials }] = await Promise.all([
    import("../aws/ports.ts"),
    import("../aws/own-credentials.ts"),
  ])
  return connectAws({
    deps: { clock: deps.clock, emit: deps.events.emit, signal: deps.signal },
    region: environment.recoveryRegion,
    credentials: ownCredentials(environment.recoveryRegion, deps.profile),
    ...options,
    ...(environment.endpoint === undefined ? {} : { endpoint: environment.endpoint }),
  })
}
