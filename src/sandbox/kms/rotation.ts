import { DAY } from "../../kernel/units.ts"
import { scheduleRotation } from "./auto-rotation.ts"
import { notPrimary, stateError, unsupported, wrongOrigin } from "./errors.ts"
import { optionalInteger, text } from "./input.ts"
import { isPrimary, type KmsKey } from "./key.ts"
import { keyFor, mustBeCustomers, type Handler, type KmsCall } from "./kms-call.ts"
import { seconds } from "./metadata.ts"

function mustRotate(call: KmsCall, key: KmsKey, action: string): void {
  mustBeCustomers(call, key, action)
  if (key.group.spec !== "SYMMETRIC_DEFAULT") throw unsupported("")
  if (key.state !== "Enabled") throw stateError(key)
  if (key.group.origin !== "AWS_KMS") throw wrongOrigin(key)
  if (!isPrimary(key)) throw notPrimary(key)
}

/** A second call changes the period and moves the next date. */
export const enableKeyRotation: Handler = (call) => {
  const days = optionalInteger(call.input, "RotationPeriodInDays", 90, 2560)
  const periodOf = (each: KmsKey): number => days ?? each.group.rotation.periodDays
  const key = keyFor(call, text(call.input, "KeyId"), "EnableKeyRotation", (found) => ({
    "kms:RotationPeriodInDays": String(periodOf(found)),
  }))
  mustRotate(call, key, "EnableKeyRotation")
  const { group } = key
  const periodDays = periodOf(key)
  if (group.rotation.enabled && periodDays === group.rotation.periodDays) return undefined
  group.rotation = { enabled: true, periodDays, nextAt: call.store.world.clock.now() + periodDays * DAY }
  scheduleRotation(call.store, group)
  return undefined
}

export const disableKeyRotation: Handler = (call) => {
  const key = keyFor(call, text(call.input, "KeyId"), "DisableKeyRotation")
  mustRotate(call, key, "DisableKeyRotation")
  key.group.rotation = { enabled: false, periodDays: key.group.rotation.periodDays }
  return undefined
}

export const getKeyRotationStatus: Handler = (call) => {
  const key = keyFor(call, text(call.input, "KeyId"), "GetKeyRotationStatus")
  const { enabled, periodDays, nextAt } = key.group.rotation
  const pending = key.state === "PendingDeletion" || key.state === "PendingReplicaDeletion"
  const on = enabled && !pending
  return {
    KeyId: key.arn,
    KeyRotationEnabled: on,
    ...(on ? { RotationPeriodInDays: periodDays, NextRotationDate: seconds(nextAt ?? 0) } : {}),
  }
}
