import { ServiceError } from "../core/exchange.ts"
import { parsePolicy, wouldAllow } from "../authorize/policy.ts"
import { flag, optionalText, text, type Input } from "./input.ts"
import { keyFor, mustBeCustomers, type Handler, type KmsCall } from "./kms-call.ts"
import { pageOf } from "./page.ts"

const malformed = (message: string): ServiceError => new ServiceError("MalformedPolicyDocumentException", message)

/** The policy of the request: JSON, and one that does not lock its author out, unless the check is bypassed. */
export function readPolicy(call: KmsCall, input: Input): string | undefined {
  const policy = optionalText(input, "Policy")
  if (policy === undefined) return undefined
  if (policy.length > 32_768)
    throw new ServiceError("LimitExceededException", "The key policy exceeds the maximum size of 32768 bytes")
  const parsed = parsePolicy(policy)
  if (parsed === undefined)
    throw malformed("Policy contains a statement with one or more invalid elements or is no valid JSON")
  if (!flag(input, "BypassPolicyLockoutSafetyCheck") && !wouldAllow(parsed, call.caller, "kms:PutKeyPolicy")) {
    throw malformed("The new key policy will not allow you to update the key policy in the future.")
  }
  return policy
}

function checkName(call: KmsCall): void {
  const name = optionalText(call.input, "PolicyName")
  if (name !== undefined && name !== "default") throw new ServiceError("NotFoundException", `No such policy exists`)
}

export const getKeyPolicy: Handler = (call) => {
  checkName(call)
  const key = keyFor(call, text(call.input, "KeyId"), "GetKeyPolicy")
  return { Policy: key.policy, PolicyName: "default" }
}

export const putKeyPolicy: Handler = (call) => {
  checkName(call)
  text(call.input, "Policy")
  const key = keyFor(call, text(call.input, "KeyId"), "PutKeyPolicy")
  mustBeCustomers(call, key, "PutKeyPolicy")
  key.policy = readPolicy(call, call.input) ?? key.policy
  return undefined
}

export const listKeyPolicies: Handler = (call) => {
  const key = keyFor(call, text(call.input, "KeyId"), "ListKeyPolicies")
  const page = pageOf(call, `policies ${key.arn}`, ["default"], (name) => name, 1000, 100)
  return { PolicyNames: page.items, ...page.tail }
}
