import { MINUTE, type Millis } from "../../kernel/units.ts"
import type { StoredFence } from "./fence-store.ts"

/** Below this a holder that is silent may be just slow, whoever asks. */
const STALE_AFTER_MS: Millis = 10 * MINUTE

export interface FenceFound extends StoredFence {
  readonly epoch: number
}

export interface FenceQuestion {
  /** The newest record; undefined = there is none. */
  readonly found: FenceFound | undefined
  /** Wall time. */
  readonly now: number
  /** A person asked to take over, or a drill may by itself. */
  readonly takeOver: boolean
  /** The holder was a process of this boot of this machine, and is gone. */
  readonly holderGone: boolean
  /** The number must be higher: the highest in the run's own journal. */
  readonly above: number
}

export type FenceDecision =
  | { readonly kind: "claim"; readonly epoch: number }
  | { readonly kind: "take-over"; readonly epoch: number; readonly from: FenceFound }
  | { readonly kind: "refuse"; readonly holder: FenceFound; readonly silentMs: Millis; readonly stale: boolean }

/** Who may have the next number. A lock is courtesy between runs: what keeps objects right are conditions on every write. */
export function decideFence({ found, now, takeOver, holderGone, above }: FenceQuestion): FenceDecision {
  const epoch = Math.max(found?.epoch ?? 0, above) + 1
  if (found === undefined || found.record.state !== "held") return { kind: "claim", epoch }
  const silentMs = Math.max(0, now - found.modifiedAt)
  const stale = silentMs > STALE_AFTER_MS
  if (holderGone || (stale && takeOver)) return { kind: "take-over", epoch, from: found }
  return { kind: "refuse", holder: found, silentMs, stale }
}
