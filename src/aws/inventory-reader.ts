import type { RegionName } from "../kernel/brands.ts"
import type { AccountReader, InventoryPort } from "../keys/inventory-port.ts"
import type { CallDeps } from "./call.ts"
import { ClientFactory, type CredentialSource } from "./clients.ts"
import { callsOf } from "./inventory-call.ts"
import type { IamReader } from "./inventory-iam.ts"
import { kmsReader } from "./inventory-kms.ts"
import type { OrganizationsReader } from "./inventory-organizations.ts"
import { s3Reader } from "./inventory-s3.ts"
import { loadedLater } from "./loaded-later.ts"
import { firstThatAnswers } from "./regional-sts.ts"
import { assumeRole, baseSession, type AwsSession } from "./sessions.ts"

export interface InventoryReaderOptions {
  readonly deps: CallDeps
  /** From dr.yaml only; undefined = AWS itself. */
  readonly endpoint?: string
  /** Where STS and the global services are asked. */
  readonly region: RegionName
  /** Where STS is asked when it is silent there. */
  readonly otherRegions?: readonly RegionName[]
  /** The process's own identity. */
  readonly credentials: CredentialSource
  /** Name of the sessions in CloudTrail. */
  readonly sessionName: string
}

/** AWS, read-only, for an inventory. @throws DrError E_CREDENTIALS (77) when the process has no identity. */
export async function connectInventory(options: InventoryReaderOptions): Promise<InventoryPort> {
  const { deps, region, otherRegions = [], sessionName, credentials } = options
  const clients = new ClientFactory(options.endpoint)
  const asked = firstThatAnswers([region, ...otherRegions])
  const base = await asked(deps, (patient, at) => baseSession(patient, clients, at, credentials))
  const readerOf = (session: AwsSession): AccountReader => accountReader(deps, clients, session, region)
  return {
    base: readerOf(base),
    async become(role, externalId) {
      const request = { from: base, role, sessionName, ...(externalId === undefined ? {} : { externalId }) }
      return readerOf(await asked(deps, (patient, at) => assumeRole(patient, clients, { ...request, region: at })))
    },
    close: () => clients.close(),
  }
}

const IAM_METHODS = {
  role: true,
  inlinePolicies: true,
  inlinePolicy: true,
  attachedPolicies: true,
  managedPolicy: true,
} as const
const ORGANIZATIONS_METHODS = {
  organization: true,
  parentOf: true,
  attachedTo: true,
  organizationPolicy: true,
} as const

/** Reads as one session. `region`: where the global services are asked. */
export function accountReader(
  deps: CallDeps,
  clients: ClientFactory,
  session: AwsSession,
  region: RegionName,
): AccountReader {
  const parts = { clients, session, region, call: callsOf(deps, session) }
  return {
    account: session.account,
    principal: session.principal,
    ...kmsReader(parts),
    ...loadedLater<IamReader>(IAM_METHODS, async () => (await import("./inventory-iam.ts")).iamReader(parts)),
    ...s3Reader(parts),
    ...loadedLater<OrganizationsReader>(ORGANIZATIONS_METHODS, async () =>
      (await import("./inventory-organizations.ts")).organizationsReader(parts),
    ),
  }
}
