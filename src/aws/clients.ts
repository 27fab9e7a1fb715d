import { Agent as HttpAgent } from "node:http"
import { Agent as HttpsAgent } from "node:https"
import { KMSClient } from "@aws-sdk/client-kms"
import { S3Client } from "@aws-sdk/client-s3"
import { STSClient } from "@aws-sdk/client-sts"
import type { RegionName } from "../kernel/brands.ts"
import { SECOND } from "../kernel/units.ts"

/** Credentials as the SDK takes them. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}
export type CredentialSource = () => Promise<AwsCredentials>

/**
 * Makes SDK clients that keep to our rules: one attempt (the retry policy is ours), no endpoint from the environment, no
 * redirects, timeouts that really throw, one pool of kept-alive sockets for all.
 */
export class ClientFactory {
  readonly #endpoint: string | undefined
  readonly #httpAgent = new HttpAgent({ keepAlive: true, maxSockets: 128 })
  readonly #httpsAgent = new HttpsAgent({ keepAlive: true, maxSockets: 128, minVersion: "TLSv1.2" })

  constructor(endpoint: string | undefined) {
    this.#endpoint = endpoint
  }

  sts(region: RegionName, credentials: CredentialSource): STSClient {
    return new STSClient(this.#config(region, credentials))
  }

  kms(region: RegionName, credentials: CredentialSource): KMSClient {
    return new KMSClient(this.#config(region, credentials))
  }

  s3(region: RegionName, credentials: CredentialSource): S3Client {
    return new S3Client({ ...this.#config(region, credentials), forcePathStyle: this.#endpoint !== undefined, followRegionRedirects: false })
  }

  close(): void {
    this.#httpAgent.destroy()
    this.#httpsAgent.destroy()
  }

  #config(region: RegionName, credentials: CredentialSource) {
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
