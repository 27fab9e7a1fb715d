import type { AccountId, BucketName, KeyArn, RegionName, RoleArn } from "../kernel/brands.ts"

/** AWS as the demo needs it to set up an estate. Implemented in src/aws/rehearsal-port.ts by the ordinary SDK clients. */
export interface RehearsalPort {
  createKey(region: RegionName, description: string, policy: object, tags: Tags): Promise<KeyArn>
  /** Replicates and waits until the replica is Enabled. */
  replicateKey(primary: KeyArn, region: RegionName, policy: object, tags: Tags): Promise<KeyArn>
  createAlias(region: RegionName, alias: string, key: KeyArn): Promise<void>
  enableRotation(key: KeyArn, periodDays: number): Promise<void>
  disableKey(key: KeyArn): Promise<void>
  /** Versioned, encrypted by default under `key`, with the policy if one is given. */
  createBucket(region: RegionName, bucket: BucketName, key: KeyArn, policy?: object): Promise<void>
  putObject(region: RegionName, object: NewObject): Promise<void>
  /** As a recovery copy is made: pulled across accounts, re-encrypted under the recovery key. */
  copyObject(
    region: RegionName,
    from: { bucket: BucketName; key: string; owner: AccountId },
    to: { bucket: BucketName; key: string },
    key: KeyArn,
  ): Promise<void>
  /** The same AWS as a role. What the role may, its policies say. Closed together with this one. */
  become(role: RoleArn, as: Becoming): Promise<RehearsalPort>
  close(): void
}

type Tags = Readonly<Record<string, string>>

/** How a role is assumed. */
export interface Becoming {
  readonly sessionName: string
  readonly externalId?: string
  readonly sourceIdentity?: string
  readonly tags?: Readonly<Record<string, string>>
  /** A person's second factor. */
  readonly secondFactor?: { readonly device: string; readonly code: string }
}

interface NewObject {
  readonly bucket: BucketName
  readonly key: string
  readonly body: Uint8Array
  readonly keyArn: KeyArn
  readonly contentType: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly tags?: Readonly<Record<string, string>>
}
