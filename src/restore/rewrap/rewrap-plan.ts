import type { KeyArn } from "../../kernel/brands.ts"
import { digestOf } from "../../kernel/digest.ts"

export interface RewrapPlan {
  /** Both in the Region in which KMS is asked: it re-encrypts within one. */
  readonly from: KeyArn
  readonly to: KeyArn
  readonly maxInFlight: number
  /** `answer`: what KMS says about each; `decrypt`: both sides are opened and compared as well. */
  readonly verify: "answer" | "decrypt"
}

/** What a run that goes on must have in common with the one before. How fast it goes may differ. */
export const planDigest = ({ from, to, verify }: RewrapPlan): string => digestOf({ kind: "Rewrap", from, to, verify })

/** listed = done + failed + unknown */
export interface RewrapCounts {
  readonly listed: number
  readonly done: number
  readonly failed: number
  readonly unknown: number
}
