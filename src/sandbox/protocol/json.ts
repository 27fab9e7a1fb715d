import { ServiceError, type SandboxRequest, type SandboxResponse } from "../core/exchange.ts"

const TYPE = "application/x-amz-json-1.1"

export function jsonAnswer(value: object | undefined, requestId: string): SandboxResponse {
  return {
    status: 200,
    headers: { "content-type": TYPE, "x-amzn-requestid": requestId },
    body: value === undefined ? "" : JSON.stringify(value),
  }
}

/** `message` is left out where AWS sends none. */
export function jsonError(error: ServiceError, requestId: string): SandboxResponse {
  return {
    status: error.status,
    headers: { "content-type": TYPE, "x-amzn-requestid": requestId, "x-amzn-errortype": error.code },
    body: JSON.stringify(
      error.message === "" ? { __type: error.code } : { __type: error.code, message: error.message },
    ),
  }
}

/** The operation named in `X-Amz-Target: <prefix>.<Operation>`. */
export function targetOperation(request: SandboxRequest, prefix: string): string | undefined {
  const target = request.headers["x-amz-target"]
  return target?.startsWith(`${prefix}.`) ? target.slice(prefix.length + 1) : undefined
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
