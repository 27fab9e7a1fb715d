import type { RegionName } from "../kernel/brands.ts"
import { MINUTE } from "../kernel/units.ts"
import type { AwsPorts } from "../drill/ports.ts"
import type { KeysAws, Session } from "../keys/ports.ts"
import type { CallDeps } from "./call.ts"
import { ClientFactory, type CredentialSource } from "./clients.ts"
import { accountReader } from "./inventory-reader.ts"
import { keyAdminPort } from "./key-admin.ts"
import { kmsPort } from "./kms-port.ts"
import { firstThatAnswers, type FirstThatAnswers } from "./regional-sts.ts"
import { s3Port } from "./s3-port.ts"
import { assumeRole, baseSession, type AwsSession } from "./sessions.ts"

export interface AwsPortsOptions {
  readonly deps: CallDeps
  /** From dr.yaml only; undefined = AWS itself. */
  readonly endpoint?: string
  /** Where STS is asked first. */
  readonly region: RegionName
  /** Where it is asked when that one gives no answer; any Region gives the same session. */
  readonly otherRegions?: readonly RegionName[]
  /** The process's own identity: the provider chain of the SDK, or given by the composition root. */
  readonly credentials: CredentialSource
}

/** One connection serves every domain. */
export interface AllPorts extends Omit<AwsPorts, "detached">, Omit<KeysAws, "detached"> {
  detached(): AllPorts
}

/** AWS behind the ports of the domains. @throws DrError E_CREDENTIALS (77) when the process has no identity. */
export async function connectAws(options: AwsPortsOptions): Promise<AllPorts> {
  const { deps, region, otherRegions = [] } = options
  const clients = new ClientFactory(options.endpoint)
  const asked = firstThatAnswers([region, ...otherRegions])
  const base = await asked(deps, (patient, at) => baseSession(patient, clients, at, options.credentials))
  return portsOf(deps, clients, base, { region, asked })
}

/** Where STS is asked first, and how the Region that answers is found. */
interface Home {
  readonly region: RegionName
  readonly asked: FirstThatAnswers
}

function portsOf(deps: CallDeps, clients: ClientFactory, base: Session, home: Home): AllPorts {
  const open = (session: Session): AwsSession => session as AwsSession
  return {
    base,
    assumeRole: (request) =>
      request.region === home.region
        ? home.asked(deps, (patient, region) => assumeRole(patient, clients, { ...request, region }))
        : assumeRole(deps, clients, request),
    kms: (session, region) => kmsPort(deps, clients.kms(region, open(session).credentials), open(session), region),
    keyAdmin: (session) => keyAdminPort(deps, clients, open(session)),
    reader: (session) => accountReader(deps, clients, open(session), home.region),
    s3: (session, region) => s3Port(deps, clients.s3(region, open(session).credentials), open(session), region),
    detached: () => portsOf({ ...deps, signal: AbortSignal.timeout(2 * MINUTE) }, clients, base, home),
    close: () => clients.close(),
  }
}
