import type { RegionName } from "../../kernel/brands.ts"
import type { Clock } from "../../kernel/clock.ts"
import type { DataPlane } from "../../restore/data-plane.ts"
import type { RewrapKms } from "../../restore/rewrap/ports.ts"
import { ClientFactory } from "../clients.ts"
import type { AwsSession } from "../sessions.ts"
import { asks, dataPlaneOver } from "./data-plane.ts"
import { kmsAddress, s3Addresses } from "./endpoint.ts"
import { decryptAt, reEncryptAt } from "./kms-operations.ts"
import { OwnWire } from "./own-wire.ts"
import { Signer } from "./signer.ts"
import { SdkWire } from "./sdk-wire.ts"
import { RawTransport } from "./raw-transport.ts"
import { UndiciTransport } from "./undici-transport.ts"

export interface OpenDataPlane {
  readonly clock: Clock
  readonly session: AwsSession
  readonly region: RegionName
  /** Undefined = AWS itself. */
  readonly endpoint: string | undefined
  /** Connections to one host at most; requests above it wait. */
  readonly maxInFlight: number
  /** What carries our own requests: `undici` unless said otherwise. */
  readonly transport?: "undici" | "raw"
}

/** The data plane over our own signer and undici, or bare sockets. */
export function openDataPlane(options: OpenDataPlane): DataPlane {
  return dataPlaneOver(openWire("s3", options), { account: options.session.account, region: options.region })
}

export interface OpenRewrap {
  readonly kms: RewrapKms
  close(): Promise<void>
}

/** KMS over the same: one attempt each, no event for each, because there may be millions. */
export function openRewrapKms(options: OpenDataPlane): OpenRewrap {
  const { region, endpoint, session } = options
  const wire = openWire("kms", options)
  const address = kmsAddress(region, endpoint)
  const identity = { account: session.account, region }
  return {
    kms: {
      reEncrypt: asks(wire, "kms", reEncryptAt(address), identity),
      decrypt: asks(wire, "kms", decryptAt(address), identity),
    },
    close: () => wire.close(),
  }
}

function openWire(service: "s3" | "kms", options: OpenDataPlane): OwnWire {
  const { clock, session, region, endpoint, maxInFlight } = options
  const signer = new Signer({ service, region, credentials: session.credentials, clock })
  const Carrier = options.transport === "raw" ? RawTransport : UndiciTransport
  const transport = new Carrier({ clock, maxInFlight })
  return new OwnWire({
    addressOf: s3Addresses(region, endpoint),
    signer,
    transport,
    invalidate: session.invalidate,
  })
}

/** The same over the SDK's client: for proxies and odd endpoints. */
export function openSdkDataPlane({ session, region, endpoint, maxInFlight }: OpenDataPlane): DataPlane {
  const clients = new ClientFactory(endpoint, maxInFlight)
  const wire = new SdkWire({
    client: clients.s3(region, session.credentials),
    addressOf: s3Addresses(region, endpoint),
    invalidate: session.invalidate,
  })
  const plane = dataPlaneOver(wire, { account: session.account, region })
  return {
    ...plane,
    async close() {
      await plane.close()
      clients.close()
    },
  }
}
