import { DrError } from "../kernel/errors.ts"
import type { AccountId, BucketName, KeyArn, RegionName, RoleArn } from "../kernel/brands.ts"

/** The one place where ARNs are built and parsed, for every partition. */
export interface Arn {
  readonly partition: string
  readonly service: string
  /** Empty where the service is global (IAM) or the ARN names none (S3). */
  readonly region: string
  readonly account: string
  /** All behind the fifth colon, colons and slashes included. */
  readonly resource: string
}

/** Undefined when the text is no ARN. */
export function tryParseArn(text: string): Arn | undefined {
  const [arn, partition, service, region, account, ...rest] = text.split(":")
  if (arn !== "arn" || !partition || !service || region === undefined || account === undefined) return undefined
  const resource = rest.join(":")
  return resource === "" ? undefined : { partition, service, region, account, resource }
}

/** @throws DrError `E_ARN` when the text is no ARN. */
export function parseArn(text: string): Arn {
  const arn = tryParseArn(text)
  if (arn === undefined) throw new DrError({ code: "E_ARN", message: `not an ARN: ${JSON.stringify(text)}` })
  return arn
}

export function formatArn(arn: Arn): string {
  return `arn:${arn.partition}:${arn.service}:${arn.region}:${arn.account}:${arn.resource}`
}

/** Source: the endpoint rule sets of the SDK. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn"
  if (region.startsWith("us-gov-")) return "aws-us-gov"
  if (region.startsWith("us-iso-")) return "aws-iso"
  if (region.startsWith("us-isob-")) return "aws-iso-b"
  if (region.startsWith("eusc-")) return "aws-eusc"
  return "aws"
}

export function keyArn(region: RegionName | string, account: AccountId | string, keyId: string): KeyArn {
  return formatArn({
    partition: partitionOf(region),
    service: "kms",
    region,
    account,
    resource: `key/${keyId}`,
  }) as KeyArn
}

export function aliasArn(region: RegionName | string, account: AccountId | string, alias: string): string {
  return formatArn({ partition: partitionOf(region), service: "kms", region, account, resource: alias })
}

/** `name` may carry a path: `team/observability-loki-role`. */
export function roleArn(account: AccountId | string, name: string, partition = "aws"): RoleArn {
  return formatArn({ partition, service: "iam", region: "", account, resource: `role/${name}` }) as RoleArn
}

export function assumedRoleArn(
  account: AccountId | string,
  roleName: string,
  session: string,
  partition = "aws",
): string {
  return formatArn({ partition, service: "sts", region: "", account, resource: `assumed-role/${roleName}/${session}` })
}

/** The account's principal: every identity of the account to which its IAM policies give the right. */
export function accountPrincipalArn(account: AccountId | string, partition = "aws"): string {
  return formatArn({ partition, service: "iam", region: "", account, resource: "root" })
}

export function bucketArn(bucket: BucketName | string, partition = "aws"): string {
  return formatArn({ partition, service: "s3", region: "", account: "", resource: bucket })
}

export function objectArn(bucket: BucketName | string, key: string, partition = "aws"): string {
  return formatArn({ partition, service: "s3", region: "", account: "", resource: `${bucket}/${key}` })
}

/** `1234abcd-…` or `mrk-…` of a key ARN; undefined for anything else, an alias ARN too. */
export function keyIdOf(arn: string): string | undefined {
  const parsed = tryParseArn(arn)
  return parsed?.service === "kms" && parsed.resource.startsWith("key/") ? parsed.resource.slice(4) : undefined
}

/** The role's name without its path; undefined when the ARN names no role. */
export function roleNameOf(arn: string): string | undefined {
  const parsed = tryParseArn(arn)
  if (parsed?.service !== "iam" || !parsed.resource.startsWith("role/")) return undefined
  return parsed.resource.slice(parsed.resource.lastIndexOf("/") + 1)
}

export const isRoleArn = (text: string): text is RoleArn => roleNameOf(text) !== undefined

/** The Region of a key ARN. @throws DrError `E_ARN` */
export const regionOf = (key: KeyArn): RegionName => parseArn(key).region as RegionName

/** The same multi-Region key in another Region. @throws DrError `E_ARN` */
export const relatedIn = (region: RegionName, key: KeyArn): KeyArn => formatArn({ ...parseArn(key), region }) as KeyArn
