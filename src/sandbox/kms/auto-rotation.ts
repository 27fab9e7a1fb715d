import { DAY } from "../../kernel/units.ts"
import type { KeyGroup } from "./key.ts"
import { newMaterial } from "./material.ts"
import { keyIn, type KmsStore } from "./store.ts"

/** Rotates when due, again and again, for as long as the setting stands. */
export function scheduleRotation(store: KmsStore, group: KeyGroup): void {
  const at = group.rotation.nextAt
  if (at === undefined) return
  store.world.clock.schedule(at, () => {
    if (group.rotation.nextAt === at) rotateIfDue(store, group)
  })
}

/** A disabled key does not rotate; what is overdue is done as soon as it is enabled. Source: KMS rotate-keys. */
export function rotateIfDue(store: KmsStore, group: KeyGroup): void {
  const { enabled, nextAt, periodDays } = group.rotation
  const now = store.world.clock.now()
  if (!enabled || nextAt === undefined || nextAt > now) return
  const state = keyIn(store, group.primaryRegion, group.id)?.state
  if (state !== "Enabled" && state !== "Updating") return
  group.materials.push(newMaterial(store, group, { at: now, type: "AUTOMATIC" }))
  group.rotation = { enabled, periodDays, nextAt: now + periodDays * DAY }
  scheduleRotation(store, group)
}
