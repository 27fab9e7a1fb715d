import type { AccountId, RegionName } from "../../kernel/brands.ts"
import type { GrantRecord } from "./grants.ts"
import type { KeySpec } from "./key-spec.ts"

type KeyState =
  | "Creating"
  | "Enabled"
  | "Disabled"
  | "PendingImport"
  | "PendingDeletion"
  | "PendingReplicaDeletion"
  | "Updating"
  | "Unavailable"

export interface KeyMaterial {
  /** 64 hex digits. */
  readonly id: string
  /** Undefined = imported: then each Region's key holds its own copy, or none. */
  readonly bytes?: Buffer
  /** How it became current; the first material never was rotated to. Epoch milliseconds. */
  readonly rotation?: { readonly at: number; readonly type: "AUTOMATIC" | "ON_DEMAND" }
}

/** One imported material in one Region. What people said about it outlives the bytes. */
export interface ImportedMaterial {
  /** Undefined = expired, deleted or never imported here. */
  readonly bytes?: Buffer
  /** Epoch milliseconds; undefined = does not expire. */
  readonly expiresAt?: number
  readonly description?: string
}

/** What the related keys of a multi-Region key share; a single-Region key has one for itself. */
export interface KeyGroup {
  readonly id: string
  readonly account: AccountId
  readonly multiRegion: boolean
  readonly origin: "AWS_KMS" | "EXTERNAL"
  readonly spec: KeySpec
  /** Oldest first; the last one encrypts. Empty = no material was imported. */
  readonly materials: KeyMaterial[]
  /** Imported for the next rotation on demand: not yet a part of the key for good. */
  pendingMaterial?: string
  onDemandRotations: number
  rotation: { enabled: boolean; periodDays: number; nextAt?: number }
  primaryRegion: RegionName
}

/** The last successful cryptographic operation. */
export interface KeyUse {
  readonly operation: string
  /** Epoch milliseconds. */
  readonly at: number
  /** KMS's own, or that of the request which made a service ask KMS. */
  readonly requestId: string
  readonly throughService: boolean
}

/** One key in one Region. */
export interface KmsKey {
  readonly group: KeyGroup
  readonly arn: string
  readonly account: AccountId
  readonly region: RegionName
  readonly createdAt: number
  readonly manager: "CUSTOMER" | "AWS"
  readonly tags: Map<string, string>
  /** By material id. */
  readonly imported: Map<string, ImportedMaterial>
  /** Replaced, never changed: questions of access hold on to it. */
  grants: readonly GrantRecord[]
  description: string
  policy: string
  state: KeyState
  lastUse?: KeyUse
  deletionAt?: number
  /** Days; while a primary waits for its replicas. */
  pendingWindowDays?: number
}

export interface Alias {
  readonly name: string
  readonly account: AccountId
  readonly region: RegionName
  readonly createdAt: number
  updatedAt: number
  keyId: string
  /** What the name meant before `updatedAt`; a lagging reader still sees it. */
  previousKeyId?: string
}

export const isPrimary = (key: KmsKey): boolean => key.region === key.group.primaryRegion
