import { DAY } from "../../kernel/units.ts"
import type { KmsKey } from "./key.ts"
import { aliasKey, aliasesOf, forgetFacts, relatedKeys, type KmsStore } from "./store.ts"

/** Really deletes the key when its time has come and nobody cancelled. */
export function scheduleDeletion(store: KmsStore, key: KmsKey): void {
  const at = key.deletionAt
  if (at === undefined) return
  store.world.clock.schedule(at, () => {
    if (key.state === "PendingDeletion" && key.deletionAt === at) removeKey(store, key)
  })
}

function removeKey(store: KmsStore, key: KmsKey): void {
  store.keys.get(key.region)?.delete(key.group.id)
  for (const alias of aliasesOf(store, key)) store.aliases.delete(aliasKey(alias.region, alias.account, alias.name))
  forgetFacts(store)
  const left = relatedKeys(store, key.group)
  const primary = left.length === 1 ? left[0] : undefined
  if (primary?.state === "PendingReplicaDeletion") startDeletionClock(store, primary)
}

/** The window of a primary starts when its last replica is gone. */
function startDeletionClock(store: KmsStore, primary: KmsKey): void {
  primary.state = "PendingDeletion"
  primary.deletionAt = store.world.clock.now() + (primary.pendingWindowDays ?? 30) * DAY
  delete primary.pendingWindowDays
  scheduleDeletion(store, primary)
}
