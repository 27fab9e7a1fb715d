import { aliasArn } from "../../access/arn.ts"
import { isoStamp } from "../../kernel/clock.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { findNewKeys } from "./find-new.ts"
import { found } from "./position.ts"
import type { RotateDeps, RotationScope } from "./ports.ts"
import type { RotationState } from "./state.ts"

/**
 * A new rotation of the key behind the alias; not yet written down. A key that an earlier rotation made and left behind is
 * taken over, with its id.
 * @throws DrError E_ROTATION_REFUSED (3) for a key that has nothing to rotate, or whose material is imported
 */
export async function beginRotation(deps: RotateDeps, scope: RotationScope): Promise<RotationState> {
  const { environment, key } = scope
  const reader = await deps.actors.reader(environment.workload.id)
  const old = await found(reader, environment.primaryRegion, key.alias)
  if (old === undefined)
    throw refused(`nothing is behind ${aliasArn(environment.primaryRegion, environment.workload.id, key.alias)}`, [
      `dr keys apply -e ${environment.name}`,
    ])
  if (key.origin === "EXTERNAL")
    throw refused(`the material of ${key.name} is imported: a new key would have none until its custodians import it`, [
      `dr keys escrow create --help`,
      `dr keys rotate ${key.name} -e ${environment.name} --on-demand`,
    ])
  const [left, ...others] = await findNewKeys(reader, scope)
  if (others.length > 0)
    throw refused(
      `${[left, ...others].map((each) => each?.arn).join(" and ")} are both left over from rotations of ${key.name}: nobody can say which is meant`,
      ["take the tag dr:rotation away from all but one, then run the command again"],
    )
  return {
    apiVersion: "dr/v1",
    kind: "KeyRotation",
    version: 1,
    id: left?.rotation ?? deps.run,
    env: environment.name,
    key: key.name,
    startedAt: isoStamp(deps.clock.now()),
    oldKey: old.arn,
    ...(left === undefined ? {} : { newKey: left.arn }),
  }
}

const refused = (message: string, hints: readonly string[]): DrError =>
  new DrError({ code: "E_ROTATION_REFUSED", exit: EXIT.checkSaysNo, message, hints })
