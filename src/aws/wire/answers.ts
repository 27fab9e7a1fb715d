import type { KeyArn } from "../../kernel/brands.ts"
import type { Checksum, CopiedPart, Written } from "../../restore/data-plane.ts"
import { Broken } from "./call-error.ts"
import { checksumOfFields } from "./checksum-answer.ts"
import type { WireAnswer } from "./transport.ts"
import { readAnswer, type XmlFields } from "./xml-answer.ts"

/**
 * What an answer must hold before it counts. S3 sends HTTP 200 before a copy is done, so errors, cut and foreign bodies
 * come with it; of 12 such bodies the SDK takes 7 for a success (reliability S1).
 */

export function readCopied(answer: WireAnswer, keyArn: KeyArn): Written | Broken {
  const fields = readAnswer(answer.body, "CopyObjectResult")
  if (fields === undefined) return new Broken("without a whole CopyObjectResult: nothing says that the copy exists")
  return missing(fields, "ETag", "LastModified") ?? wrongKey(answer, keyArn) ?? writtenOf(answer, fields)
}

/** The answer to a completed upload has no LastModified. */
export function readCompleted(answer: WireAnswer, keyArn: KeyArn): Written | Broken {
  const fields = readAnswer(answer.body, "CompleteMultipartUploadResult")
  if (fields === undefined)
    return new Broken("without a whole CompleteMultipartUploadResult: the object may be missing")
  return missing(fields, "ETag") ?? wrongKey(answer, keyArn) ?? writtenOf(answer, fields)
}

export function readPart(answer: WireAnswer): CopiedPart | Broken {
  const fields = readAnswer(answer.body, "CopyPartResult")
  if (fields === undefined) return new Broken("without a whole CopyPartResult: nothing says that the part exists")
  const lacking = missing(fields, "ETag", "LastModified")
  if (lacking !== undefined) return lacking
  return { etag: fields.first("ETag") as string, ...withChecksum(checksumOfFields(fields)) }
}

export function readUploadId(answer: WireAnswer): { readonly uploadId: string } | Broken {
  const uploadId = readAnswer(answer.body, "InitiateMultipartUploadResult")?.first("UploadId")
  return uploadId ? { uploadId } : new Broken("without an UploadId: an upload may be open that nobody knows")
}

export function readTags(answer: WireAnswer): Readonly<Record<string, string>> | Broken {
  const fields = readAnswer(answer.body, "Tagging")
  if (fields === undefined) return new Broken("without a whole Tagging")
  const names = fields.all("TagSet/Tag/Key")
  const values = fields.all("TagSet/Tag/Value")
  if (names.length !== values.length) return new Broken("a tag lacks its key or value")
  return Object.fromEntries(names.map((name, index) => [name, values[index] as string]))
}

/** A DELETE without a version puts a marker, and says so; anything else would have deleted something. */
export function readMarker(answer: WireAnswer): { readonly versionId: string } | Broken {
  const versionId = answer.header("x-amz-version-id")
  if (answer.header("x-amz-delete-marker") !== "true" || !versionId)
    return new Broken("it names no delete marker: the bucket may keep no versions")
  return { versionId }
}

/** An answer with nothing in it: the status is all. */
export function readNothing(answer: WireAnswer): null | Broken {
  return answer.body.length === 0 ? null : new Broken("something stands in an answer that is empty")
}

function missing(fields: XmlFields, ...names: readonly string[]): Broken | undefined {
  const lacking = names.find((name) => !fields.first(name))
  return lacking === undefined ? undefined : new Broken(`without ${lacking}`)
}

/** Asked for one key and told of another, or of none, is no success, whatever else stands there. */
function wrongKey(answer: WireAnswer, keyArn: KeyArn): Broken | undefined {
  const encryption = answer.header("x-amz-server-side-encryption")
  if (encryption !== "aws:kms") return new Broken(`it is encrypted with ${encryption ?? "nothing named"}, not aws:kms`)
  const key = answer.header("x-amz-server-side-encryption-aws-kms-key-id")
  return key === keyArn ? undefined : new Broken(`it is under key ${key ?? "(not named)"}, not ${keyArn}`)
}

function writtenOf(answer: WireAnswer, fields: XmlFields): Written {
  const versionId = answer.header("x-amz-version-id")
  const requestId = answer.header("x-amz-request-id")
  return {
    etag: fields.first("ETag") as string,
    ...(requestId === undefined ? {} : { requestId }),
    ...(versionId === undefined ? {} : { versionId }),
    ...withChecksum(checksumOfFields(fields)),
  }
}

const withChecksum = (checksum: Checksum | undefined) => (checksum === undefined ? {} : { checksum })
