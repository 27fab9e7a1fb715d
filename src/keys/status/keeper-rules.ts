import { byCalls, outcome, stateNow, type Outcome } from "./cell.ts"
import type { Scene } from "./recoverability-scene.ts"

/** Incidents that an administrator undoes, for keys of both sides. Undefined = nobody of ours can, for the reason given. */
export type Tried = { readonly done: Outcome } | { readonly why: string }

const withState = (made: Outcome, current: string | undefined): Outcome =>
  current === undefined ? made : { ...made, current }

/** EnableKey, by who may; or by who may first give himself the right. */
export function enabled(scene: Scene): Tried {
  const current = stateNow(scene, "Disabled")
  const holder = scene.holder("kms:EnableKey")
  if (holder.may) return { done: withState(byCalls(scene, holder, ["kms:EnableKey"], "enables it"), current) }
  const author = scene.holder("kms:PutKeyPolicy")
  if (!author.may) return { why: holder.why }
  const calls = ["kms:PutKeyPolicy (the rendered policy, or any that keeps its author)", "kms:EnableKey"]
  const made = byCalls(scene, author, calls, `may set its policy, enables it then; ${holder.why}`)
  return { done: withState(made, current) }
}

/** CancelKeyDeletion leaves the key Disabled, so both calls are needed; before its date. */
export function cancelled(scene: Scene): Tried {
  const current = stateNow(scene, "PendingDeletion", "PendingReplicaDeletion")
  const holder = scene.holder("kms:CancelKeyDeletion", "kms:EnableKey")
  const calls = ["kms:CancelKeyDeletion", "kms:EnableKey (a cancelled key is Disabled)"]
  if (holder.may)
    return { done: withState(byCalls(scene, holder, calls, "cancels it before its date and enables it"), current) }
  const author = scene.holder("kms:PutKeyPolicy")
  if (!author.may) return { why: holder.why }
  const made = byCalls(
    scene,
    author,
    ["kms:PutKeyPolicy (the rendered policy, or any that keeps its author)", ...calls],
    `may set its policy, cancels and enables it then; ${holder.why}`,
  )
  return { done: withState(made, current) }
}

/** Its date is over: AWS may delete it any moment, though it may still tell PendingDeletion for a day. */
export function isOverdue({ home, facts }: Scene): boolean {
  const { deletionAt } = home?.facts ?? {}
  return deletionAt !== undefined && Date.parse(deletionAt) <= facts.now
}

/** Who may set the policy today, for the reason: a lock-out that spares him is over in minutes. */
export function authorToday(scene: Scene): string {
  if (scene.home === undefined) return scene.homeWhy
  const author = scene.holder("kms:PutKeyPolicy")
  return author.may
    ? `a policy that spares ${author.who.title} is set right in minutes`
    : `so it is already: ${author.why}`
}

/** AWS Support restores who may manage a key that is there; nothing else does. Of a key that nobody saw it is not claimed. */
export const bySupport = (scene: Scene, ...why: Why): Outcome =>
  scene.home === undefined
    ? noWay(...why)
    : outcome("support-case", [...why, "only AWS Support can give it back, in hours or days"], {
        by: ["AWS Support"],
        needs: ["a case by the owner of the account, and no date of deletion that passes meanwhile"],
      })

export type Why = ReadonlyArray<string | undefined>

export const noWay = (...why: Why): Outcome => outcome("unrecoverable", why)
