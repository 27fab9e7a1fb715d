import { isoStamp } from "../../kernel/clock.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import type { KeyArn } from "../../kernel/brands.ts"
import { beginRotation } from "./begin.ts"
import { bucketKeysOf } from "./bucket-default.ts"
import { editsFor } from "./edits.ts"
import { nextStep, readPosition, type NextStep } from "./position.ts"
import type { RotateDeps, RotationScope } from "./ports.ts"
import type { RotationReport } from "./report.ts"
import { reportOf, type Rotating } from "./rotating.ts"
import { isOver, type RotationState } from "./state.ts"
import { makeStep } from "./step-make.ts"
import { proveStep } from "./step-prove.ts"
import { retireStep } from "./step-retire.ts"

export interface ManualOptions {
  /** Only this one; undefined = from where the rotation stands. */
  readonly step?: 1 | 2 | 3 | 4 | 5
  /** When the edits were all made; epoch milliseconds. */
  readonly since?: number
  readonly quietDays: number
}

/**
 * The policy document's five steps, each looked at in AWS before and after, whatever the file of the rotation remembers. Goes
 * on from where it stands and stops where people have to act. May be called again after a kill at any point.
 * @throws DrError E_ROTATION_STEP (64) for a step whose turn has not come, E_UNCONFIRMED (64)
 */
export async function rotateManually(
  deps: RotateDeps,
  scope: RotationScope,
  options: ManualOptions,
): Promise<RotationReport> {
  const { step } = options
  const last = await deps.store.load()
  // Whoever calls again after the end, not having heard of it, does not begin another one.
  const state = last === undefined || (isOver(last) && step === 1) ? await begun(deps, scope, step) : last
  const reader = await deps.actors.reader(scope.environment.workload.id)
  const at: Rotating = { deps, scope, state, position: await readPosition(reader, scope, state) }
  const next = nextStep(state, at.position)
  if (next === "over") return reportOf(at, "shown")
  if (step !== undefined && step !== 5 && !mayTake(step, next)) throw notYet(scope, step, next)
  switch (step ?? next) {
    case 1: {
      const { made, report } = await makeStep(at)
      return step === 1 || report.outcome === "refused" ? report : showEdits(made, report)
    }
    case 2:
      return showEdits(at, {}, step === 2 ? 2 : undefined)
    case 3:
      return showEdits(at, {}, 3)
    case 4:
      return proveStep(at, options.since)
    case 5:
      return retireStep(at, options.quietDays)
  }
}

async function begun(deps: RotateDeps, scope: RotationScope, step: number | undefined): Promise<RotationState> {
  if (step !== undefined && step !== 1) throw notYet(scope, step, 1)
  return beginRotation(deps, scope)
}

/** Steps that are behind may be looked at again; 2 and 3 come together. */
const mayTake = (step: 1 | 2 | 3 | 4, next: Exclude<NextStep, "over">): boolean =>
  step <= (step === 3 ? next + 1 : next)

/** Steps 2 and 3: what people edit. From now on what is written must come to be under the new key. */
async function showEdits(at: Rotating, before: Partial<RotationReport>, only?: 2 | 3): Promise<RotationReport> {
  const { deps, scope } = at
  const state = at.state.shownAt === undefined ? { ...at.state, shownAt: isoStamp(deps.clock.now()) } : at.state
  const { oldKey, newKey } = state
  const keys = { oldKey: oldKey as KeyArn, newKey: newKey as KeyArn }
  const edits = editsFor(scope, keys, await bucketKeysOf(deps, scope))
  await deps.store.save(state)
  return {
    ...before,
    ...reportOf({ ...at, state }, "waiting"),
    step: only ?? 2,
    edits: only === undefined ? edits : edits.filter(({ step }) => step === only),
  }
}

function notYet({ environment, key }: RotationScope, step: number, next: NextStep): DrError {
  return new DrError({
    code: "E_ROTATION_STEP",
    exit: EXIT.usage,
    message: `step ${step} of the rotation of ${environment.name}/${key.name} has not come: next is step ${next}`,
    hints: [
      `dr keys rotate ${key.name} -e ${environment.name} --manual`,
      `dr keys rotate ${key.name} -e ${environment.name} --status`,
    ],
  })
}
