import { rotateIfDue } from "./auto-rotation.ts"
import { stateError } from "./errors.ts"
import { text } from "./input.ts"
import { authorizeAccount, keyFor, mustBeCustomers, mustNotBePending, type Handler } from "./kms-call.ts"
import { metadataOf } from "./metadata.ts"
import { pageOf } from "./page.ts"
import { keysOf } from "./store.ts"
import { trailingFacts } from "./usage.ts"

export const describeKey: Handler = (call) => {
  const key = keyFor(call, text(call.input, "KeyId"), "DescribeKey")
  return { KeyMetadata: metadataOf(call.store, key) }
}

export const listKeys: Handler = (call) => {
  authorizeAccount(call, "ListKeys")
  const own = keysOf(call.store, call.region, call.caller.account)
  const page = pageOf(call, "keys", own, (key) => key.group.id, 1000, 100)
  return { Keys: page.items.map((key) => ({ KeyId: key.group.id, KeyArn: key.arn })), ...page.tail }
}

export const updateKeyDescription: Handler = (call) => {
  const description = text(call.input, "Description")
  const key = keyFor(call, text(call.input, "KeyId"), "UpdateKeyDescription")
  mustBeCustomers(call, key, "UpdateKeyDescription")
  mustNotBePending(key)
  key.description = description
  return undefined
}

/** Enable and disable: any state but Enabled and Disabled refuses. */
function toggle(action: "EnableKey" | "DisableKey", to: "Enabled" | "Disabled"): Handler {
  return (call) => {
    const key = keyFor(call, text(call.input, "KeyId"), action, (found) =>
      action === "DisableKey" ? trailingFacts(call.store, found) : {},
    )
    mustBeCustomers(call, key, action)
    if (key.state !== "Enabled" && key.state !== "Disabled") throw stateError(key)
    key.state = to
    if (to === "Enabled") rotateIfDue(call.store, key.group)
    return undefined
  }
}

export const enableKey = toggle("EnableKey", "Enabled")
export const disableKey = toggle("DisableKey", "Disabled")
