import { ServiceError } from "../core/exchange.ts"
import { DAY } from "../../kernel/units.ts"
import { stateError, validation } from "./errors.ts"
import { flag, list, oneOf, optionalInteger, optionalText, text } from "./input.ts"
import { authorizeAccount, keyFor, mustBeCustomers, mustNotBePending, type Handler } from "./kms-call.ts"
import { metadataOf, seconds } from "./metadata.ts"
import { pageOf } from "./page.ts"
import { readPolicy } from "./policies.ts"
import { createKey as addNewKey, defaultPolicy, relatedKeys, scheduleDeletion } from "./store.ts"
import { readTags } from "./tags.ts"

const USAGES = ["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"]
const SPECS = [
  "RSA_2048",
  "RSA_3072",
  "RSA_4096",
  "ECC_NIST_P256",
  "ECC_NIST_P384",
  "ECC_NIST_P521",
  "ECC_SECG_P256K1",
  "ECC_NIST_EDWARDS25519",
  "SYMMETRIC_DEFAULT",
  "HMAC_224",
  "HMAC_256",
  "HMAC_384",
  "HMAC_512",
  "SM2",
  "ML_DSA_44",
  "ML_DSA_65",
  "ML_DSA_87",
]

const notYet = (what: string): ServiceError => new ServiceError("NotImplemented", `the sandbox has no ${what} yet`, 501)

export const createKey: Handler = (call) => {
  const { input, store, caller, region } = call
  const spec = oneOf(input, "KeySpec", SPECS, optionalText(input, "CustomerMasterKeySpec") ?? "SYMMETRIC_DEFAULT")
  const usage = oneOf(input, "KeyUsage", USAGES, spec === "SYMMETRIC_DEFAULT" ? "ENCRYPT_DECRYPT" : "")
  if (usage === "")
    throw validation("You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.")
  checkUsage(spec, usage)
  const origin = oneOf(input, "Origin", ["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"], "AWS_KMS")
  const tags = readTags(list(input, "Tags"))
  if (spec !== "SYMMETRIC_DEFAULT") throw notYet(`keys of spec ${spec}`)
  if (origin !== "AWS_KMS" && origin !== "EXTERNAL") throw notYet("custom key stores")
  authorizeAccount(call, "CreateKey")
  const key = addNewKey(store, {
    account: caller.account,
    region,
    multiRegion: flag(input, "MultiRegion"),
    origin,
    description: optionalText(input, "Description") ?? "",
    policy: readPolicy(call, input) ?? defaultPolicy(caller.account, region),
    tags,
    manager: "CUSTOMER",
  })
  return { KeyMetadata: metadataOf(store, key) }
}

function checkUsage(spec: string, usage: string): void {
  const fits =
    spec === "SYMMETRIC_DEFAULT"
      ? usage === "ENCRYPT_DECRYPT"
      : spec.startsWith("HMAC")
        ? usage === "GENERATE_VERIFY_MAC"
        : spec.startsWith("RSA")
          ? usage === "ENCRYPT_DECRYPT" || usage === "SIGN_VERIFY"
          : usage === "SIGN_VERIFY" || usage === "KEY_AGREEMENT"
  if (!fits) throw validation(`KeyUsage ${usage} is not compatible with KeySpec ${spec}`)
}

export const describeKey: Handler = (call) => {
  const key = keyFor(call, text(call.input, "KeyId"), "DescribeKey")
  return { KeyMetadata: metadataOf(call.store, key) }
}

export const listKeys: Handler = (call) => {
  authorizeAccount(call, "ListKeys")
  const own = [...(call.store.keys.get(call.region)?.values() ?? [])].filter(
    (key) => key.account === call.caller.account,
  )
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
    const key = keyFor(call, text(call.input, "KeyId"), action)
    mustBeCustomers(call, key, action)
    if (key.state !== "Enabled" && key.state !== "Disabled") throw stateError(key)
    key.state = to
    return undefined
  }
}

export const enableKey = toggle("EnableKey", "Enabled")
export const disableKey = toggle("DisableKey", "Disabled")

export const scheduleKeyDeletion: Handler = (call) => {
  const { input, store } = call
  const days = optionalInteger(input, "PendingWindowInDays", 1, 365) ?? 30
  if (days < 7 || days > 30) throw validation("PendingWindowInDays must be between 7 and 30, inclusive.")
  const key = keyFor(call, text(input, "KeyId"), "ScheduleKeyDeletion", {
    "kms:ScheduleKeyDeletionPendingWindowInDays": String(days),
  })
  mustBeCustomers(call, key, "ScheduleKeyDeletion")
  mustNotBePending(key)
  if (key.state === "Creating" || key.state === "Updating") throw stateError(key)
  const waits = key.region === key.group.primaryRegion && relatedKeys(store, key.group).length > 1
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
    throw new ServiceError("KMSInvalidStateException", `${key.arn} is not pending deletion.`)
  }
  key.state = key.group.materials.length === 0 ? "PendingImport" : "Disabled"
  delete key.deletionAt
  delete key.pendingWindowDays
  return { KeyId: key.arn }
}
