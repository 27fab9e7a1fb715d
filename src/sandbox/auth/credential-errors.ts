import { QUERY_SERVICES, ServiceError, type ServiceName } from "../core/exchange.ts"

export type CredentialFault =
  | "unknown-key"
  | "bad-signature"
  | "expired-session"
  | "bad-token"
  | "no-credentials"
  | "clock-off"
  | "body-hash"
  | "wrong-service"

type Row = readonly [json: string, query: string, s3: string, s3Status: number, message: string]

const MISMATCH =
  "The request signature we calculated does not match the signature you provided. Check your key and signing method."

/** facts/sandbox.md section 7, "Credential errors". JSON services answer 400, query services 403. */
const ROWS: Readonly<Record<CredentialFault, Row>> = {
  "unknown-key": [
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    403,
    "The security token included in the request is invalid.",
  ],
  "bad-signature": ["InvalidSignatureException", "SignatureDoesNotMatch", "SignatureDoesNotMatch", 403, MISMATCH],
  "expired-session": [
    "ExpiredTokenException",
    "ExpiredToken",
    "ExpiredToken",
    400,
    "The security token included in the request is expired",
  ],
  "bad-token": [
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidToken",
    400,
    "The security token included in the request is invalid.",
  ],
  "no-credentials": [
    "MissingAuthenticationTokenException",
    "MissingAuthenticationToken",
    "AccessDenied",
    403,
    "Request is missing Authentication Token",
  ],
  "clock-off": [
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "RequestTimeTooSkewed",
    403,
    "Signature expired: the request's time is more than 15 minutes from the server's",
  ],
  "body-hash": ["InvalidSignatureException", "SignatureDoesNotMatch", "XAmzContentSHA256Mismatch", 400, MISMATCH],
  "wrong-service": [
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "AuthorizationHeaderMalformed",
    400,
    "Credential should be scoped to correct service.",
  ],
}

const S3_MESSAGES: Partial<Record<CredentialFault, string>> = {
  "unknown-key": "The AWS Access Key Id you provided does not exist in our records.",
  "expired-session": "The provided token has expired.",
  "bad-token": "The provided token is malformed or otherwise invalid.",
  "no-credentials": "Access Denied",
  "clock-off": "The difference between the request time and the current time is too large.",
  "body-hash": "The provided 'x-amz-content-sha256' header does not match what was computed.",
}

/** The same fault in the words of the service that was called. */
export function credentialError(
  fault: CredentialFault,
  service: ServiceName,
  extra: Readonly<Record<string, string>> = {},
): ServiceError {
  const [json, query, s3, s3Status, message] = ROWS[fault]
  if (service === "s3") return new ServiceError(s3, S3_MESSAGES[fault] ?? message, s3Status, extra)
  if (QUERY_SERVICES.has(service)) return new ServiceError(query, message, 403)
  return new ServiceError(json, message, 400)
}
