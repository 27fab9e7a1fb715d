import { messageOf } from "../../kernel/errors.ts"
import type { WireError } from "./transport.ts"

/** undici's names for what Node and the SDK call otherwise, as far as src/aws/errors.ts must tell them apart. */
const CODES: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: "ECONNRESET",
  UND_ERR_CONNECT_TIMEOUT: "ETIMEDOUT",
  UND_ERR_ABORTED: "AbortError",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "E_ANSWER",
  UND_ERR_RES_EXCEEDED_MAX_SIZE: "E_ANSWER",
  UND_ERR_HEADERS_OVERFLOW: "E_ANSWER",
}

export function wireErrorOf(thrown: unknown, sent: boolean): WireError {
  const given = codeOf(thrown)
  const code = CODES[given] ?? (given.startsWith("HPE_") ? "E_ANSWER" : given)
  return { code, message: messageOf(thrown), sent }
}

/** An AggregateError of several addresses has the code of the first. */
function codeOf(thrown: unknown): string {
  const { code, errors, name } = thrown as { code?: string; errors?: readonly unknown[]; name?: string }
  if (typeof code === "string" && code !== "") return code
  if (errors !== undefined && errors.length > 0) return codeOf(errors[0])
  return name ?? "Error"
}
