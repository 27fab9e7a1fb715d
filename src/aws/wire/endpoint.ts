import { partitionOf } from "../../access/arn.ts"
import type { BucketName, RegionName } from "../../kernel/brands.ts"

/** Where the requests for one bucket go. */
export interface Address {
  readonly origin: string
  /** As it is signed: with the port only where it is not the scheme's own. */
  readonly host: string
  /** `/bucket` in path style, else empty; the key follows behind a slash. */
  readonly base: string
}

export type AddressOf = (bucket: BucketName) => Address

/**
 * Virtual-host style on AWS; path style for a bucket with dots, whose name the certificate does not cover, and on an
 * endpoint of our own, which has no name for each bucket. Addresses are remembered: a run asks for one or two.
 */
export function s3Addresses(region: RegionName, endpoint: string | undefined): AddressOf {
  const known = new Map<BucketName, Address>()
  return (bucket) => {
    const before = known.get(bucket)
    if (before !== undefined) return before
    const address = endpoint === undefined ? awsAddress(region, bucket) : pathStyle(endpoint, bucket)
    known.set(bucket, address)
    return address
  }
}

/** Of a service with one name per Region. */
export function kmsAddress(region: RegionName, endpoint: string | undefined): Address {
  const { origin, host } = new URL(endpoint ?? `https://kms.${region}.${dnsSuffix(region)}`)
  return { origin, host, base: "" }
}

function awsAddress(region: RegionName, bucket: BucketName): Address {
  const service = `s3.${region}.${dnsSuffix(region)}`
  if (bucket.includes(".")) return { origin: `https://${service}`, host: service, base: `/${bucket}` }
  const host = `${bucket}.${service}`
  return { origin: `https://${host}`, host, base: "" }
}

function pathStyle(endpoint: string, bucket: BucketName): Address {
  const { origin, host } = new URL(endpoint)
  return { origin, host, base: `/${bucket}` }
}

/** Source: the endpoint rule sets of the SDK. */
function dnsSuffix(region: RegionName): string {
  switch (partitionOf(region)) {
    case "aws-cn":
      return "amazonaws.com.cn"
    case "aws-iso":
      return "c2s.ic.gov"
    case "aws-iso-b":
      return "sc2s.sgov.gov"
    case "aws-eusc":
      return "amazonaws.eu"
    default:
      return "amazonaws.com"
  }
}
