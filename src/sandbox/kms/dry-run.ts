import { ServiceError } from "../core/exchange.ts"
import { constraint, notYet, validation } from "./errors.ts"
import { flag, optionalText, texts } from "./input.ts"
import type { KmsCall } from "./kms-call.ts"

/** Everything was checked; nothing is done. */
export function stopIfDryRun(call: KmsCall): void {
  if (!flag(call.input, "DryRun")) return
  throw new ServiceError("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")
}

/**
 * A dry run that asks for access only and brings no ciphertext: the key must then be named in `keyMember`. Modifiers
 * without DryRun mean nothing.
 */
export function ignoresCiphertext(call: KmsCall, keyMember: string): boolean {
  const modifiers = texts(call.input, "DryRunModifiers")
  const unknown = modifiers.find((each) => each !== "IGNORE_CIPHERTEXT")
  if (unknown !== undefined) throw constraint("dryRunModifiers", "satisfy enum value set: [IGNORE_CIPHERTEXT]", unknown)
  if (modifiers.length === 0 || !flag(call.input, "DryRun")) return false
  if (optionalText(call.input, keyMember) === undefined)
    throw validation(`${keyMember} is required when DryRunModifiers is IGNORE_CIPHERTEXT.`)
  return true
}

/** An enclave must never get a plaintext where it asked for a sealed one. */
export function refuseRecipient(call: KmsCall): void {
  if (call.input["Recipient"] !== undefined) throw notYet("attestation of enclaves")
}
