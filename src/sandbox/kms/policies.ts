import { ServiceError } from "../core/exchange.ts"
import type { AccessQuestion } from "../core/world.ts"
import { refusalOf } from "../authorize/stored-policy.ts"
import { constraint } from "./errors.ts"
import { flag, optionalText, text } from "./input.ts"
import type { Facts } from "./key-facts.ts"
import { keyFor, mustBeCustomers, type Handler, type KmsCall } from "./kms-call.ts"
import { pageOf } from "./page.ts"
import { questionAbout } from "./question.ts"

/** Of the Policy member. Source: SDK kms PutKeyPolicyRequest. */
const PATTERN = String.raw`[\u0009\u000A\u000D\u0020-\u00FF]+`
const CHARACTERS = new RegExp(`^${PATTERN}$`)

const malformed = (message: string): ServiceError => new ServiceError("MalformedPolicyDocumentException", message)

/** The key that a policy is for, which may not exist yet. */
export type PolicySubject = Omit<AccessQuestion, "caller" | "action" | "resourcePolicy">

/** The policy of the request: JSON, and one that does not lock its author out, unless the check is bypassed. */
export function readPolicy(call: KmsCall, subject: PolicySubject): string | undefined {
  const policy = optionalText(call.input, "Policy")
  if (policy === undefined) return undefined
  if (policy.length > 32_768)
    throw new ServiceError("LimitExceededException", "The key policy exceeds the maximum size of 32768 bytes")
  if (!CHARACTERS.test(policy)) throw constraint("policy", `satisfy regular expression pattern: ${PATTERN}`, policy)
  const refusal = refusalOf(policy, "key")
  if (refusal !== undefined) throw malformed(refusal)
  if (!flag(call.input, "BypassPolicyLockoutSafetyCheck") && !keepsItsAuthor(call, subject, policy)) {
    throw malformed("The new key policy will not allow you to update the key policy in the future.")
  }
  return policy
}

const keepsItsAuthor = (call: KmsCall, subject: PolicySubject, policy: string): boolean =>
  call.store.world.authorizer.allows({
    ...subject,
    caller: call.caller,
    action: "kms:PutKeyPolicy",
    resourcePolicy: policy,
  })

export const bypassFacts = (call: KmsCall): Facts => ({
  "kms:BypassPolicyLockoutSafetyCheck": String(flag(call.input, "BypassPolicyLockoutSafetyCheck")),
})

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
  const key = keyFor(call, text(call.input, "KeyId"), "PutKeyPolicy", bypassFacts(call))
  mustBeCustomers(call, key, "PutKeyPolicy")
  const question = questionAbout(call.store, call, key, "PutKeyPolicy", { context: bypassFacts(call), grants: [] })
  key.policy = readPolicy(call, question) ?? key.policy
  return undefined
}

export const listKeyPolicies: Handler = (call) => {
  const key = keyFor(call, text(call.input, "KeyId"), "ListKeyPolicies")
  const page = pageOf(call, `policies ${key.arn}`, ["default"], (name) => name, 1000, 100)
  return { PolicyNames: page.items, ...page.tail }
}
