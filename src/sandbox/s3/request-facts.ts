import type { SandboxRequest } from "../core/exchange.ts"
import type { Conditions } from "../core/world.ts"
import type { Tags } from "./state.ts"

/** Condition keys of s3 that a request fills by itself. Source: Service Authorization Reference, Amazon S3. */

/** What every request tells. `s3:signatureAge` is left out: it is measured on the wall clock, which services do not see. */
export function requestFacts(request: SandboxRequest): Conditions {
  const presigned = request.query.some(([name]) => name === "X-Amz-Signature")
  const hash = request.headers["x-amz-content-sha256"]
  const facts = {
    "s3:authType": presigned ? "REST-QUERY-STRING" : "REST-HEADER",
    "s3:signatureversion": "AWS4-HMAC-SHA256",
  }
  return hash === undefined ? facts : { ...facts, "s3:x-amz-content-sha256": hash }
}

/** Headers of a write that are condition keys under the name `s3:<header>`. */
const WRITE_HEADERS = [
  "x-amz-acl",
  "x-amz-copy-source",
  "x-amz-grant-full-control",
  "x-amz-grant-read",
  "x-amz-grant-read-acp",
  "x-amz-grant-write",
  "x-amz-grant-write-acp",
  "x-amz-metadata-directive",
  "x-amz-object-ownership",
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-server-side-encryption-customer-algorithm",
  "x-amz-storage-class",
  "x-amz-website-redirect-location",
  "if-match",
  "if-none-match",
] as const

const KEYED = WRITE_HEADERS.map((header) => [header, `s3:${header}`] as const)

export function writeHeaderFacts(headers: Readonly<Record<string, string>>): Record<string, string> {
  const facts: Record<string, string> = {}
  for (const [header, key] of KEYED) {
    const value = headers[header]
    // Policies name the source as `bucket/key`, whether or not the client wrote a slash before it.
    if (value !== undefined) facts[key] = header === "x-amz-copy-source" ? value.replace(/^\//, "") : value
  }
  return facts
}

const NONE: Conditions = {}

/** Tags that a request gives to an object. */
export function requestTagFacts(tags: Tags): Conditions {
  if (tags.length === 0) return NONE
  const facts: Record<string, string | readonly string[]> = { "s3:RequestObjectTagKeys": tags.map(([name]) => name) }
  for (const [name, value] of tags) facts[`s3:RequestObjectTag/${name}`] = value
  return facts
}

/** Tags that an object has already. */
export function existingTagFacts(tags: Tags): Conditions {
  if (tags.length === 0) return NONE
  return Object.fromEntries(tags.map(([name, value]) => [`s3:ExistingObjectTag/${name}`, value]))
}

/** Tags that a request gives to a bucket or a job: the keys that all services share. */
export function resourceTagFacts(tags: Tags): Conditions {
  if (tags.length === 0) return NONE
  const facts: Record<string, string | readonly string[]> = { "aws:TagKeys": tags.map(([name]) => name) }
  for (const [name, value] of tags) facts[`aws:RequestTag/${name}`] = value
  return facts
}

export const versionFacts = (versionId: string | undefined): Conditions =>
  versionId === undefined ? NONE : { "s3:VersionId": versionId }
