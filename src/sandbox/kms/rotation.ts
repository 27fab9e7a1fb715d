import { DAY } from "../../kernel/units.ts"
import { stateError, unsupported } from "./errors.ts"
import { optionalInteger, text } from "./input.ts"
import type { KmsKey } from "./key.ts"
import { keyFor, mustBeCustomers, type Handler, type KmsCall } from "./kms-call.ts"
import { seconds } from "./metadata.ts"
import { scheduleRotation } from "./store.ts"

function rotatable(call: KmsCall, action: string): KmsKey {
  const key = keyFor(call, text(call.input, "KeyId"), action)
  mustBeCustomers(call, key, action)
  if (key.state !== "Enabled") throw stateError(key)
  if (key.group.origin !== "AWS_KMS")
    throw unsupported(`${key.arn} origin is ${key.group.origin} which is not valid for this operation.`)
  if (key.group.primaryRegion !== key.region) throw unsupported(`${key.arn} is not a multi-region primary key.`)
  return key
}

/** A second call changes the period and moves the next date. */
export const enableKeyRotation: Handler = (call) => {
  const days = optionalInteger(call.input, "RotationPeriodInDays", 90, 2560)
  const { group } = rotatable(call, "EnableKeyRotation")
  const periodDays = days ?? group.rotation.periodDays
  if (group.rotation.enabled && periodDays === group.rotation.periodDays) return undefined
  group.rotation = { enabled: true, periodDays, nextAt: call.store.world.clock.now() + periodDays * DAY }
  scheduleRotation(call.store, group)
  return undefined
}

export const disableKeyRotation: Handler = (call) => {
  const { group } = rotatable(call, "DisableKeyRotation")
  group.rotation = { enabled: false, periodDays: group.rotation.periodDays }
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
