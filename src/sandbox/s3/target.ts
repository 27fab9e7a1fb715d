import { ServiceError, type SandboxRequest } from "../core/exchange.ts"

export interface Target {
  readonly bucket?: string
  /** Undecoded; absent when the request is about the bucket. */
  readonly rawKey?: string
}

/**
 * Bucket and key of a request, path style or `BUCKET.localhost`. Undefined for hosts and paths that are not S3's (S3
 * Control puts an account id into the host). The path is never normalised: `a//b/../c` is a key.
 */
export function targetOf(request: SandboxRequest): Target | undefined {
  if (request.headers["x-amz-account-id"] !== undefined) return undefined
  const path = request.rawPath.startsWith("/") ? request.rawPath.slice(1) : request.rawPath
  const virtual = virtualBucket(request.headers["host"] ?? "")
  if (virtual !== undefined) return path === "" ? { bucket: virtual } : { bucket: virtual, rawKey: path }
  if (path === "") return {}
  const slash = path.indexOf("/")
  const bucket = decodeSegment(slash < 0 ? path : path.slice(0, slash))
  if (bucket === undefined || bucket === "") return undefined
  const rawKey = slash < 0 ? "" : path.slice(slash + 1)
  return rawKey === "" ? { bucket } : { bucket, rawKey }
}

function virtualBucket(host: string): string | undefined {
  const name = host.replace(/:\d+$/, "").toLowerCase()
  return name.endsWith(".localhost") ? name.slice(0, -".localhost".length) : undefined
}

function decodeSegment(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** @throws ServiceError InvalidURI, KeyTooLongError */
export function decodeKey(raw: string): string {
  const key = decodeSegment(raw)
  if (key === undefined) throw new ServiceError("InvalidURI", "Couldn't parse the specified URI.", 400, { URI: raw })
  const size = Buffer.byteLength(key)
  if (size > 1024) {
    throw new ServiceError("KeyTooLongError", "Your key is too long", 400, {
      Size: String(size),
      MaxSizeAllowed: "1024",
    })
  }
  return key
}
