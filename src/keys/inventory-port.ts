import type { Grant } from "../access/grants.ts"
import type { AccountId, BucketName, KeyArn, RegionName, RoleArn } from "../kernel/brands.ts"

/**
 * AWS as an inventory is read from it. Nothing here changes anything, so every call may be sent again. Every call throws
 * DrError with the facts of the AWS call: E_AWS_ACCESS_DENIED, E_AWS_NOT_FOUND, …
 */
export interface InventoryPort {
  /** Who the process is before any role was assumed. */
  readonly base: AccountReader
  /** @throws DrError E_ASSUME_ROLE (77) */
  become(role: RoleArn, externalId: string | undefined): Promise<AccountReader>
  /** Closes sockets. */
  close(): void
}

/** One identity, reading its own account. */
export interface AccountReader {
  readonly account: AccountId
  readonly principal: string

  /** `keyRef`: key ARN, or an alias of this account. */
  describeKey(region: RegionName, keyRef: string): Promise<DescribedKey>
  keyPolicy(region: RegionName, key: KeyArn): Promise<string>
  grants(region: RegionName, key: KeyArn): Promise<readonly Grant[]>
  aliases(region: RegionName, key: KeyArn): Promise<readonly string[]>
  keyTags(region: RegionName, key: KeyArn): Promise<Tags>
  /** Undefined for kinds of key that do not rotate. */
  rotation(region: RegionName, key: KeyArn): Promise<KeyRotation | undefined>
  /** Every material of the key, oldest first. */
  materials(region: RegionName, key: KeyArn): Promise<readonly KeyMaterial[]>
  /** The last cryptographic operation in this Region. */
  lastUse(region: RegionName, key: KeyArn): Promise<KeyUse>
  /** Every key of the account in the Region, AWS's own included. */
  keysIn(region: RegionName): Promise<readonly KeyArn[]>
  /** Every alias of the account in the Region that points to a key. */
  aliasesIn(region: RegionName): Promise<ReadonlyArray<{ readonly alias: string; readonly keyId: string }>>

  /** By name, without its path. */
  role(name: string): Promise<DescribedRole>
  inlinePolicies(role: string): Promise<readonly string[]>
  inlinePolicy(role: string, policy: string): Promise<string>
  attachedPolicies(role: string): Promise<readonly string[]>
  /** The default version of a managed policy. */
  managedPolicy(arn: string): Promise<string>

  bucketRegion(bucket: BucketName, region: RegionName): Promise<RegionName>
  /** Undefined = the bucket has none. */
  bucketPolicy(bucket: BucketName, region: RegionName): Promise<string | undefined>
  /** As the bucket names it: ARN, id or alias; undefined = no key of its own. */
  bucketKey(bucket: BucketName, region: RegionName): Promise<string | undefined>
  /** Whether objects that say nothing about it get their data keys from a bucket key. */
  usesBucketKey(bucket: BucketName, region: RegionName): Promise<boolean>

  /** Undefined = the account is in none. */
  organization(): Promise<{ id: string; managementAccount: AccountId } | undefined>
  /** What stands right above an account or OU. Asked by anybody but the management account and its delegates: AccessDenied. */
  parentOf(target: string): Promise<{ id: string; root: boolean }>
  /** Ids of what is attached right there. */
  attachedTo(target: string, kind: OrganizationPolicyKind): Promise<ReadonlyArray<{ id: string; name: string }>>
  organizationPolicy(id: string): Promise<string>
}

export type OrganizationPolicyKind = "scps" | "rcps"
type Tags = Readonly<Record<string, string>>

export interface DescribedKey {
  readonly arn: KeyArn
  readonly state: string
  /** PRIMARY or REPLICA; undefined for a single-Region key. */
  readonly multiRegionType?: string
  /** ARNs of the primary and every replica, this one included; empty for a single-Region key. */
  readonly related: readonly KeyArn[]
  readonly origin?: string
  readonly awsManaged: boolean
  /** Only while deletion is pending and the window is known. */
  readonly deletionWindowDays?: number
  /** ISO 8601; only while deletion is pending and its date is fixed. */
  readonly deletionAt?: string
  /** SYMMETRIC_DEFAULT, … */
  readonly spec: string
  /** ENCRYPT_DECRYPT, … */
  readonly usage: string
  readonly description: string
  /** ISO 8601. */
  readonly createdAt?: string
  /** ISO 8601, of imported material: when the first of it expires. */
  readonly materialExpiresAt?: string
}

export interface KeyRotation {
  readonly enabled: boolean
  readonly periodDays?: number
  /** ISO 8601. */
  readonly nextAt?: string
  /** ISO 8601; a rotation on demand that is under way. */
  readonly onDemandAt?: string
}

/** Source: SDK kms RotationsListEntry. */
export interface KeyMaterial {
  readonly id: string
  /** CURRENT, NON_CURRENT, PENDING_ROTATION, PENDING_MULTI_REGION_IMPORT_AND_ROTATION */
  readonly state: string
  /** ISO 8601 and how; undefined for the first material. */
  readonly rotation?: { readonly at: string; readonly type: string }
  /** Of imported material only: IMPORTED or PENDING_IMPORT, in this Region. */
  readonly importState?: string
  /** ISO 8601; undefined = does not expire, or not imported. */
  readonly expiresAt?: string
  readonly description?: string
}

export interface KeyUse {
  /** ISO 8601; uses before it are not known. */
  readonly trackedSince?: string
  /** Undefined = none since then. */
  readonly last?: { readonly operation: string; readonly at: string }
}

interface DescribedRole {
  readonly arn: RoleArn
  readonly trust: string
  readonly boundary?: string
  readonly tags: Tags
}
