import { KMSClient } from "@aws-sdk/client-kms"
import { S3Client } from "@aws-sdk/client-s3"
import { STSClient } from "@aws-sdk/client-sts"

interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** Somebody with credentials: SDK clients per Region that try once. */
export class Actor {
  readonly name: string
  readonly #endpoint: string
  readonly #credentials: Credentials
  readonly #made = new Map<string, unknown>()

  constructor(name: string, endpoint: string, credentials: Credentials) {
    this.name = name
    this.#endpoint = endpoint
    this.#credentials = credentials
  }
  kms = (region: string): KMSClient => this.#client(`kms ${region}`, () => new KMSClient(this.config(region)))
  s3 = (region: string): S3Client =>
    this.#client(`s3 ${region}`, () => new S3Client({ ...this.config(region), forcePathStyle: true }))
  sts = (region: string): STSClient => this.#client(`sts ${region}`, () => new STSClient(this.config(region)))

  #client<C>(name: string, make: () => C): C {
    const client = (this.#made.get(name) as C | undefined) ?? make()
    this.#made.set(name, client)
    return client
  }
  config(region: string) {
    const fixed = { endpoint: this.#endpoint, credentials: this.#credentials }
    return { ...fixed, region, maxAttempts: 1, ignoreConfiguredEndpointUrls: true }
  }
}
