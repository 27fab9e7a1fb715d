import { QUERY_SERVICES, ServiceError, type SandboxResponse, type ServiceName } from "../core/exchange.ts"
import { credentialError } from "../auth/credential-errors.ts"
import type { ErrorIn200, FaultRule } from "./rules.ts"

/** The error that a rule makes of a call before it is handled; undefined = the rule works otherwise. */
export function faultError(rule: FaultRule, service: ServiceName): ServiceError | undefined {
  // S3 Control answers and signs as S3.
  const rest = service === "s3" || service === "s3control"
  const json = !rest && !QUERY_SERVICES.has(service)
  const message = rule.message
  switch (rule.kind) {
    case "deny":
      return json
        ? new ServiceError("AccessDeniedException", message ?? "access was denied by the fault script")
        : new ServiceError("AccessDenied", message ?? "Access Denied", 403)
    case "throttle":
      if (rest) return new ServiceError("SlowDown", message ?? "Please reduce your request rate.", 503)
      return json
        ? new ServiceError("ThrottlingException", message ?? "Rate exceeded")
        : new ServiceError("Throttling", message ?? "Rate exceeded")
    case "error":
      return new ServiceError(
        rule.code ?? "InternalError",
        message ?? "We encountered an internal error. Please try again.",
        rule.status ?? 500,
      )
    case "expired-token":
      return credentialError("expired-session", rest ? "s3" : service)
    case "redirect":
      return new ServiceError(
        "PermanentRedirect",
        message ?? "The bucket you are attempting to access must be addressed using the specified endpoint.",
        301,
      )
    default:
      return undefined
  }
}

const ERROR_XML =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InternalError</Code><Message>We encountered an internal error. Please try again.</Message></Error>'

const BODIES: Readonly<Record<ErrorIn200, string>> = {
  error: ERROR_XML,
  "trailing-newline": `${ERROR_XML}\n`,
  html: "<html><body><h1>503 Service Unavailable</h1></body></html>",
  "wrong-root": '<?xml version="1.0" encoding="UTF-8"?>\n<Result><Status>ok</Status></Result>',
  empty: "",
}

/** Status 200, and nothing was done. */
export function errorIn200(rule: FaultRule, requestId: string): SandboxResponse {
  return {
    status: 200,
    headers: { "content-type": "application/xml", "x-amz-request-id": requestId },
    body: BODIES[rule.variant ?? "error"],
  }
}

/** One bit of the body's middle byte is flipped; length and headers stay. */
export function corrupted(response: SandboxResponse): SandboxResponse {
  const body = Buffer.from(response.body)
  const at = body.length >> 1
  if (body.length > 0) body[at] = (body[at] ?? 0) ^ 0x01
  return { ...response, body }
}
