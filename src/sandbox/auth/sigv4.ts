import { createHash, createHmac, timingSafeEqual } from "node:crypto"

export interface Scope {
  readonly accessKeyId: string
  /** `20261124` */
  readonly date: string
  readonly region: string
  readonly service: string
}

export interface Signable {
  readonly method: string
  /** As on the wire. */
  readonly rawPath: string
  readonly query: ReadonlyArray<readonly [string, string]>
  readonly headers: Readonly<Record<string, string>>
}

export const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

export const sha256 = (bytes: Buffer | string): string =>
  typeof bytes === "string"
    ? createHash("sha256").update(bytes, "latin1").digest("hex")
    : createHash("sha256").update(bytes).digest("hex")

const hmac = (key: Buffer | string, text: string): Buffer => createHmac("sha256", key).update(text).digest()

const derived = new Map<string, Buffer>()
const MAX_DERIVED = 4096

/** Deriving costs four HMACs, so it is done once per key, day, Region and service. */
export function signingKey(scope: Scope, secretAccessKey: string): Buffer {
  const name = `${scope.accessKeyId}/${scope.date}/${scope.region}/${scope.service}/${secretAccessKey}`
  const known = derived.get(name)
  if (known !== undefined) return known
  const date = hmac(`AWS4${secretAccessKey}`, scope.date)
  const key = hmac(hmac(hmac(date, scope.region), scope.service), "aws4_request")
  if (derived.size >= MAX_DERIVED) derived.clear()
  derived.set(name, key)
  return key
}

export const scopeText = (scope: Scope): string => `${scope.date}/${scope.region}/${scope.service}/aws4_request`

export function signText(key: Buffer, text: string): string {
  return hmac(key, text).toString("hex")
}

/**
 * The canonical request. S3 signs the path as it is on the wire; every other service encodes it once more after
 * folding dot segments. Header bytes are hashed as they came (latin1 keeps them).
 */
export function canonicalRequest(
  request: Signable,
  signedHeaders: readonly string[],
  payloadHash: string,
  service: string,
): string {
  let headers = ""
  for (const name of signedHeaders) headers += `${name}:${canonicalValue(request.headers[name] ?? "")}\n`
  const path = service === "s3" ? request.rawPath : encodedPath(request.rawPath)
  return `${request.method}\n${path}\n${canonicalQuery(request.query)}\n${headers}\n${signedHeaders.join(";")}\n${payloadHash}`
}

export function stringToSign(time: string, scope: Scope, canonical: string): string {
  return `AWS4-HMAC-SHA256\n${time}\n${scopeText(scope)}\n${sha256(canonical)}`
}

export function sameSignature(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  return timingSafeEqual(Buffer.from(a, "latin1"), Buffer.from(b, "latin1"))
}

const canonicalValue = (value: string): string => value.trim().replace(/\s+/g, " ")

function canonicalQuery(query: Signable["query"]): string {
  if (query.length === 0) return ""
  const pairs = query.map(([name, value]): [string, string] => [encode(name), encode(value)])
  pairs.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
  return pairs.map(([name, value]) => `${name}=${value}`).join("&")
}

function encodedPath(rawPath: string): string {
  if (rawPath === "/") return rawPath
  const folded: string[] = []
  for (const segment of rawPath.split("/")) {
    if (segment === "..") folded.pop()
    else if (segment !== "." && segment !== "") folded.push(segment)
  }
  const end = folded.length > 0 && /(?:^|\/)\.{0,2}$/.test(rawPath) ? "/" : ""
  return `/${folded.map(encode).join("/")}${end}`
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
