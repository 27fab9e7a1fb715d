import type { ResolvedEnvironment } from "../../estate/topology.ts"
import type { Clock } from "../../kernel/clock.ts"
import type { Emit } from "../../kernel/events.ts"
import type { KeyArn } from "../../kernel/brands.ts"
import type { Actors } from "../actors.ts"
import type { KeyInventory } from "../status/key-inventory.ts"
import type { KeyPlan, KeyStep } from "./key-plan.ts"
import type { NamedRoles } from "./named-roles.ts"

/** All that `applyKeyPlan` needs from outside. */
export interface ApplyDeps {
  readonly clock: Clock
  readonly emit: Emit
  /** Between steps and while waiting; a step that has begun is finished. */
  readonly signal: AbortSignal
  /** Of this run: stands in the encryption context of the proof. */
  readonly run: string
  readonly environment: ResolvedEnvironment
  readonly actors: Actors
  readonly readInventory: () => Promise<KeyInventory>
  readonly readNamedRoles: () => Promise<NamedRoles>
  readonly progress: PlanProgress
}

/** What a single step needs of it. */
export type StepDeps = Pick<ApplyDeps, "clock" | "emit" | "signal" | "actors">

/**
 * What is remembered of a plan's apply, outside AWS: that it was begun, so that it may go on although AWS has changed.
 * Every change is on the disk when its promise resolves.
 */
export interface PlanProgress {
  /** Undefined: this plan was never begun here. */
  read(plan: KeyPlan): Promise<BegunPlan | undefined>
  write(plan: KeyPlan, state: BegunPlan): Promise<void>
}

export interface BegunPlan {
  /** ISO 8601. */
  readonly begunAt: string
  /** ISO 8601; undefined = steps may be missing. */
  readonly finishedAt?: string
  /** The step that was about to act; what it did is not known before it is read back. */
  readonly acting?: { readonly step: string; readonly at: string; readonly was?: string }
  readonly done: ReadonlyArray<{ readonly step: string; readonly at: string; readonly result: "done" | "already" }>
}

export type MakeKey = Extract<KeyStep, { readonly kind: "create-key" }>

/** What a step knows of the process before this one, and leaves for the one after. */
export interface StepMemory {
  readonly acting: BegunPlan["acting"]
  /** On the disk before AWS is asked to change anything. */
  readonly willAct: (was: string | undefined) => Promise<void>
  /** The key that an earlier attempt of this step has made: found by its tags, as it has no alias yet. */
  readonly seek: (step: MakeKey) => Promise<KeyArn | undefined>
}
