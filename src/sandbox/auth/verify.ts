import type { Caller, ServiceName } from "../core/exchange.ts"
import { ServiceError } from "../core/exchange.ts"
import { credentialError } from "./credential-errors.ts"
import type { CredentialStore } from "./credentials.ts"
import {
  canonicalRequest,
  sameSignature,
  sha256,
  signText,
  signingKey,
  stringToSign,
  type Scope,
  type Signable,
} from "./sigv4.ts"

/** What a request claims about who signed it; nothing is proven yet. */
export interface Claim {
  readonly scope: Scope
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** `20261124T021704Z` */
  readonly time: string
  /** Seconds; pre-signed links only. */
  readonly expires?: number
  readonly presigned: boolean
  readonly token: string | undefined
}

export interface Verified {
  readonly caller: Caller
  readonly key: Buffer
}

const FIFTEEN_MINUTES = 15 * 60_000
const SEVEN_DAYS_S = 604_800
const HEX_64 = /^[0-9a-f]{64}$/
const STREAMING = new Set([
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
])

/** Undefined = the request carries no signature of version 4. */
export function readClaim(request: Signable): Claim | undefined {
  const header = request.headers["authorization"]
  if (header !== undefined) return headerClaim(header, request)
  return request.query.length === 0 ? undefined : queryClaim(request)
}

function headerClaim(header: string, request: Signable): Claim | undefined {
  if (!header.startsWith("AWS4-HMAC-SHA256")) return undefined
  const scope = scopeOf(part(header, "Credential="))
  const signedHeaders = part(header, "SignedHeaders=")
  const signature = part(header, "Signature=")
  if (scope === undefined || signedHeaders === undefined || signature === undefined) return undefined
  const time = request.headers["x-amz-date"] ?? ""
  return {
    scope,
    signedHeaders: signedHeaders.split(";"),
    signature,
    time,
    presigned: false,
    token: request.headers["x-amz-security-token"],
  }
}

