import type { SandboxResponse } from "../core/exchange.ts"
import { answerHeaders, type S3Call } from "./s3-call.ts"

type Headers = Readonly<Record<string, string | undefined>>

/** Leaves out the headers without a value. */
export function present(headers: Headers): Record<string, string> {
  const out: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) out[name] = value
  return out
}

export function xmlAnswer(s3: S3Call, body: string, headers: Headers = {}): SandboxResponse {
  return {
    status: 200,
    headers: { ...answerHeaders(s3), "content-type": "application/xml", ...present(headers) },
    body,
  }
}

export function emptyAnswer(s3: S3Call, status = 200, headers: Headers = {}): SandboxResponse {
  return { status, headers: { ...answerHeaders(s3), ...present(headers) }, body: "" }
}
