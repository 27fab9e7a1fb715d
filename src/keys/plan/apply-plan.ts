import { isoStamp } from "../../kernel/clock.ts"
import type { ApplyDeps, BegunPlan } from "./apply-deps.ts"
import { identify } from "./identify.ts"
import type { KeyPlan, PlanProblem } from "./key-plan.ts"
import { seekPlanned } from "./make-key.ts"
import { mustBeFresh } from "./plan-file.ts"
import { planKeys } from "./plan-keys.ts"
import { remainingWork } from "./remaining-work.ts"
import { roundTrip, type Proof } from "./round-trip.ts"
import { takeStep, type KeyIds, type TakenStep } from "./take-step.ts"
import { wantedStates } from "./wanted-state.ts"
import type { KeyInventory } from "../status/key-inventory.ts"

export interface AppliedPlan {
  readonly plan: string
  readonly env: string
  /** An earlier apply of the same plan was interrupted. */
  readonly resumed: boolean
  readonly steps: readonly TakenStep[]
  readonly proofs: readonly Proof[]
  /** What no step could mend. */
  readonly problems: readonly PlanProblem[]
}

/**
 * Does what was agreed to and nothing else: reads again, refuses what is out of date, then checks, acts and reads back
 * step by step. Killed at any point and applied again it goes on; with its memory lost, a new plan finds what it made.
 * @throws DrError E_PLAN_EXPIRED, E_PLAN_STALE, E_PLAN_BLOCKED (3), E_PLAN_EDITED (78) before anything is done;
 * E_STILL_WAITING, E_KEY_UNCERTAIN (75) for what may be applied again; those of the AWS calls
 */
export async function applyKeyPlan(deps: ApplyDeps, plan: KeyPlan): Promise<AppliedPlan> {
  mustBeFresh(plan, deps.clock.now())
  const begun = await deps.progress.read(plan)
  const inventory = await deps.readInventory()
  const now = planKeys(deps.environment, inventory, {
    now: deps.clock.now(),
    validFor: 0,
    tool: plan.tool,
    revoke: plan.steps.flatMap((step) => (step.kind === "revoke-grant" ? [step.grantId] : [])),
    named: await deps.readNamedRoles(),
  })
  const remaining = remainingWork(plan, now, begun)
  const ids = idsOf(deps, inventory)
  let state: BegunPlan = begun ?? { begunAt: stampOf(deps), done: [] }
  const keep = async (next: BegunPlan): Promise<void> => deps.progress.write(plan, (state = next))

  const steps: TakenStep[] = []
  for (const agreed of plan.steps) {
    deps.signal.throwIfAborted()
    const step = remaining.get(agreed.id) ?? agreed
    const taken = await takeStep(deps, step, remaining.has(agreed.id), ids, {
      acting: begun?.acting,
      seek: (making) => seekPlanned(deps, making),
      willAct: (was) =>
        keep({ ...state, acting: { step: step.id, at: stampOf(deps), ...(was === undefined ? {} : { was }) } }),
    })
    steps.push(taken)
    if (taken.result === "done") await keep(doneWith(state, step.id, stampOf(deps)))
  }
  deps.signal.throwIfAborted()
  if (steps.length > 0) await keep({ ...state, finishedAt: state.finishedAt ?? stampOf(deps) })
  return {
    plan: plan.hash,
    env: plan.env,
    resumed: begun !== undefined,
    steps,
    proofs: await proofsOf(deps, plan, ids),
    problems: now.problems,
  }
}

/** Every key that the plan touches, each by itself. */
async function proofsOf(deps: ApplyDeps, plan: KeyPlan, ids: KeyIds): Promise<Proof[]> {
  const proofs: Proof[] = []
  for (const key of deps.environment.keys) {
    if (!plan.steps.some((step) => step.key === key.name)) continue
    deps.signal.throwIfAborted()
    proofs.push(await roundTrip(deps, key, ids))
  }
  return proofs
}

function doneWith({ acting: _acting, ...state }: BegunPlan, step: string, at: string): BegunPlan {
  return { ...state, done: [...state.done, { step, at, result: "done" }] }
}

function idsOf({ environment }: ApplyDeps, inventory: KeyInventory): KeyIds {
  const ids: KeyIds = new Map()
  for (const wanted of wantedStates(environment)) {
    const seen = inventory.keys.find(({ name, side }) => name === wanted.name && side === wanted.side)
    const identity = seen === undefined ? undefined : identify(wanted, seen)
    if (identity?.kind === "key") ids.set(`${wanted.side}/${wanted.name}`, identity.key.keyId)
  }
  return ids
}

const stampOf = ({ clock }: ApplyDeps): string => isoStamp(clock.now())
