import { ServiceError } from "../core/exchange.ts"
import { notImplemented } from "./errors.ts"
import type { S3Call } from "./s3-call.ts"
import type { Bucket } from "./state.ts"

/** ACLs that say what holds anyway while ACLs are off. */
const HARMLESS: ReadonlySet<string> = new Set(["private", "bucket-owner-full-control"])

/** Grants by ACL are not built. A bucket that has ACLs off refuses them as AWS does; others say so plainly. */
export function checkAcl(s3: S3Call, bucket: Bucket): void {
  if (!namesAcl(s3)) return
  const canned = s3.headers["x-amz-acl"]
  if (canned !== undefined && HARMLESS.has(canned)) return
  if (bucket.ownership !== "BucketOwnerEnforced") throw notImplemented("x-amz-acl")
  throw new ServiceError("AccessControlListNotSupported", "The bucket does not allow ACLs", 400)
}

const GRANTS = ["full-control", "read", "read-acp", "write", "write-acp"].map((each) => `x-amz-grant-${each}`)

export const namesAcl = (s3: S3Call): boolean =>
  s3.headers["x-amz-acl"] !== undefined || GRANTS.some((name) => s3.headers[name] !== undefined)
