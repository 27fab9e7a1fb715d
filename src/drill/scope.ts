import type { AccountId, BucketName, KeyArn, RegionName, RoleArn } from "../kernel/brands.ts"
import type { Inventory } from "../access/inventory.ts"
import type { DrillDefinition } from "./schema.ts"

/** What one drill touches, resolved from dr.yaml: no name is looked up after this. */
export interface DrillScope {
  readonly env: string
  readonly definition: DrillDefinition
  readonly workload: Party
  readonly recovery: Party
  readonly primaryRegion: RegionName
  readonly recoveryRegion: RegionName
  readonly scratch: { readonly bucket: BucketName; readonly prefix: string }
  readonly datasets: readonly ScopedDataset[]
  readonly keys: readonly ScopedKey[]
  /** The environment with the policies that dr renders: tells which statement is missing. Undefined = dr.yaml cannot render them. */
  readonly rendered?: Inventory
  /** Objects per dataset, after `--sample`. */
  readonly sampleSize: number
  readonly seed: string
}

/** An account and the role that drills use in it. */
export interface Party {
  readonly account: AccountId
  readonly role: RoleArn
  readonly externalId?: string
}

export interface ScopedKey {
  readonly name: string
  readonly alias: string
  readonly replicas: readonly RegionName[]
  readonly rotationDays?: number
  readonly recoveryAlias: string
  readonly recoveryRegions: readonly RegionName[]
}

export interface ScopedDataset {
  readonly name: string
  readonly kind: string
  readonly key: string
  readonly bucket: BucketName
  readonly prefix: string
  readonly recoveryBucket: BucketName
  readonly recoveryPrefix: string
  /** Objects below it are named for their own SHA-256, recorded before any drill. */
  readonly canaryPrefix?: string
}

/** The keys of the estate as found in AWS, by the name in dr.yaml. */
export interface FoundKeys {
  readonly primary: KeyArn
  /** The related key in the recovery Region; undefined for a single-Region key. */
  readonly replica?: KeyArn
  /** The recovery key in the recovery Region: every copy must name exactly this. */
  readonly recovery: KeyArn
  /** Every ARN of the workload key, all Regions: what the reader is denied. */
  readonly workloadArns: readonly KeyArn[]
}
