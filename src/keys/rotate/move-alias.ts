import { relatedIn } from "../../access/arn.ts"
import type { KeyArn, RegionName } from "../../kernel/brands.ts"
import { DrError } from "../../kernel/errors.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { MINUTE, SECOND } from "../../kernel/units.ts"
import { retiredTags } from "./new-key.ts"
import { found, type Position } from "./position.ts"
import type { RotateDeps, RotationScope } from "./ports.ts"
import type { RotationState } from "./state.ts"

/** KMS shows a moved alias with a delay, "in some cases several minutes". */
const PATIENCE = 5 * MINUTE
const LOOK_EVERY = 2 * SECOND

/**
 * Marks the old key as one that a rotation takes out of use, moves the alias in every Region and asks until AWS resolves it
 * to the new key. May be called again: what is there already is left alone. @throws DrError E_ALIAS_NOT_MOVED (75)
 */
export async function moveAlias(
  deps: RotateDeps,
  scope: RotationScope,
  state: RotationState,
  position: Position,
): Promise<void> {
  const account = scope.environment.workload.id
  // First: rights that IAM gives by alias leave the old key with it, and what has our tags stays ours.
  for (const { arn, state: keyState } of position.oldKey) {
    if (keyState !== "Enabled" && keyState !== "Disabled") continue
    await (await deps.actors.admin(account, "operator")).tag(arn, retiredTags(scope, state.id))
  }
  for (const { region, key } of position.alias) {
    const target = relatedIn(region, state.newKey as KeyArn)
    if (key !== target) {
      const operator = await deps.actors.admin(account, "operator")
      if (key === "absent") await operator.createAlias(region, scope.key.alias, target)
      else await operator.updateAlias(region, scope.key.alias, target)
    }
    await resolved(deps, scope, region, target)
  }
}

async function resolved(deps: RotateDeps, scope: RotationScope, region: RegionName, target: KeyArn): Promise<void> {
  const { clock, signal, actors } = deps
  const reader = await actors.reader(scope.environment.workload.id)
  for (const since = clock.mono(); ; await clock.sleep(LOOK_EVERY, signal)) {
    const now = (await found(reader, region, scope.key.alias))?.arn
    if (now === target) return
    if (clock.mono() - since >= PATIENCE)
      throw new DrError({
        code: "E_ALIAS_NOT_MOVED",
        exit: EXIT.tryLater,
        message: `${scope.key.alias} in ${region} still leads to ${now ?? "nothing"} after ${PATIENCE / MINUTE} minutes, expected ${target}`,
        hints: ["run the same command again: it looks first"],
      })
  }
}
