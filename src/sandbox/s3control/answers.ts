import type { ServiceError, SandboxRequest, SandboxResponse } from "../core/exchange.ts"
import { leaf, node } from "../s3/xml.ts"

const NAMESPACE = "http://awss3control.amazonaws.com/doc/2018-08-20/"

const documentOf = (name: string, inner: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="${NAMESPACE}">${inner.join("")}</${name}>`

const idHeaders = (requestId: string): Record<string, string> => ({
  "x-amz-request-id": requestId,
  "x-amz-id-2": Buffer.from(`sandbox/${requestId}`).toString("base64"),
})

export function xmlAnswer(requestId: string, name: string, ...inner: readonly string[]): SandboxResponse {
  return {
    status: 200,
    headers: { ...idHeaders(requestId), "content-type": "application/xml" },
    body: documentOf(name, inner),
  }
}

export const emptyAnswer = (requestId: string, status = 200): SandboxResponse => ({
  status,
  headers: idHeaders(requestId),
  body: "",
})

/** Unlike S3's own, errors of S3 Control stand in an `ErrorResponse`. */
export function errorResponse(error: ServiceError, _request: SandboxRequest, requestId: string): SandboxResponse {
  const extra = Object.entries(error.extra).map(([name, value]) => leaf(name, value))
  return {
    status: error.status,
    headers: { ...idHeaders(requestId), "content-type": "application/xml" },
    body: documentOf("ErrorResponse", [
      node("Error", leaf("Code", error.code), leaf("Message", error.message), ...extra),
      leaf("RequestId", requestId),
      leaf("HostId", idHeaders(requestId)["x-amz-id-2"]),
    ]),
  }
}
