import type { Grant } from "../../access/grants.ts"
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
  /**
   * The same data key under another key. `from` is the key in plain where S3's own key guards it, else what KMS wrapped.
   * Throws like the others: either key can refuse.
   */
  reWrap(
    by: OnBehalfOf,
    from: Buffer | { readonly wrapped: Buffer; readonly context: EncryptionContext },
    keyRef: string,
    context: EncryptionContext,
  ): { keyArn: string; wrapped: Buffer }
  /** The full ARN behind a reference without using the key; throws like `generateDataKey` when it does not exist. */
  resolveKeyArn(by: OnBehalfOf, keyRef: string): string
  /** The ARN of the AWS managed key (`alias/aws/s3`) of this account and Region, made on first use. */
  managedKeyArn(account: AccountId, region: RegionName, alias: string): string
}

export type EncryptionContext = Readonly<Record<string, string>>

/** Decides whether a call may go on, by every policy that AWS would ask. */
export interface Authorizer {
  /** @throws ServiceError AccessDenied in AWS's words, with the deciding statements, when the answer is no. */
  authorize(question: AccessQuestion): void
  /** The same answer without an error: for lock-out checks and for `DryRun`. */
  allows(question: AccessQuestion): boolean
}

/** Values of condition keys as they stand in the request. A key that is missing is absent from the request. */
export type Conditions = Readonly<Record<string, string | readonly string[]>>

/**
 * One action on one resource. The service says what only it can know; who asks, from which session, which identity,
 * organisation and session policies apply, and the keys that AWS always sets are the authorizer's part.
 */
export interface AccessQuestion {
  readonly caller: Caller
  /** `kms:Decrypt`, `s3:GetObject` … the IAM action, not the API operation. */
  readonly action: string
  readonly resource: string
  readonly resourceAccount: AccountId
  readonly region: RegionName
  /** The resource's own policy as stored (key policy, bucket policy, trust policy); undefined = it has none. */
  readonly resourcePolicy?: string
  readonly resourceTags?: ReadonlyMap<string, string>
  /** The key's grants that are in force. Whom they are for is the authorizer's to find out. */
  readonly grants?: readonly Grant[]
  /** The key was found through a ciphertext: the answer must not tell which it is. */
  readonly byCiphertext?: true
  readonly context: Conditions
}

/** A policy document as stored. `arn` only for managed policies. */
export interface StoredPolicy {
  readonly name: string
  readonly arn?: string
  readonly text: string
}

/** What IAM knows about a role or user. */
export interface PrincipalRecord {
  /** Inline and attached policies. */
  readonly policies: readonly StoredPolicy[]
  readonly boundary?: StoredPolicy
  readonly tags: Readonly<Record<string, string>>
}

/** IAM, as far as authorisation asks it. */
export interface IdentityDirectory {
  /** By role or user ARN (with path); undefined = there is none. */
  principal(arn: string): PrincipalRecord | undefined
}

/** One level of the organisation, from the root downward: the policies that are attached right there. */
export interface PolicyLevel {
  /** `r-…`, `ou-…` or the account id. */
  readonly target: string
  readonly policies: readonly StoredPolicy[]
}

/** Organizations, as far as authorisation asks it. */
export interface OrganizationDirectory {
  readonly id: string
  readonly managementAccount: AccountId
  /** Empty when the policy type is not enabled or the account is no member. `FullAWSAccess` is listed where it is attached. */
  levels(account: AccountId, type: "SERVICE_CONTROL_POLICY" | "RESOURCE_CONTROL_POLICY"): readonly PolicyLevel[]
  /** `o-…/r-…/ou-…/`: aws:PrincipalOrgPaths; undefined = no member. */
  pathOf(account: AccountId): string | undefined
}