function queryClaim(request: Signable): Claim | undefined {
  const query = new Map(request.query)
  if (query.get("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256") return undefined
  const scope = scopeOf(query.get("X-Amz-Credential"))
  const signature = query.get("X-Amz-Signature")
  if (scope === undefined || signature === undefined) return undefined
  return {
    scope,
    signature,
    signedHeaders: (query.get("X-Amz-SignedHeaders") ?? "").split(";"),
    time: query.get("X-Amz-Date") ?? "",
    expires: Number(query.get("X-Amz-Expires") ?? Number.NaN),
    presigned: true,
    token: query.get("X-Amz-Security-Token"),
  }
}

function part(header: string, name: string): string | undefined {
  const start = header.indexOf(name)
  if (start < 0) return undefined
  const end = header.indexOf(",", start)
  return header.slice(start + name.length, end < 0 ? undefined : end).trim()
}

function scopeOf(text: string | undefined): Scope | undefined {
  const [accessKeyId, date, region, service, end] = text?.split("/") ?? []
  if (!accessKeyId || !date || !region || !service || end !== "aws4_request") return undefined
  return { accessKeyId, date, region, service }
}

export interface Clocks {
  wall(): number
  now(): number
}

/**
 * Proves the claim or throws the service's own error. The wall clock judges the signature's age, the virtual one the
 * session's. @throws ServiceError
 */
export function verify(
  request: Signable & { readonly body: Buffer },
  claim: Claim,
  service: ServiceName,
  store: CredentialStore,
  clocks: Clocks,
): Verified {
  const credential = store.find(claim.scope.accessKeyId)
  if (credential === undefined) {
    throw credentialError("unknown-key", service, { AWSAccessKeyId: claim.scope.accessKeyId })
  }
  checkTime(claim, service, clocks)
  if (claim.token !== credential.sessionToken) throw credentialError("bad-token", service)
  checkSignedHeaders(request, claim, service)
  const payload = payloadHash(request, claim, service)
  const query = claim.presigned ? request.query.filter(([name]) => name !== "X-Amz-Signature") : request.query
  const canonical = canonicalRequest({ ...request, query }, claim.signedHeaders, payload.signed, service)
  const key = signingKey(claim.scope, credential.secretAccessKey)
  if (!sameSignature(signText(key, stringToSign(claim.time, claim.scope, canonical)), claim.signature)) {
    throw credentialError("bad-signature", service)
  }
  if (payload.actual !== undefined && payload.actual !== payload.signed) {
    throw credentialError("body-hash", service, {
      ClientComputedContentSHA256: payload.signed,
      S3ComputedContentSHA256: payload.actual,
    })
  }
  const { session } = credential.caller
  if (session !== undefined && session.expiresAt <= clocks.now()) throw credentialError("expired-session", service)
  return { caller: credential.caller, key }
}

function checkTime(claim: Claim, service: ServiceName, clocks: Clocks): void {
  const signedAt = timeOf(claim.time)
  if (!Number.isFinite(signedAt) || !claim.time.startsWith(claim.scope.date))
    throw credentialError("bad-signature", service)
  const age = clocks.wall() - signedAt
  if (age < -FIFTEEN_MINUTES) throw credentialError("clock-off", service)
  if (!claim.presigned) {
    if (age > FIFTEEN_MINUTES) throw credentialError("clock-off", service)
    return
  }
  const expires = claim.expires ?? Number.NaN
  if (!(expires >= 1 && expires <= SEVEN_DAYS_S)) {
    throw new ServiceError(
      "AuthorizationQueryParametersError",
      "X-Amz-Expires must be a number between 1 and 604800 seconds",
    )
  }
  if (age <= expires * 1000) return
  throw new ServiceError("AccessDenied", "Request has expired", 403, {
    "X-Amz-Expires": String(expires),
    Expires: new Date(signedAt + expires * 1000).toISOString(),
    ServerTime: new Date(clocks.wall()).toISOString(),
  })
}

function timeOf(text: string): number {
  if (text.length !== 16 || text[8] !== "T") return Number.NaN
  const digits = (from: number, to: number): number => Number(text.slice(from, to))
  return Date.UTC(digits(0, 4), digits(4, 6) - 1, digits(6, 8), digits(9, 11), digits(11, 13), digits(13, 15))
}

function checkSignedHeaders(request: Signable, claim: Claim, service: ServiceName): void {
  const signed = new Set(claim.signedHeaders)
  if (!signed.has("host")) throw credentialError("bad-signature", service)
  const missing: string[] = []
  for (const name in request.headers) if (name.startsWith("x-amz-") && !signed.has(name)) missing.push(name)
  if (missing.length === 0) return
  if (service !== "s3") throw credentialError("bad-signature", service)
  throw new ServiceError("AccessDenied", "There were headers present in the request which were not signed", 403, {
    HeadersNotSigned: missing.join(", "),
  })
}

/** `actual` is set when the signed value is a digest that the body must have. */
function payloadHash(
  request: Signable & { readonly body: Buffer },
  claim: Claim,
  service: ServiceName,
): { signed: string; actual?: string } {
  if (service !== "s3") return { signed: sha256(request.body) }
  const declared = request.headers["x-amz-content-sha256"]
  if (claim.presigned && (declared === undefined || declared === "UNSIGNED-PAYLOAD"))
    return { signed: "UNSIGNED-PAYLOAD" }
  if (declared === "UNSIGNED-PAYLOAD" || STREAMING.has(declared ?? "")) return { signed: declared ?? "" }
  if (declared !== undefined && HEX_64.test(declared)) return { signed: declared, actual: sha256(request.body) }
  throw new ServiceError(
    "InvalidArgument",
    "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
    400,
    { ArgumentName: "x-amz-content-sha256", ArgumentValue: declared ?? "null" },
  )
}
