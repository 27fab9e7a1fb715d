import { Agent as HttpAgent } from "node:http"
import { Agent as HttpsAgent } from "node:https"
import { KMSClient } from "@aws-sdk/client-kms"
import { S3Client } from "@aws-sdk/client-s3"
import { STSClient } from "@aws-sdk/client-sts"
import type { RegionName } from "../kernel/brands.ts"
import { SECOND, type Millis } from "../kernel/units.ts"

/** Credentials as the SDK takes them. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}
export type CredentialSource = () => Promise<AwsCredentials>

interface ClientConfig {
  readonly region: RegionName
  readonly credentials: CredentialSource
  readonly maxAttempts: 1
  readonly ignoreConfiguredEndpointUrls: true
  readonly endpoint?: string
  readonly requestHandler: {
    readonly connectionTimeout: Millis
    readonly socketTimeout: Millis
    readonly requestTimeout: Millis
    readonly throwOnRequestTimeout: true
    readonly httpAgent: HttpAgent
    readonly httpsAgent: HttpsAgent
  }
}

/**
 * Makes SDK clients that keep to our rules: one attempt (the retry policy is ours), no endpoint from the environment, no
 * redirects, timeouts that really throw, one pool of kept-alive sockets for all.
 */
export class ClientFactory {
  readonly #endpoint: string | undefined
  readonly #httpAgent: HttpAgent
  readonly #httpsAgent: HttpsAgent
  readonly #loopbackAgent = new HttpAgent({
    keepAlive: true,
    lookup: (_host, options, found) =>
      options.all === true ? found(null, [{ address: "127.0.0.1", family: 4 }]) : found(null, "127.0.0.1", 4),
  })

  constructor(endpoint: string | undefined, maxSockets = 128) {
    this.#endpoint = endpoint
    this.#httpAgent = new HttpAgent({ keepAlive: true, maxSockets })
    this.#httpsAgent = new HttpsAgent({ keepAlive: true, maxSockets, minVersion: "TLSv1.2" })
  }

  /** One client per service, Region and identity: building one costs more than a request. */
  readonly sts = perIdentity((region, credentials) => new STSClient(this.#config(region, credentials)))
  readonly kms = perIdentity((region, credentials) => new KMSClient(this.#config(region, credentials)))
  readonly s3 = perIdentity((region, credentials) => this.#newS3(region, credentials))
  /** Only inventories ask these two: their SDK is loaded at the first call, not with a drill. */
  readonly iam = perIdentity(async (region, credentials) => {
    const { IAMClient } = await import("@aws-sdk/client-iam")
    return new IAMClient(this.#config(region, credentials))
  })
  readonly organizations = perIdentity(async (region, credentials) => {
    const { OrganizationsClient } = await import("@aws-sdk/client-organizations")
    return new OrganizationsClient(this.#config(region, credentials))
  })

  /** Only Batch Operations ask this one; its SDK is loaded at the first call. */
  readonly s3control = perIdentity(async (region, credentials) => {
    const { S3ControlClient } = await import("@aws-sdk/client-s3-control")
    return new S3ControlClient(this.#inHost(this.#config(region, credentials)))
  })

  #newS3(region: RegionName, credentials: CredentialSource): S3Client {
    const client = new S3Client({
      ...this.#config(region, credentials),
      forcePathStyle: this.#endpoint !== undefined,
      followRegionRedirects: false,
    })
    rememberWireStatus(client)
    return client
  }

  /**
   * S3 Control puts the account before the host, which no IP address can carry: an endpoint on loopback is named, and every name
   * below it is looked up as what it is.
   */
  #inHost(config: ClientConfig): typeof config {
    const url = this.#endpoint === undefined ? undefined : new URL(this.#endpoint)
    if (url?.hostname !== "127.0.0.1") return config
    url.hostname = "localhost"
    return {
      ...config,
      endpoint: url.origin,
      requestHandler: { ...config.requestHandler, httpAgent: this.#loopbackAgent },
    }
  }

  close(): void {
    this.#loopbackAgent.destroy()
    this.#httpAgent.destroy()
    this.#httpsAgent.destroy()
  }

  #config(region: RegionName, credentials: CredentialSource): ClientConfig {
    return {
      region,
      credentials,
      maxAttempts: 1,
      ignoreConfiguredEndpointUrls: true,
      ...(this.#endpoint === undefined ? {} : { endpoint: this.#endpoint }),
      requestHandler: {
        connectionTimeout: 5 * SECOND,
        socketTimeout: 60 * SECOND,
        requestTimeout: 60 * SECOND,
        throwOnRequestTimeout: true,
        httpAgent: this.#httpAgent,
        httpsAgent: this.#httpsAgent,
      },
    }
  }
}

function perIdentity<C>(
  make: (region: RegionName, credentials: CredentialSource) => C,
): (region: RegionName, credentials: CredentialSource) => C {
  const made = new WeakMap<CredentialSource, Map<RegionName, C>>()
  return (region, credentials) => {
    const regions = made.get(credentials) ?? new Map<RegionName, C>()
    made.set(credentials, regions)
    const client = regions.get(region) ?? make(region, credentials)
    regions.set(region, client)
    return client
  }
}

/** What a thrown S3 error carries beside the SDK's own fields. */
export interface WireStatus {
  /** The HTTP status as it came: the SDK rewrites an error inside 200 to 503, and a 503 would be sent again. */
  readonly wireStatus?: number
}

function rememberWireStatus(client: S3Client): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args)
      context["wireStatus"] = (answer.response as { statusCode?: number }).statusCode
      return answer
    },
    { step: "deserialize", priority: "low", name: "drReadWireStatus" },
  )
  client.middlewareStack.add(
    (next, context) => async (args) => {
      try {
        return await next(args)
      } catch (error) {
        if (error instanceof Error) Object.assign(error, { wireStatus: context["wireStatus"] })
        throw error
      }
    },
    { step: "initialize", priority: "high", name: "drKeepWireStatus" },
  )
}
