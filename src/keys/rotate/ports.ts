import type { ResolvedEnvironment } from "../../estate/topology.ts"
import type { AccountId, BucketName } from "../../kernel/brands.ts"
import type { Clock } from "../../kernel/clock.ts"
import type { Emit } from "../../kernel/events.ts"
import type { Actors } from "../actors.ts"
import type { OnDemandIntent } from "./on-demand-decision.ts"
import type { RotationState } from "./state.ts"

/** What a rotation works on: one key of dr.yaml. */
export interface RotationScope {
  readonly environment: ResolvedEnvironment
  readonly key: ResolvedEnvironment["keys"][number]
}

export interface RotateDeps {
  readonly actors: Actors
  /** Objects of the source buckets as the recovery account's drill role sees them: what it cannot open, no restore can. */
  objects(): Promise<SourceObjects>
  readonly store: RotationStore
  readonly consent: Consent
  readonly clock: Clock
  readonly emit: Emit
  readonly signal: AbortSignal
  /** Of this run: `dr-20261124T181100Z-7f3a`. A rotation is known by the run that began it. */
  readonly run: string
}

/** Asks a person, or the flags. Both throw DrError E_UNCONFIRMED (64): nothing was done. */
interface Consent {
  reversible(question: string): Promise<void>
  /** The alias must be typed. */
  irreversible(question: string, alias: string): Promise<void>
}

/** What must outlive a run. Every write is whole or not there; what was changed by hand is refused. */
export interface RotationStore {
  load(): Promise<RotationState | undefined>
  save(state: RotationState): Promise<void>
  intent(): Promise<OnDemandIntent | undefined>
  /** Undefined = the rotation on demand is known to be done, or known not to have happened. */
  saveIntent(intent: OnDemandIntent | undefined): Promise<void>
}

export interface VersionRef {
  readonly bucket: BucketName
  readonly key: string
  readonly versionId: string
  readonly owner: AccountId
}

export interface ListedVersion {
  readonly key: string
  /** `null` where the bucket keeps no versions. */
  readonly versionId: string
  /** Epoch milliseconds; S3 tells whole seconds. */
  readonly modifiedAt: number
  readonly storageClass: string
}

/** Reads only; every call may be sent again. */
export interface SourceObjects {
  /** Every version under the prefix, noncurrent ones too; delete markers are left out. Lazily: pages are not kept. */
  versions(bucket: BucketName, prefix: string, owner: AccountId): AsyncIterable<ListedVersion>
  /** `keyArn`: the key that S3 names; undefined = none. @throws DrError E_AWS_NOT_FOUND when it has gone meanwhile */
  head(ref: VersionRef): Promise<{ readonly keyArn?: string }>
  /** Opens the first byte. @throws DrError when the object or its key cannot be read */
  peek(ref: VersionRef): Promise<void>
}
