import type { AccountId, KeyArn, RegionName } from "../../kernel/brands.ts"
import type { Clock } from "../../kernel/clock.ts"
import type { BucketPort } from "../bucket-facts.ts"
import type { DataPlane } from "../data-plane.ts"
import type { ManifestPage, Place } from "../objects.ts"

/** A key as a plan looks at it; `undefined` where KMS did not say. */
export interface LookedKey {
  readonly arn: KeyArn
  readonly account: AccountId
  readonly state: string
  /** AWS: its policy is AWS's own, and no other account may use it. */
  readonly manager?: string
  readonly spec?: string
  readonly usage?: string
}

interface KeyPort {
  /** `keyRef`: key or alias ARN. @throws DrError E_AWS_NOT_FOUND, E_AWS_ACCESS_DENIED */
  describeKey(keyRef: string): Promise<LookedKey>
}

/** AWS as the identity that would restore. Planning changes nothing. */
export interface PlanPorts {
  readonly account: AccountId
  readonly principal: string
  keys(region: RegionName): KeyPort
  buckets(region: RegionName): BucketPort
  /** The same one for a Region each time; whoever made the ports closes them. */
  plane(region: RegionName): Promise<DataPlane>
}

export interface PlanDeps {
  readonly clock: Clock
  /** Uniform in [0, 1): jitter only. */
  readonly random: () => number
  readonly signal: AbortSignal
  /** Lists a place: pages of one range in byte order, the versions of a key newest first and in one range. */
  readonly list: (plane: DataPlane, place: Place, of: "objects" | "versions") => ListedPages
  /** How far a long phase is. */
  readonly progress: (phase: "listing" | "inspecting", name: string, done: number, total: number) => void
}

export interface ListedPages {
  /** Undefined = there are no more. */
  next(): Promise<ManifestPage | undefined>
}

/** Where the frozen listing of one part goes. */
export interface ManifestSink {
  add(page: ManifestPage): void | Promise<void>
  /** Synced. */
  close(): Promise<{ readonly file: string; readonly sha256: string; readonly pages: number }>
}
