/** Source: facts on AWS, section 4. Callers match on the name: codes may change, and the two of zeros are not AWS's. */
export interface Quota {
  readonly service: string
  readonly code: string
  readonly name: string
  readonly adjustable: boolean
  /** Present where the quota is a rate: so many per second. */
  readonly perSecond?: true
  /** `CryptographicOperationsSymmetric`: the resource by which AWS/Usage counts it. */
  readonly usage?: string
  readonly valueIn: (region: string) => number
}

export const SERVICE_NAMES: ReadonlyMap<string, string> = new Map([
  ["kms", "AWS Key Management Service (AWS KMS)"],
  ["s3", "Amazon Simple Storage Service (Amazon S3)"],
])

const FASTEST: ReadonlySet<string> = new Set(["us-east-1", "us-west-2", "eu-west-1"])
const FASTER: ReadonlySet<string> = new Set([
  "us-east-2",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-northeast-1",
  "eu-central-1",
  "eu-west-2",
])

const symmetricRate = (region: string): number => (FASTEST.has(region) ? 100_000 : FASTER.has(region) ? 20_000 : 10_000)

const rate = (code: string, operation: string, value: number): Quota => ({
  service: "kms",
  code,
  name: `${operation} request rate`,
  adjustable: true,
  perSecond: true,
  usage: operation,
  valueIn: () => value,
})

const count = (service: string, code: string, name: string, value: number): Quota => ({
  service,
  code,
  name,
  adjustable: true,
  valueIn: () => value,
})

export const QUOTAS: readonly Quota[] = [
  {
    service: "kms",
    code: "L-6E3AF000",
    name: "Cryptographic operations (symmetric) request rate",
    adjustable: true,
    perSecond: true,
    usage: "CryptographicOperationsSymmetric",
    valueIn: symmetricRate,
  },
  rate("L-32B67F4A", "CreateKey", 5),
  rate("L-635264CC", "CancelKeyDeletion", 5),
  rate("L-BD96F100", "EnableKey", 5),
  rate("L-00000001", "UpdateAlias", 5),
  rate("L-00000002", "UpdatePrimaryRegion", 5),
  rate("L-0428A42E", "CreateGrant", 50),
  count("kms", "L-C2F1777E", "Customer Master Keys (CMKs)", 100_000),
  count("kms", "L-340F62FB", "Aliases per CMK", 50),
  count("kms", "L-D594A657", "Grants per CMK", 50_000),
  count("s3", "L-DC2B2D3D", "General purpose buckets", 10_000),
]
