import type { ObjectHead, ObjectLock } from "../../restore/data-plane.ts"
import { Broken } from "./call-error.ts"
import { checksumOfHeaders } from "./checksum-answer.ts"
import type { WireAnswer } from "./transport.ts"

const KEPT: ReadonlySet<string> = new Set([
  "content-type",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "expires",
])
const META = "x-amz-meta-"

export function readHead(answer: WireAnswer): ObjectHead | Broken {
  const etag = answer.header("etag")
  const sizeBytes = Number(answer.header("content-length") ?? Number.NaN)
  const modifiedAt = Date.parse(answer.header("last-modified") ?? "")
  if (!etag || Number.isNaN(sizeBytes) || Number.isNaN(modifiedAt))
    return new Broken("without ETag, Content-Length or Last-Modified: this is no answer of S3")
  const { headers, metadata } = keptHeaders(answer)
  const storageClass = answer.header("x-amz-storage-class") ?? "STANDARD"
  const parts = Number(/-(\d+)"?$/.exec(etag)?.[1] ?? Number.NaN)
  return {
    etag,
    sizeBytes,
    modifiedAt,
    bucketKey: answer.header("x-amz-server-side-encryption-bucket-key-enabled") === "true",
    storageClass,
    headers,
    metadata,
    tagCount: Number(answer.header("x-amz-tagging-count") ?? 0),
    archived: isArchived(answer, storageClass),
    ...(Number.isNaN(parts) ? {} : { parts }),
    ...said(answer),
  }
}

function said(answer: WireAnswer): Partial<ObjectHead> {
  const versionId = answer.header("x-amz-version-id")
  const encryption = answer.header("x-amz-server-side-encryption")
  const keyArn = answer.header("x-amz-server-side-encryption-aws-kms-key-id")
  const websiteRedirect = answer.header("x-amz-website-redirect-location")
  const checksum = checksumOfHeaders(answer)
  const lock = lockOf(answer)
  const missingMetadata = Number(answer.header("x-amz-missing-meta") ?? 0)
  return {
    // What is no number was said all the same: something is missing.
    ...(missingMetadata === 0 ? {} : { missingMetadata: Number.isNaN(missingMetadata) ? 1 : missingMetadata }),
    ...(versionId === undefined ? {} : { versionId }),
    ...(encryption === undefined ? {} : { encryption }),
    ...(keyArn === undefined ? {} : { keyArn }),
    ...(websiteRedirect === undefined ? {} : { websiteRedirect }),
    ...(checksum === undefined ? {} : { checksum }),
    ...(lock === undefined ? {} : { lock }),
  }
}

function keptHeaders(answer: WireAnswer): Pick<ObjectHead, "headers" | "metadata"> {
  const headers: Record<string, string> = {}
  const metadata = new Map<string, string>()
  for (const [name, value] of answer.headers()) {
    if (KEPT.has(name)) headers[name] = value
    else if (name.startsWith(META)) metadata.set(name.slice(META.length), value)
  }
  return { headers, metadata }
}

function lockOf(answer: WireAnswer): ObjectLock | undefined {
  const mode = answer.header("x-amz-object-lock-mode")
  const until = answer.header("x-amz-object-lock-retain-until-date")
  const hold = answer.header("x-amz-object-lock-legal-hold")
  if (mode === undefined && until === undefined && hold === undefined) return undefined
  return {
    ...(mode === "GOVERNANCE" || mode === "COMPLIANCE" ? { mode } : {}),
    ...(until === undefined ? {} : { until }),
    ...(hold === undefined ? {} : { legalHold: hold === "ON" }),
  }
}

/** A thawed one says when it freezes again; one that still thaws says `ongoing-request="true"`. */
function isArchived(answer: WireAnswer, storageClass: string): boolean {
  const frozen =
    storageClass === "GLACIER" || storageClass === "DEEP_ARCHIVE" || answer.header("x-amz-archive-status") !== undefined
  return frozen && answer.header("x-amz-restore")?.includes('ongoing-request="false"') !== true
}
