/** What the catalogue knows of an action. Names are spelt as AWS spells them; keys may be patterns (`aws:ResourceTag/*`). */
export interface ActionFacts {
  /** `kms:Decrypt` */
  readonly name: string
  readonly service: string
  readonly action: string
  readonly level: AccessLevel
  /** Empty for an action that takes no resource: its `Resource` is `*`. */
  readonly resources: readonly ResourceUse[]
  /** Those of the action itself; the full set is `keysOf`. */
  readonly keys: readonly string[]
  /** Other actions that AWS checks in the same call. */
  readonly needs: readonly string[]
}

export type AccessLevel = "List" | "Read" | "Write" | "Tagging" | "Permissions"

export interface ResourceUse {
  readonly type: string
  /** ARN with `*` for what varies, partition included: `arn:*:kms:*:*:key/*`. */
  readonly pattern: string
  /** False where the call names one of several kinds, an object or an access point. */
  readonly required: boolean
  readonly keys: readonly string[]
}

/**
 * AWS compares more loosely than this: string operators work on ARNs, ARN operators on strings that hold ARNs
 * (`kms:EncryptionContext:aws:s3:arn`), and numeric ones on `aws:EpochTime`.
 */
export type KeyType = "String" | "Bool" | "Numeric" | "Date" | "Arn" | "IPAddress" | "Binary"

export interface KeyFacts {
  /** As AWS spells it, `*` for the part that is free: `kms:EncryptionContext:*`. */
  readonly name: string
  readonly type: KeyType
  /** AWS sets any number of values, so the condition needs ForAnyValue or ForAllValues. */
  readonly multi: boolean
}

export interface ServiceFacts {
  /** By lower-cased action without the service. */
  readonly actions: ReadonlyMap<string, ActionFacts>
  readonly keys: readonly KeyFacts[]
}
