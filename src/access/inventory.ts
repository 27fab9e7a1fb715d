import type { Grant } from "./grants.ts"

/**
 * What exists, as far as access is decided by it: plain JSON, so that a snapshot of it can be kept, signed and read
 * again. Loaders (policy files, Terraform, AWS read-only, the estate as rendered) hand it over; nothing here is AWS.
 */
export interface Inventory {
  /** Where it comes from, for people: `live`, `estate prod`, `terraform plan.json`, … */
  readonly source: string
  /** ISO 8601; undefined = not read from anything that changes. */
  readonly takenAt?: string
  readonly organization?: { readonly id: string; readonly managementAccount?: string }
  readonly accounts: readonly InventoryAccount[]
  readonly principals: readonly InventoryPrincipal[]
  readonly keys: readonly InventoryKey[]
  readonly buckets: readonly InventoryBucket[]
  /** What a loader could not read: an answer that hangs on it is `depends`, never `allowed`. */
  readonly gaps?: readonly Gap[]
}

/** A policy as it is attached somewhere: its text or its JSON. */
export interface NamedPolicy {
  readonly name: string
  readonly document: string | object
}

export interface PolicyLevelFacts {
  /** Root, OU or account id. */
  readonly target: string
  readonly policies: readonly NamedPolicy[]
}

export interface InventoryAccount {
  readonly id: string
  readonly name?: string
  /** `o-…/r-…/ou-…/`: aws:PrincipalOrgPaths. */
  readonly orgPath?: string
  /** From the root downward; empty = none restricts. */
  readonly scps: readonly PolicyLevelFacts[]
  readonly rcps: readonly PolicyLevelFacts[]
}

export interface InventoryPrincipal {
  /** Role, user, root or OIDC provider ARN, or a service principal. */
  readonly arn: string
  /** Undefined for a service or OIDC principal. */
  readonly account?: string
  /** `recovery`, `workload`, `break-glass`, … : what the estate calls it. */
  readonly label?: string
  readonly identity: readonly NamedPolicy[]
  readonly boundary?: NamedPolicy
  /** Of a role. */
  readonly trust?: NamedPolicy
  readonly tags?: Readonly<Record<string, string>>
  /** OIDC condition keys of a subject. */
  readonly facts?: Readonly<Record<string, string>>
}

export interface InventoryKey {
  /** Full key ARN; an estate that is not built yet uses `key/ALIAS-NAME` in place of the id. */
  readonly arn: string
  readonly account: string
  readonly region: string
  readonly aliases: readonly string[]
  readonly label?: string
  readonly policy?: NamedPolicy
  readonly grants: readonly Grant[]
  readonly tags?: Readonly<Record<string, string>>
  /** Enabled, Disabled, PendingDeletion, …; undefined = not known. */
  readonly state?: string
  /** PRIMARY or REPLICA; undefined = a single-Region key or not known. */
  readonly multiRegionType?: string
  readonly origin?: string
  readonly rotation?: { readonly enabled: boolean; readonly periodDays?: number }
  /** Days of the deletion window, when one was asked for. */
  readonly deletionWindowDays?: number
  readonly awsManaged?: boolean
}

export interface InventoryBucket {
  readonly name: string
  readonly account: string
  readonly region?: string
  readonly label?: string
  readonly policy?: NamedPolicy
  /** ARN of the default encryption key. */
  readonly keyArn?: string
}

export interface Gap {
  /** ARN of the principal, key or bucket, or the account id, that could not be read fully. */
  readonly subject: string
  readonly what:
    | "identity"
    | "boundary"
    | "trust"
    | "policy"
    | "grants"
    | "scps"
    | "rcps"
    | "tags"
    | "aliases"
    /** State, origin and rotation of a key; Region and default key of a bucket. */
    | "state"
  readonly why: string
}
