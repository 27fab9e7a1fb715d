import { isoStamp } from "../../kernel/clock.ts"
import type { KeyArn } from "../../kernel/brands.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { readPosition } from "./position.ts"
import type { RotateDeps, RotationScope } from "./ports.ts"
import type { RotationReport } from "./report.ts"
import { reportOf, type Rotating } from "./rotating.ts"
import { isOver } from "./state.ts"

/** Where the last rotation stands. Changes nothing. */
export async function rotationStatus(deps: RotateDeps, scope: RotationScope): Promise<RotationReport> {
  const at = await lookAt(deps, scope)
  if (at !== undefined) return reportOf(at, "shown")
  return { outcome: "none", env: scope.environment.name, key: scope.key.name, alias: scope.key.alias }
}

/**
 * Gives a rotation up. Nothing is taken back: the keys stay, and so does the alias where it is.
 * @throws DrError E_NO_ROTATION (64) when none is under way, E_ROTATION_STEP (3) once step 5 has begun
 */
export async function abortRotation(deps: RotateDeps, scope: RotationScope): Promise<RotationReport> {
  const { environment, key } = scope
  const at = await lookAt(deps, scope)
  if (at === undefined || isOver(at.state))
    throw new DrError({
      code: "E_NO_ROTATION",
      exit: EXIT.usage,
      message: `no manual rotation of ${environment.name}/${key.name} is under way`,
      hints: [`dr keys rotate ${key.name} -e ${environment.name} --status`],
    })
  const pending = at.position.oldKey.filter(({ state }) => state.startsWith("Pending"))
  if (pending.length > 0)
    throw new DrError({
      code: "E_ROTATION_STEP",
      exit: EXIT.checkSaysNo,
      message: `the deletion of ${pending.map(({ arn }) => arn).join(" and ")} is scheduled: cancel it and enable the key before the rotation is given up`,
      hints: pending.map(({ arn, region }) => `aws kms cancel-key-deletion --region ${region} --key-id ${arn}`),
    })
  const state = { ...at.state, abortedAt: isoStamp(deps.clock.now()) }
  await deps.store.save(state)
  const left = at.position.newKey.filter((place) => place.state !== "absent").map(({ arn }): KeyArn => arn)
  return { ...reportOf({ ...at, state }, "aborted"), left }
}

async function lookAt(deps: RotateDeps, scope: RotationScope): Promise<Rotating | undefined> {
  const state = await deps.store.load()
  if (state === undefined) return undefined
  const reader = await deps.actors.reader(scope.environment.workload.id)
  return { deps, scope, state, position: await readPosition(reader, scope, state) }
}
