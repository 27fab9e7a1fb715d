import type { AccountId, RegionName } from "../../kernel/brands.ts"
import type { RandomBytes } from "../../kernel/random.ts"
import type { Caller } from "./exchange.ts"

/** The whole state of the embedded AWS: many accounts and Regions at once. Services keep their own stores in it. */
export interface World {
  readonly clock: VirtualClock
  readonly random: RandomBytes
  readonly settings: SandboxSettings
  readonly kms: KmsForServices
  readonly authorizer: Authorizer
  /** AWS account ids that exist here. A credential or ARN of any other account is unknown. */
  readonly accounts: ReadonlyMap<AccountId, SandboxAccount>
}

export interface SandboxAccount {
  readonly id: AccountId
  readonly name: string
}

export interface SandboxSettings {
  /** Largest page of every list operation; undefined = AWS's own. Small pages find callers that read only the first. */
  readonly pageSize?: number
  /** Virtual milliseconds from ReplicateKey to Enabled. */
  readonly replicaDelayMs: number
  /** Virtual milliseconds until a changed alias is seen; undefined = at once. */
  readonly lagMs?: number
  /** Largest source of one CopyObject; undefined = AWS's own 5 GB. */
  readonly maxCopyBytes?: number
}

export interface VirtualClock {
  /** Virtual epoch milliseconds: wall time plus what was advanced. */
  now(): number
  /** Runs everything that falls due on the way, in order. Never backwards. */
  advance(ms: number): void
  /** Calls `run` once when virtual time reaches `at`. Checked lazily on `now()` and at `advance`; no timers. */
  schedule(at: number, run: () => void): void
}

/** Who asked a service that now asks KMS on their behalf. */
export interface OnBehalfOf {
  readonly caller: Caller
  readonly region: RegionName
  /** `s3.eu-central-1.amazonaws.com`: kms:ViaService. */
  readonly viaService: string
  readonly requestId: string
}

/** KMS as S3 uses it: the same functions that answer the API, so a disabled key really makes objects unreadable. */
export interface KmsForServices {
  /** `keyRef` is a key id, key ARN, alias or alias ARN as given by the user. Throws ServiceError with the plain KMS code and message. */
  generateDataKey(
    by: OnBehalfOf,
    keyRef: string,
    context: EncryptionContext,
  ): { keyArn: string; plaintext: Buffer; wrapped: Buffer }
  decrypt(by: OnBehalfOf, wrapped: Buffer, context: EncryptionContext): { keyArn: string; plaintext: Buffer }
  /** The full ARN behind a reference without using the key; throws like `generateDataKey` when it does not exist. */
  resolveKeyArn(by: OnBehalfOf, keyRef: string): string
  /** The ARN of the AWS managed key (`alias/aws/s3`) of this account and Region, made on first use. */
  managedKeyArn(account: AccountId, region: RegionName, alias: string): string
}

export type EncryptionContext = Readonly<Record<string, string>>

/**
 * Decides whether a call may go on; throws ServiceError AccessDenied when not. In this storey account ownership and
 * trust principals decide; the access engine replaces it behind the same port.
 */
export interface Authorizer {
  authorize(question: AccessQuestion): void
}

export interface AccessQuestion {
  readonly caller: Caller
  /** `kms:Decrypt`, `s3:GetObject` … the IAM action, not the API operation. */
  readonly action: string
  readonly resource: string
  readonly resourceAccount: AccountId
  readonly region: RegionName
  /** The resource's own policy as stored (key policy, bucket policy, trust policy); undefined = it has none. */
  readonly resourcePolicy?: string
  readonly context: Readonly<Record<string, string | readonly string[]>>
}
