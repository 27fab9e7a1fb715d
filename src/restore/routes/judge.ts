import { bucketArn, objectArn, partitionOf } from "../../access/arn.ts"
import { display } from "../../kernel/display.ts"
import type { CallError } from "../data-plane.ts"
import { destinationKey, type Aim, type ListedObject, type Place } from "../objects.ts"
import type { Again, Attempt, Fatal } from "../ports.ts"

/** What an error of a call means for the object, where nothing about this route makes it mean something else. */
export function attemptFor(error: CallError, aim: Aim, object: ListedObject): Attempt {
  const message = describe(error, aim, object)
  switch (error.class) {
    case "throttled":
    case "kms-throttled":
    case "conflict":
      return again(error.class, message)
    case "transient":
    case "broken":
    case "expired-token":
      return again("transient", message)
    case "access-denied":
      return fatal("access-denied", `${message}; it needs ${rightsFor(error.facts.operation, aim, object)}`)
    case "key-state":
    case "credentials":
    case "wrong-region":
      return fatal(error.class, message)
    case "not-implemented":
      return fatal("not-supported", message)
    case "not-found":
    case "precondition":
    case "refused":
      return { kind: "failed", why: error.code, message }
  }
}

export const again = (cause: Again["cause"], message: string): Again => ({ kind: "again", cause, message })

const fatal = (why: Fatal["why"], message: string): Fatal => ({ kind: "fatal", why, message })

/** `s3:CopyObject of s3://a/k to s3://b/k under arn…: SlowDown: reduce your request rate` */
export function describe(error: CallError, aim: Aim, object: ListedObject): string {
  const { service, operation } = error.facts
  return `${service}:${operation} of ${fromTo(aim, object)} under ${aim.keyArn}: ${error.code}: ${error.message}`
}

function fromTo(aim: Aim, object: ListedObject): string {
  const source = display(`s3://${aim.source.bucket}/${object.key}`)
  const destination = display(`s3://${aim.destination.bucket}/${destinationKey(aim, object.key)}`)
  return source === destination ? source : `${source} to ${destination}`
}

/**
 * The rights that the call is judged by: AWS says which one is missing only in some of its answers, and to a HEAD nothing at
 * all [SDK s3: CopyObject, UploadPartCopy, UpdateObjectEncryption].
 */
function rightsFor(operation: string, aim: Aim, object: ListedObject): string {
  const from = arnOf(aim.source, object.key)
  const to = arnOf(aim.destination, destinationKey(aim, object.key))
  const read = object.versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion"
  switch (operation) {
    case "UpdateObjectEncryption":
      return `s3:UpdateObjectEncryption and s3:PutObject on ${from}, and kms:Encrypt, kms:Decrypt, kms:GenerateDataKey and kms:ReEncrypt* on ${aim.keyArn}`
    case "DeleteObject":
      return `s3:DeleteObject on ${to}`
    case "AbortMultipartUpload":
      return `s3:AbortMultipartUpload on ${to}`
    case "ListObjectVersions":
      return `s3:ListBucketVersions on ${bucketArn(aim.destination.bucket, partitionOf(aim.destination.region))}`
    case "GetObjectTagging":
      return `${read}Tagging on ${from}`
    case "HeadObject":
    case "GetObject":
      return `${read} on ${from} and s3:GetObject on ${to}, s3:ListBucket on both buckets, and kms:Decrypt on the keys of both`
    default:
      return `${read} and ${read}Tagging on ${from}, s3:PutObject and s3:PutObjectTagging on ${to}, kms:Decrypt on the source's key, and kms:GenerateDataKey and kms:Decrypt on ${aim.keyArn}`
  }
}

const arnOf = (place: Place, key: string): string => objectArn(place.bucket, key, partitionOf(place.region))
