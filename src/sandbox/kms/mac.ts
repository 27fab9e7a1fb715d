import { createHmac, timingSafeEqual } from "node:crypto"
import { ServiceError } from "../core/exchange.ts"
import { stopIfDryRun } from "./dry-run.ts"
import { stateError, wrongAlgorithm, wrongUsage } from "./errors.ts"
import { bytes, oneOf, text } from "./input.ts"
import type { KmsKey } from "./key.ts"
import { KEY_SPECS } from "./key-spec.ts"
import { keyFor, mustBeEnabled, type Handler, type KmsCall } from "./kms-call.ts"
import { secretOf } from "./material.ts"
import { recordUse } from "./usage.ts"

const ALGORITHMS = ["HMAC_SHA_384", "HMAC_SHA_256", "HMAC_SHA_224", "HMAC_SHA_512"]

interface Macing {
  readonly key: KmsKey
  readonly algorithm: string
  readonly mac: Buffer
}

function macOf(call: KmsCall, operation: "GenerateMac" | "VerifyMac"): Macing {
  const message = bytes(call.input, "Message", 4096)
  text(call.input, "MacAlgorithm")
  const algorithm = oneOf(call.input, "MacAlgorithm", ALGORITHMS, "")
  const key = keyFor(call, text(call.input, "KeyId"), operation, { "kms:MacAlgorithm": algorithm })
  const { mac } = KEY_SPECS[key.group.spec]
  if (mac === undefined) throw wrongUsage(key, operation)
  if (mac.algorithm !== algorithm) throw wrongAlgorithm(algorithm, key.group.spec)
  mustBeEnabled(key)
  const material = key.group.materials.at(-1)
  const secret = material === undefined ? undefined : secretOf(key, material)
  if (secret === undefined) throw stateError({ ...key, state: "PendingImport" })
  return { key, algorithm, mac: createHmac(mac.hash, secret).update(message).digest() }
}

export const generateMac: Handler = (call) => {
  const { key, algorithm, mac } = macOf(call, "GenerateMac")
  stopIfDryRun(call)
  recordUse(call.store, key, "GenerateMac", call)
  return { Mac: mac.toString("base64"), MacAlgorithm: algorithm, KeyId: key.arn }
}

export const verifyMac: Handler = (call) => {
  const given = bytes(call.input, "Mac", 6144)
  const { key, algorithm, mac } = macOf(call, "VerifyMac")
  if (given.length !== mac.length || !timingSafeEqual(given, mac)) throw new ServiceError("KMSInvalidMacException", "")
  stopIfDryRun(call)
  recordUse(call.store, key, "VerifyMac", call)
  return { KeyId: key.arn, MacValid: true, MacAlgorithm: algorithm }
}
