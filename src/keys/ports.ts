import type { Grant } from "../access/grants.ts"
import type { AccountId, KeyArn, RegionName, RoleArn } from "../kernel/brands.ts"
import type { AccountReader } from "./inventory-port.ts"

/** AWS as keys are managed and used with it. Implemented in src/aws; every call emits one `aws.called` event. */
export interface KeysAws {
  /** Who the process is before any role was assumed. @throws DrError E_CREDENTIALS (77) when there is no identity. */
  readonly base: Session
  /** Regional STS. The answer's account is the caller's to compare. @throws DrError E_ASSUME_ROLE (77) naming the role. */
  assumeRole(request: AssumeRoleRequest): Promise<Session>
  kms(session: Session, region: RegionName): KmsPort
  /** Reads keys, policies, buckets and roles of its own account as this session. */
  reader(session: Session): AccountReader
  /** Changes keys of its own account as this session. */
  keyAdmin(session: Session): KeyAdminPort
  /** The same AWS and sessions, but deaf to the run's signal for two minutes: a step that began is finished after Ctrl-C. */
  detached(): KeysAws
  /** Closes sockets. */
  close(): void
}

/** Credentials that refresh themselves, with the identity that GetCallerIdentity reported for them. */
export interface Session {
  readonly account: AccountId
  readonly principal: string
}

export interface AssumeRoleRequest {
  readonly from: Session
  readonly role: RoleArn
  readonly region: RegionName
  readonly sessionName: string
  readonly sourceIdentity?: string
  readonly externalId?: string
  readonly tags?: Readonly<Record<string, string>>
  /** JSON text, at most 2,048 characters. */
  readonly sessionPolicy?: string
  /** A person's second factor: its code works once, so the session ends after an hour and cannot be renewed. */
  readonly secondFactor?: { readonly device: string; readonly code: string }
}

/** A key as drills look at it. */
export interface SeenKey {
  readonly arn: KeyArn
  readonly account: AccountId
  readonly state: string
  readonly multiRegion: boolean
  /** PRIMARY or REPLICA; undefined for a single-Region key. */
  readonly multiRegionType?: string
  /** ARNs of the primary and every replica. */
  readonly related: readonly KeyArn[]
  readonly origin: string
  /** AWS: its policy is AWS's own, and no other account may use it. */
  readonly manager?: string
  /** `SYMMETRIC_DEFAULT`, `ENCRYPT_DECRYPT`: all that S3 takes. */
  readonly spec?: string
  readonly usage?: string
}

export interface KmsPort {
  /** `keyRef`: id, ARN, alias of this account, or alias ARN. @throws DrError E_AWS_NOT_FOUND */
  describeKey(keyRef: string): Promise<SeenKey>
  /** Undefined when the caller may not ask. */
  rotation(keyArn: KeyArn): Promise<{ enabled: boolean; periodDays?: number; nextAt?: string }>
  /** A data key wrapped under `keyArn`. The caller zeroes `plaintext`. */
  generateDataKey(keyArn: KeyArn, context: Context): Promise<{ plaintext: Uint8Array; wrapped: Uint8Array }>
  reEncrypt(
    wrapped: Uint8Array,
    from: KeyArn,
    to: KeyArn,
    context: Context,
  ): Promise<{ wrapped: Uint8Array; from: string; to: string }>
  /** Would AWS let the session do it? Nothing is done and no ciphertext is needed. @throws DrError E_AWS_ACCESS_DENIED */
  dryRun(wanted: DryRun): Promise<void>
  /** The caller zeroes the result. */
  decrypt(wrapped: Uint8Array, keyArn: KeyArn, context: Context): Promise<Uint8Array>
}

type Context = Readonly<Record<string, string>>

/** Without a ciphertext a key is asked about by its ARN alone. */
export type DryRun =
  | { readonly operation: "GenerateDataKey" | "Decrypt"; readonly keyArn: KeyArn; readonly context: Context }
  | { readonly operation: "ReEncrypt"; readonly from: KeyArn; readonly to: KeyArn; readonly context: Context }

