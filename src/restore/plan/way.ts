import type { KeySpec } from "../../estate/model.ts"
import type { ResolvedAccount } from "../../estate/topology.ts"
import type { BucketName, RegionName } from "../../kernel/brands.ts"
import type { VersionMode } from "../objects.ts"
import type { HotSet } from "./hot-set.ts"
import type { RestorePart } from "./restore-plan.ts"

/** What a person asked for, as it was typed. */
export interface Asked {
  /** A dataset, `all`, or `s3://bucket/prefix`. */
  readonly from: string
  /** `recovery`, `workload`, `in-place` or `s3://bucket/prefix`; left out = the other side of the recovery copy. */
  readonly to?: string | undefined
  /** `recovery`, `workload`, an alias or a key ARN; left out = the destination's own. */
  readonly key?: string | undefined
  readonly mode?: VersionMode | undefined
  /** Never re-key in place: plaintext data keys may be out. */
  readonly freshDataKeys: boolean
}

/** A bucket of the estate, or one beside it that the key's account is said to own. */
export interface End {
  readonly bucket: BucketName
  readonly prefix: string
  readonly account: ResolvedAccount
  readonly region: RegionName
}

/** One dataset's way, with every name resolved that dr.yaml can resolve. */
export interface Way {
  readonly name: string
  readonly operation: RestorePart["operation"]
  readonly source: End
  readonly destination: End
  /** Alias ARN or key ARN. */
  readonly key: string
  readonly mode: VersionMode
  readonly hotSet: HotSet
  /** What should encrypt the source, where dr.yaml says it: alias ARN. */
  readonly sourceKey?: string
  /** In whose account it is done. */
  readonly actor: ResolvedAccount
  /** Copies onto themselves replace what they were made from. */
  readonly replacesItself: boolean
}

export type Key = KeySpec & { readonly name: string }
