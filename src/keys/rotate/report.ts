import type { KeyArn } from "../../kernel/brands.ts"
import type { Edit } from "./edits.ts"
import type { NextStep, Position } from "./position.ts"
import type { Proof } from "../plan/round-trip.ts"
import type { DatasetProof, ProofProblem } from "./proof.ts"
import type { Remaining } from "./remaining.ts"
import type { RetireRefusal } from "./retire-decision.ts"
import type { Retired } from "./retire.ts"
import type { RotationState } from "./state.ts"

/**
 * What came of a call. `waiting`: the edits are shown and people have to make them. `refused`: the check of the step says no.
 * `done`: the step passed, the next one is named. `none`: no rotation of this key is under way.
 */
export type Outcome = "waiting" | "refused" | "done" | "shown" | "aborted" | "none"

/** Where a manual rotation stands and what this call did. Plain JSON. */
export interface RotationReport {
  readonly outcome: Outcome
  readonly env: string
  readonly key: string
  readonly alias: string
  /** The step that this call took or looked at. */
  readonly step?: 1 | 2 | 3 | 4 | 5
  /** Absent when none was ever begun. */
  readonly rotation?: RotationState
  readonly position?: Position
  readonly next?: NextStep
  /** Step 1. */
  readonly proof?: Proof
  /** Steps 2 and 3. */
  readonly edits?: readonly Edit[]
  /** Step 4. */
  readonly since?: string
  readonly datasets?: readonly DatasetProof[]
  readonly problems?: readonly ProofProblem[]
  /** Step 5. */
  readonly remaining?: Remaining
  readonly refusals?: readonly RetireRefusal[]
  readonly retired?: Retired
  /** After an abort: keys that are there and stay. */
  readonly left?: readonly KeyArn[]
}