/**
 * Changes to keys, as one identity in one account. A key is named by its ARN, which tells the Region. Only what is
 * marked "again" may be sent twice; src/aws retries throttling and lost answers of those, and never of the others: what
 * such a call did must be read back. Every call throws DrError with the facts of the AWS call. No call ever bypasses the
 * check that a policy does not lock its author out.
 */
export interface KeyAdminPort {
  readonly account: AccountId
  readonly principal: string
  /** Symmetric. Not again: KMS knows no client token, so a lost answer may have left a key behind its tags. */
  createKey(region: RegionName, key: NewKey): Promise<KeyArn>
  /** Not again; E_AWS_CONFLICT when the Region holds one. The replica is `Creating` when this returns. */
  replicateKey(primary: KeyArn, region: RegionName, key: Omit<NewKey, "origin" | "multiRegion">): Promise<KeyArn>
  /** E_AWS_CONFLICT when the alias exists. */
  createAlias(region: RegionName, alias: string, key: KeyArn): Promise<void>
  /** Again. Moves an alias that exists. */
  updateAlias(region: RegionName, alias: string, key: KeyArn): Promise<void>
  /** Again. `policy`: JSON text. */
  putPolicy(key: KeyArn, policy: string): Promise<void>
  /** Again. Adds and replaces; leaves the others. */
  tag(key: KeyArn, tags: Readonly<Record<string, string>>): Promise<void>
  /** Again. */
  untag(key: KeyArn, names: readonly string[]): Promise<void>
  /** Again. */
  describe(key: KeyArn, description: string): Promise<void>
  /** Again. Of a primary. */
  enableRotation(key: KeyArn, periodDays: number): Promise<void>
  /** Not again: each counts against the 25 of a key's life. Of a primary. */
  rotateOnDemand(key: KeyArn): Promise<void>
  /** Again with the same name: KMS answers with the grant that is there. Resolves to its id. */
  createGrant(key: KeyArn, grant: NewGrant): Promise<string>
  revokeGrant(key: KeyArn, grantId: string): Promise<void>
  enableKey(key: KeyArn): Promise<void>
  cancelDeletion(key: KeyArn): Promise<void>
  /** Resolves to the date that DescribeKey tells, ISO 8601; undefined while a primary waits for its replicas. */
  scheduleDeletion(key: KeyArn, days: number): Promise<string | undefined>
  /** A public key and a token for one import, valid for 24 hours. RSA_4096, RSAES_OAEP_SHA_256. */
  importParameters(key: KeyArn): Promise<ImportParameters>
  /** Again with the same token and material. Resolves to the id of the material. */
  importMaterial(key: KeyArn, material: WrappedMaterial): Promise<string>
  /** Again. At once, in this Region, without a waiting period: the key is unusable there until it is brought again. */
  deleteMaterial(key: KeyArn, materialId: string): Promise<void>
}

export interface NewKey {
  readonly description: string
  /** JSON text. */
  readonly policy: string
  readonly tags: Readonly<Record<string, string>>
  readonly origin: "AWS_KMS" | "EXTERNAL"
  readonly multiRegion: boolean
}

interface NewGrant extends Pick<Grant, "grantee" | "retiring" | "operations" | "constraints"> {
  readonly name: string
}

interface ImportParameters {
  /** DER, SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array
  readonly token: Uint8Array
  /** ISO 8601. */
  readonly validTo: string
}

export interface WrappedMaterial {
  readonly token: Uint8Array
  readonly wrapped: Uint8Array
  readonly type: "NEW_KEY_MATERIAL" | "EXISTING_KEY_MATERIAL"
  /** ISO 8601, at most 365 days ahead; undefined = does not expire. */
  readonly validTo?: string
  readonly description?: string
  /** Of existing material, when known: KMS then refuses any other. */
  readonly materialId?: string
}
