import { keyArn } from "../../access/arn.ts"
import { noSuchKey, notPrimary, stateError, validation } from "./errors.ts"
import { text } from "./input.ts"
import { isPrimary, type KmsKey } from "./key.ts"
import { authorizeKey, keyFor, mustBeCustomers, type Handler } from "./kms-call.ts"
import { lacksMaterial } from "./material.ts"
import { readRegion } from "./replicate.ts"
import { forgetFacts, keyIn } from "./store.ts"

/** Called in the primary's Region, asked for in both. The two keys go on encrypting while they are `Updating`. */
export const updatePrimaryRegion: Handler = (call) => {
  const { store } = call
  const region = readRegion(call, "PrimaryRegion")
  const context = { "kms:PrimaryRegion": region }
  const primary = keyFor(call, text(call.input, "KeyId"), "UpdatePrimaryRegion", context)
  mustBeCustomers(call, primary, "UpdatePrimaryRegion")
  const { group } = primary
  if (!group.multiRegion || !isPrimary(primary)) throw notPrimary(primary)
  if (region === primary.region) throw validation(`${primary.arn} is already the primary key.`)
  const replica = keyIn(store, region, group.id)
  if (replica === undefined) throw noSuchKey(keyArn(region, group.account, group.id))
  authorizeKey(store, call, replica, "UpdatePrimaryRegion", { context })
  const both = [primary, replica]
  for (const key of both) if (key.state !== "Enabled") throw stateError(key)
  group.primaryRegion = region
  forgetFacts(store)
  for (const key of both) key.state = "Updating"
  store.world.clock.schedule(store.world.clock.now() + store.world.settings.replicaDelayMs, () =>
    both.forEach(finishUpdate),
  )
  return undefined
}

export function finishUpdate(key: KmsKey): void {
  if (key.state === "Updating") key.state = lacksMaterial(key) ? "PendingImport" : "Enabled"
}
