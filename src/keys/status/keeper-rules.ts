import { byCalls, outcome, type Outcome } from "./cell.ts"
import type { Scene } from "./recoverability-scene.ts"

/** Incidents that an administrator undoes, for keys of both sides. `why`: nobody of ours can. */
export type Tried = { readonly done: Outcome } | { readonly why: string }

/** EnableKey, by who may; or by who may first give himself the right. */
export const enabled = (scene: Scene): Tried => byKeepers(scene, ["kms:EnableKey"], "enables it")

/** CancelKeyDeletion leaves the key Disabled, so both calls are needed; before its date. */
export const cancelled = (scene: Scene): Tried =>
  byKeepers(scene, ["kms:CancelKeyDeletion", "kms:EnableKey"], "cancels it before its date and enables it")

function byKeepers(scene: Scene, calls: readonly string[], does: string): Tried {
  const holder = scene.holder(...calls)
  if (holder.may) return { done: byCalls(scene, holder, calls, does) }
  const author = scene.holder("kms:PutKeyPolicy")
  if (!author.may) return { why: holder.why }
  const first = "kms:PutKeyPolicy (the rendered policy, or any that keeps its author)"
  return { done: byCalls(scene, author, [first, ...calls], `sets its policy first, then ${does}; ${holder.why}`) }
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
