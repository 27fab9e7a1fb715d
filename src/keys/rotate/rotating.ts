import { nextStep, readPosition, type Position } from "./position.ts"
import type { RotateDeps, RotationScope } from "./ports.ts"
import type { Outcome, RotationReport } from "./report.ts"
import type { RotationState } from "./state.ts"

/** A rotation under way: what every step works on. */
export interface Rotating {
  readonly deps: RotateDeps
  readonly scope: RotationScope
  readonly state: RotationState
  readonly position: Position
}

/** The same rotation with what was just done to it written down, and AWS asked again. */
export async function readAgain(at: Rotating, state: RotationState): Promise<Rotating> {
  await at.deps.store.save(state)
  const reader = await at.deps.actors.reader(at.scope.environment.workload.id)
  return { ...at, state, position: await readPosition(reader, at.scope, state) }
}

export const reportOf = ({ scope, state, position }: Rotating, outcome: Outcome): RotationReport => ({
  outcome,
  env: scope.environment.name,
  key: scope.key.name,
  alias: scope.key.alias,
  rotation: state,
  position,
  next: nextStep(state, position),
})
