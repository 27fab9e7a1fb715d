import type { AccountId, RegionName } from "../../kernel/brands.ts"

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
  readonly bytes: Buffer
  readonly createdAt: number
}

/** What the related keys of a multi-Region key share; a single-Region key has one for itself. */
export interface KeyGroup {
  readonly id: string
  readonly account: AccountId
  readonly multiRegion: boolean
  readonly origin: "AWS_KMS" | "EXTERNAL"
  /** Oldest first; the last one encrypts. Empty = no material was imported. */
  readonly materials: KeyMaterial[]
  rotation: { enabled: boolean; periodDays: number; nextAt?: number }
  primaryRegion: RegionName
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
  description: string
  policy: string
  state: KeyState
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
