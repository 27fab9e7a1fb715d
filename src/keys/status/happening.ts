import { formatDuration } from "../../kernel/duration.ts"
import type { Scene } from "./recoverability-scene.ts"
import type { Incident } from "./recoverability.ts"

/** What AWS says that has happened already, with its clock. Of a deletion or a hostile account it says nothing. */
export function happening(scene: Scene, incident: Incident): string | undefined {
  switch (incident) {
    case "disabled":
      return stateOf(scene, "Disabled")
    case "pending-deletion":
      return stateOf(scene, "PendingDeletion", "PendingReplicaDeletion")
    case "material-lost":
      return stateOf(scene, "PendingImport")
    case "policy-lock-out":
      return lockedOut(scene)
    case "region-lost":
      return scene.silent ? `${scene.region} gives no answer` : undefined
    case "deleted":
    case "account-hostile":
      return undefined
  }
}

function stateOf({ home, facts }: Scene, ...states: readonly string[]): string | undefined {
  if (home === undefined || !states.includes(home.facts.state)) return undefined
  const { state, deletionAt, deletionWindowDays } = home.facts
  if (deletionAt !== undefined) {
    const left = Date.parse(deletionAt) - facts.now
    return left > 0
      ? `${state}: deleted at ${deletionAt}, in ${formatDuration(left)}`
      : `${state}: its date ${deletionAt} has passed`
  }
  return deletionWindowDays === undefined ? state : `${state}: ${deletionWindowDays} d after its last replica is gone`
}

/** Only where it is sure: a policy that was not read, or hangs on something, may let somebody. */
function lockedOut(scene: Scene): string | undefined {
  if (scene.home === undefined) return undefined
  const author = scene.holder("kms:PutKeyPolicy")
  return !author.may && author.sure ? author.why : undefined
}
