import { ServiceError } from "../core/exchange.ts"
import { invalidArgument } from "./errors.ts"
import type { S3Call } from "./s3-call.ts"
import type { ObjectAttributes, Tags } from "./state.ts"

const KEPT = ["content-type", "cache-control", "content-disposition", "content-encoding", "content-language", "expires"]
const META = "x-amz-meta-"

/** What a write says about its object. aws-chunked was about the transfer and is not kept. */
export function requestedAttributes(s3: S3Call): ObjectAttributes {
  const headers: Record<string, string> = {}
  for (const name of KEPT) {
    const value = s3.headers[name]
    if (value !== undefined) headers[name] = value
  }
  const encoding = headers["content-encoding"]
  if (encoding !== undefined) {
    const kept = encoding
      .split(",")
      .map((each) => each.trim())
      .filter((each) => each !== "" && each !== "aws-chunked")
    if (kept.length === 0) delete headers["content-encoding"]
    else headers["content-encoding"] = kept.join(",")
  }
  const redirect = s3.headers["x-amz-website-redirect-location"]
  return {
    headers: { "content-type": "binary/octet-stream", ...headers },
    metadata: Object.fromEntries(
      Object.entries(s3.headers).flatMap(([name, value]) =>
        name.startsWith(META) ? [[name.slice(META.length), value]] : [],
      ),
    ),
    storageClass: s3.headers["x-amz-storage-class"] ?? "STANDARD",
    ...(redirect === undefined ? {} : { redirect }),
  }
}

export function attributeHeaders(attributes: ObjectAttributes): Record<string, string> {
  return {
    ...attributes.headers,
    ...Object.fromEntries(Object.entries(attributes.metadata).map(([name, value]) => [META + name, value])),
    ...(attributes.storageClass === "STANDARD" ? {} : { "x-amz-storage-class": attributes.storageClass }),
    ...(attributes.redirect === undefined ? {} : { "x-amz-website-redirect-location": attributes.redirect }),
  }
}

/** `x-amz-tagging`: a query string. */
export function requestedTags(s3: S3Call): Tags {
  const header = s3.headers["x-amz-tagging"]
  return header === undefined || header === "" ? [] : checkTags([...new URLSearchParams(header)], 10)
}

/** Letters with their numbers and blanks of any script, and these [S3 User Guide, object-tagging]. */
const TAG_ALPHABET = /^[\p{L}\p{N}\p{Z}+\-=._:/@]*$/u

/** @throws ServiceError InvalidArgument, or InvalidTag for a character that tags cannot have */
export function checkTags(tags: Tags, limit: number): Tags {
  if (tags.length > limit) throw invalidArgument(`Object tags cannot be greater than ${limit}`)
  if (new Set(tags.map(([name]) => name)).size !== tags.length) {
    throw invalidArgument("Cannot provide multiple Tags with the same key")
  }
  if (tags.some(([name, value]) => name === "" || name.length > 128 || value.length > 256)) {
    throw invalidArgument("The TagKey or TagValue you have provided is invalid")
  }
  if (!tags.every(([name, value]) => TAG_ALPHABET.test(name) && TAG_ALPHABET.test(value))) {
    throw new ServiceError("InvalidTag", "The TagValue you have provided is invalid", 400)
  }
  return tags
}
