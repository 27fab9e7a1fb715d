import { ServiceError, type SandboxRequest, type SandboxResponse } from "../core/exchange.ts"
import { leaf, node } from "./xml.ts"

type Extra = Readonly<Record<string, string>>

export const noSuchBucket = (bucket: string): ServiceError =>
  new ServiceError("NoSuchBucket", "The specified bucket does not exist", 404, { BucketName: bucket })

export const noSuchKey = (key: string): ServiceError =>
  new ServiceError("NoSuchKey", "The specified key does not exist.", 404, { Key: key })

export const noSuchVersion = (key: string, versionId: string): ServiceError =>
  new ServiceError("NoSuchVersion", "The specified version does not exist.", 404, { Key: key, VersionId: versionId })

export const noSuchUpload = (uploadId: string): ServiceError =>
  new ServiceError(
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    404,
    { UploadId: uploadId },
  )

export const invalidArgument = (message: string, name?: string, value?: string): ServiceError =>
  new ServiceError("InvalidArgument", message, 400, {
    ...(name === undefined ? {} : { ArgumentName: name }),
    ...(value === undefined ? {} : { ArgumentValue: value }),
  })

export const invalidRequest = (message: string, extra: Extra = {}): ServiceError =>
  new ServiceError("InvalidRequest", message, 400, extra)

export const preconditionFailed = (header: string): ServiceError =>
  new ServiceError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412, {
    Condition: header,
  })

export const conditionalConflict = (header: string, key: string): ServiceError =>
  new ServiceError(
    "ConditionalRequestConflict",
    "The conditional request cannot succeed due to a conflicting operation against this resource.",
    409,
    { Condition: header, Key: key },
  )

export const notImplemented = (header: string): ServiceError =>
  new ServiceError("NotImplemented", "A header you provided implies functionality that is not implemented", 501, {
    Header: header,
  })

export const methodNotAllowed = (method: string): ServiceError =>
  new ServiceError("MethodNotAllowed", "The specified method is not allowed against this resource.", 405, {
    Method: method,
    ResourceType: "DeleteMarker",
  })

/** An archived object cannot be read; it is never restored here. */
export const invalidObjectState = (storageClass: string): ServiceError =>
  new ServiceError("InvalidObjectState", "The operation is not valid for the object's storage class", 403, {
    StorageClass: storageClass,
  })

export const accessDeniedByLock = (): ServiceError =>
  new ServiceError("AccessDenied", "Access Denied because object protected by object lock.", 403)

export const accessDenied = (): ServiceError => new ServiceError("AccessDenied", "Access Denied", 403)

/** S3's shape of an error; HEAD answers carry none, only the status. */
export function errorResponse(error: ServiceError, request: SandboxRequest, requestId: string): SandboxResponse {
  const headers: Record<string, string> = { "x-amz-request-id": requestId, "x-amz-id-2": hostIdOf(requestId) }
  const region = error.extra["Region"]
  if (region !== undefined) headers["x-amz-bucket-region"] = region
  if (error.code === "MethodNotAllowed") {
    headers["allow"] = "DELETE"
    headers["x-amz-delete-marker"] = "true"
  }
  if (request.method === "HEAD") return { status: error.status, headers, body: "" }
  headers["content-type"] = "application/xml"
  const body = node(
    "Error",
    leaf("Code", error.code),
    leaf("Message", error.message),
    ...Object.entries(error.extra).map(([name, value]) => leaf(name, value)),
    leaf("RequestId", requestId),
    leaf("HostId", hostIdOf(requestId)),
  )
  return { status: error.status, headers, body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}` }
}

const hostIdOf = (requestId: string): string => Buffer.from(`sandbox/${requestId}`).toString("base64")
