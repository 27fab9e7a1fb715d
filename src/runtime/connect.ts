import type { AwsPorts } from "../drill/ports.ts"
import type { ResolvedEnvironment } from "../estate/topology.ts"
import type { Deps } from "./deps.ts"

/**
 * AWS for one environment, with the process's own identity. The SDK is loaded here and nowhere earlier.
 * @throws DrError E_CREDENTIALS (77)
 */
export async function connect(deps: Deps, environment: ResolvedEnvironment): Promise<AwsPorts> {
  const [{ connectAws }, { fromNodeProviderChain }] = await Promise.all([import("../aws/ports.ts"), import("@aws-sdk/credential-providers")])
  return connectAws({
    deps: { clock: deps.clock, emit: deps.events.emit, signal: deps.signal },
    region: environment.recoveryRegion,
    credentials: fromNodeProviderChain({ ...(deps.profile === undefined ? {} : { profile: deps.profile }), clientConfig: { region: environment.recoveryRegion } }),
    ...(environment.endpoint === undefined ? {} : { endpoint: environment.endpoint }),
  })
}
