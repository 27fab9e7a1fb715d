import { ServiceError, type SandboxRequest, type SandboxResponse } from "../core/exchange.ts"

type JsonVersion = "1.0" | "1.1"

const typeOf = (version: JsonVersion): string => `application/x-amz-json-${version}`

export function jsonAnswer(
  value: object | undefined,
  requestId: string,
  version: JsonVersion = "1.1",
): SandboxResponse {
  return {
    status: 200,
    headers: { "content-type": typeOf(version), "x-amzn-requestid": requestId },
    body: value === undefined ? "" : JSON.stringify(value),
  }
}

/** `message` is left out where AWS sends none; what else an error carries (`Reason`) stands beside it. */
export function jsonError(error: ServiceError, requestId: string, version: JsonVersion = "1.1"): SandboxResponse {
  return {
    status: error.status,
    headers: { "content-type": typeOf(version), "x-amzn-requestid": requestId, "x-amzn-errortype": error.code },
    body: JSON.stringify({
      __type: error.code,
      ...(error.message === "" ? {} : { message: error.message }),
      ...error.extra,
    }),
  }
}

/** The operation named in `X-Amz-Target: <prefix>.<Operation>`; some clients write a package name before it. */
export function targetOperation(request: SandboxRequest, prefix: string): string | undefined {
  const target = request.headers["x-amz-target"] ?? ""
  const cut = target.lastIndexOf(".")
  const named = target.slice(0, Math.max(cut, 0))
  return named === prefix || named.endsWith(`.${prefix}`) ? target.slice(cut + 1) : undefined
}

export function readJson(request: SandboxRequest): Readonly<Record<string, unknown>> {
  if (request.body.length === 0) return {}
  try {
    const value: unknown = JSON.parse(request.body.toString("utf8"))
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Told below.
  }
  throw new ServiceError("SerializationException", "")
}
