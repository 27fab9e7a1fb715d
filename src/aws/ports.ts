import type { RegionName } from "../kernel/brands.ts"
import { MINUTE } from "../kernel/units.ts"
import type { Place } from "../restore/objects.ts"
import type { AwsPorts } from "../drill/ports.ts"
import type { KeysAws, Session } from "../keys/ports.ts"
import type { DataPlane } from "../restore/data-plane.ts"
import type { BucketPort } from "../restore/bucket-facts.ts"
import { bucketPort } from "./bucket-facts.ts"
import type { FenceStore } from "../restore/fence/fence-store.ts"
import type { CallDeps } from "./call.ts"
import { ClientFactory, type CredentialSource } from "./clients.ts"
import { s3FenceStore, type FencePlace } from "./fence-store.ts"
import { accountReader } from "./inventory-reader.ts"
import { keyAdminPort } from "./key-admin.ts"
import { kmsPort } from "./kms-port.ts"
import type { BatchDesk, BatchJobs } from "../restore/batch/ports.ts"
import { batchDesk } from "./batch-desk.ts"
import { batchJobs } from "./batch-jobs.ts"
import type { RewrapKms } from "../restore/rewrap/ports.ts"
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
  /** Settings of buckets, as a restore looks at them before it plans. */
  buckets(session: Session, region: RegionName): BucketPort
  detached(): AllPorts
  /** Where runs on all machines agree on who works for an environment. */
  fences(session: Session, region: RegionName, place: FencePlace): FenceStore
  /**
   * The calls that run once per object. What carries them is loaded here and not before: no other command needs it. The
   * caller closes it; `close` of the ports does not.
   */
  dataPlane(session: Session, region: RegionName, options?: DataPlaneChoice): Promise<DataPlane>
  /** ReEncrypt for millions of keys: one attempt each, and no event. */
  rewrap(session: Session, region: RegionName): Promise<RewrapKms>
  /** S3 Batch Operations of the session's account. */
  batch(session: Session, region: RegionName): BatchJobs
  /** A bucket in which manifests are laid down and reports are found. */
  desk(session: Session, place: Pick<Place, "bucket" | "owner" | "region">): BatchDesk
}

interface DataPlaneChoice {
  /**
   * `undici` unless said otherwise; `raw` for bare sockets, at half the CPU; `sdk` for proxies and odd endpoints, at ten
   * times the CPU.
   */
  readonly transport?: "undici" | "raw" | "sdk"
  /** Requests on their way to one host; 1,024 unless said otherwise. */
  readonly maxInFlight?: number
}

/** AWS behind the ports of the domains. @throws DrError E_CREDENTIALS (77) when the process has no identity. */
export async function connectAws(options: AwsPortsOptions): Promise<AllPorts> {
  const { deps, region, otherRegions = [] } = options
  const clients = new ClientFactory(options.endpoint)
  const asked = firstThatAnswers([region, ...otherRegions])
  const base = await asked(deps, (patient, at) => baseSession(patient, clients, at, options.credentials))
  return portsOf(deps, clients, base, { region, asked, endpoint: options.endpoint })
}

/** Where STS is asked first, and how the Region that answers is found. */
interface Home {
  readonly region: RegionName
  readonly asked: FirstThatAnswers
  readonly endpoint: string | undefined
}

function portsOf(deps: CallDeps, clients: ClientFactory, base: Session, home: Home): AllPorts {
  const open = (session: Session): AwsSession => session as AwsSession
  const closing: (() => void)[] = []
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
    async dataPlane(session, region, { transport = "undici", maxInFlight = 1024 } = {}) {
      const { openDataPlane, openSdkDataPlane } = await import("./wire/open-data-plane.ts")
      const openOver = transport === "sdk" ? openSdkDataPlane : openDataPlane
      return openOver({
        clock: deps.clock,
        session: session as AwsSession,
        region,
        endpoint: home.endpoint,
        maxInFlight,
        ...(transport === "raw" ? { transport } : {}),
      })
    },
    buckets: (session, region) =>
      bucketPort(deps, clients.s3(region, open(session).credentials), open(session), region),
    async rewrap(session, region) {
      const { openRewrapKms } = await import("./wire/open-data-plane.ts")
      const opened = openRewrapKms({
        clock: deps.clock,
        session: open(session),
        region,
        endpoint: home.endpoint,
        maxInFlight: 1024,
      })
      closing.push(() => void opened.close())
      return opened.kms
    },
    batch: (session, region) =>
      batchJobs(deps, () => clients.s3control(region, open(session).credentials), open(session), region),
    desk: (session, place) =>
      batchDesk(deps, clients.s3(place.region, open(session).credentials), open(session), place),
    fences: (session, region, place) =>
      s3FenceStore(deps, clients.s3(region, open(session).credentials), open(session), region, place),
    detached: () => portsOf({ ...deps, signal: AbortSignal.timeout(2 * MINUTE) }, clients, base, home),
    close() {
      for (const close of closing.splice(0)) close()
      clients.close()
    },
  }
}
