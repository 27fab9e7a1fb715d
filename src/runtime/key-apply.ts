import { DrError } from "../kernel/errors.ts"
import { EXIT, type ExitCode } from "../kernel/exit-codes.ts"
import { applyKeyPlan, type AppliedPlan } from "../keys/plan/apply-plan.ts"
import type { KeyPlan } from "../keys/plan/key-plan.ts"
import type { Deps } from "./deps.ts"
import { keyChange } from "./key-change.ts"
import type { PlanningTable } from "./key-planning.ts"
import { planProgress } from "./plan-progress.ts"

export interface RecordedApply extends AppliedPlan {
  /** The journal of this run. */
  readonly journal: string
}

/**
 * One apply at a time for an environment, told to the journal from its first step to its last. `stopped` is called when
 * it ends between its steps: then the same command goes on.
 * @throws DrError E_LOCKED, E_JOURNAL (75), and those of `applyKeyPlan`
 */
export async function applyRecorded(
  deps: Deps,
  table: PlanningTable,
  plan: KeyPlan,
  stopped: () => void,
): Promise<RecordedApply> {
  const { environment } = table
  let begun = false
  const unsubscribe = deps.events.subscribe((event) => void (begun ||= event.type === "step.started"))
  try {
    const change = { kind: "KeysApply", environment, trigger: plan.hash }
    const { result, journal } = await keyChange(deps, change, async () => {
      const applied = await applyKeyPlan(
        {
          clock: deps.clock,
          emit: deps.events.emit,
          signal: deps.signal,
          run: deps.run,
          environment,
          actors: table.actors,
          readInventory: table.readInventory,
          readNamedRoles: table.readNamedRoles,
          progress: planProgress(deps.state),
        },
        plan,
      )
      return { result: applied, passed: exitOfApply(applied) === EXIT.ok }
    })
    return { ...result, journal }
  } catch (thrown) {
    if (begun) stopped()
    throw thrown
  } finally {
    unsubscribe()
  }
}

/** 0 only when every step was read back, every touched key proven and nothing of dr.yaml is left unmet. */
export const exitOfApply = ({ proofs, problems }: AppliedPlan): ExitCode =>
  proofs.some(({ result }) => result !== "proven") || problems.some(({ unmet }) => unmet) ? EXIT.checkSaysNo : EXIT.ok

/** The environment of a plan file is the plan's; `-e` may repeat it. @throws DrError E_USAGE (64), E_PLAN_ENV (78) */
export function environmentOfPlan(plan: KeyPlan, env: string | undefined, known: readonly string[]): string {
  if (env !== undefined && env !== plan.env)
    throw new DrError({
      code: "E_USAGE",
      exit: EXIT.usage,
      message: `the plan is of environment ${plan.env}, -e says ${JSON.stringify(env)}`,
      hints: ["leave -e away: the plan names its environment"],
    })
  if (known.includes(plan.env)) return plan.env
  throw new DrError({
    code: "E_PLAN_ENV",
    exit: EXIT.config,
    message: `the plan is of environment ${plan.env}, which dr.yaml does not have; it has ${known.join(", ")}`,
    hints: ["pass the dr.yaml that it was made from with --config"],
  })
}
