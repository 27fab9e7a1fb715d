import type { AccountId, RegionName } from "../../kernel/brands.ts"

/** Keys and buckets as somebody else's configuration describes them. What it does not tell is undefined. */
export interface AdoptedSource {
  readonly keys: readonly AdoptedKey[]
  readonly buckets: readonly AdoptedBucket[]
}

/** A key in all its Regions. */
export interface AdoptedKey {
  /** For people: `aws_kms_key.main`. */
  readonly from: string
  readonly account?: AccountId
  /** The primary's. */
  readonly region?: RegionName
  readonly replicas: readonly RegionName[]
  readonly multiRegion: boolean
  readonly external: boolean
  readonly alias?: string
  /** Undefined = it does not rotate by itself. */
  readonly rotationDays?: number | "unknown"
  readonly tags: Readonly<Record<string, string>>
  /** Statements of its policies, in every Region. */
  readonly statements: readonly AdoptedStatement[]
}

export interface AdoptedBucket {
  readonly name: string
  readonly from: string
  /** Its default key. */
  readonly key?: AdoptedKey
}

/** Lists in place of single values. */
export interface AdoptedStatement {
  readonly sid?: string
  readonly effect: string
  readonly principals: readonly string[]
  readonly actions: readonly string[]
  /** Of all condition operators together: key to values. */
  readonly conditions: Readonly<Record<string, readonly string[]>>
}
