import { DAY } from "../../kernel/units.ts"
import { scheduleDeletion } from "./deletion.ts"
import { invalidState, stateError, validation } from "./errors.ts"
import { optionalInteger, text } from "./input.ts"
import { isPrimary } from "./key.ts"
import { keyFor, mustBeCustomers, mustNotBePending, type Handler } from "./kms-call.ts"
import { lacksMaterial } from "./material.ts"
import { seconds } from "./metadata.ts"
import { relatedKeys } from "./store.ts"
import { trailingFacts } from "./usage.ts"

export const scheduleKeyDeletion: Handler = (call) => {
  const { input, store } = call
  const days = optionalInteger(input, "PendingWindowInDays", 1, 365) ?? 30
  if (days < 7 || days > 30) throw validation("PendingWindowInDays must be between 7 and 30, inclusive.")
  const key = keyFor(call, text(input, "KeyId"), "ScheduleKeyDeletion", (found) => ({
    "kms:ScheduleKeyDeletionPendingWindowInDays": String(days),
    ...trailingFacts(store, found),
  }))
  mustBeCustomers(call, key, "ScheduleKeyDeletion")
  mustNotBePending(key)
  if (key.state === "Creating" || key.state === "Updating") throw stateError(key)
  const waits = isPrimary(key) && relatedKeys(store, key.group).length > 1
  if (waits) {
    key.state = "PendingReplicaDeletion"
    key.pendingWindowDays = days
  } else {
    key.state = "PendingDeletion"
    key.deletionAt = store.world.clock.now() + days * DAY
    scheduleDeletion(store, key)
  }
  return {
    KeyId: key.arn,
    KeyState: key.state,
    PendingWindowInDays: days,
    ...(key.deletionAt === undefined ? {} : { DeletionDate: seconds(key.deletionAt) }),
  }
}

/** Ends in Disabled, whatever the state was before. */
export const cancelKeyDeletion: Handler = (call) => {
  const key = keyFor(call, text(call.input, "KeyId"), "CancelKeyDeletion")
  mustBeCustomers(call, key, "CancelKeyDeletion")
  if (key.state !== "PendingDeletion" && key.state !== "PendingReplicaDeletion") {
    throw invalidState(`${key.arn} is not pending deletion.`)
  }
  key.state = lacksMaterial(key) ? "PendingImport" : "Disabled"
  delete key.deletionAt
  delete key.pendingWindowDays
  return { KeyId: key.arn }
}
