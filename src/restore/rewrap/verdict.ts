import type { KeyArn } from "../../kernel/brands.ts"
import type { CallError } from "../data-plane.ts"
import { isBase64 } from "./entry.ts"
import type { ReEncrypted } from "./ports.ts"

/** How one key ended. */
export type KeyResult =
  | { readonly kind: "done"; readonly ciphertext: string }
  | { readonly kind: "failed" | "unknown"; readonly code: string; readonly message: string }
  /** AWS refused in a way that the next key would meet as well: several in a row stop the run. */
  | { readonly kind: "refused"; readonly error: CallError }

/** What an answer to ReEncrypt is worth. A ciphertext under any other key than the planned one is none. */
export function judge(answer: ReEncrypted, from: KeyArn, to: KeyArn): KeyResult {
  if (answer.sourceKeyArn !== from)
    return wrong("WRONG_SOURCE_KEY", `KMS opened it with ${answer.sourceKeyArn || "no key"} instead of ${from}`)
  if (answer.keyArn !== to)
    return wrong("WRONG_KEY", `KMS encrypted under ${answer.keyArn || "no key"} instead of ${to}`)
  if (!isBase64(answer.ciphertext)) return wrong("NO_CIPHERTEXT", "KMS answered without a ciphertext")
  return { kind: "done", ciphertext: answer.ciphertext }
}

const wrong = (code: string, message: string): KeyResult => ({ kind: "failed", code, message })

/** What an error means for this key: `again` is sent once more, later. */
export function verdictOf(error: CallError): "again" | "throttled" | "refused" | "stop" | "failed" {
  switch (error.class) {
    case "throttled":
    case "kms-throttled":
      return "throttled"
    case "transient":
    case "broken":
    case "expired-token":
    case "conflict":
      return "again"
    case "access-denied":
    case "key-state":
    case "not-found": // the key
      return "refused"
    case "credentials":
    case "wrong-region":
    case "not-implemented":
      return "stop"
    case "precondition":
    case "refused":
      return "failed"
  }
}
