import { isBucketName, type RegionName } from "../../kernel/brands.ts"
import { ServiceError, type SandboxResponse } from "../core/exchange.ts"
import { emptyAnswer, xmlAnswer } from "./answers.ts"
import { KeyIndex } from "./key-index.ts"
import { pageLimit } from "./page.ts"
import { authorize, targetBucket, type S3Call } from "./s3-call.ts"
import type { Bucket } from "./state.ts"
import { invalidArgument } from "./errors.ts"
import { childText, leaf, node, readRoot, xmlDate, xmlDocument } from "./xml.ts"

export function createBucket(s3: S3Call): SandboxResponse {
  const name = s3.bucketName
  if (!isBucketName(name)) {
    throw new ServiceError("InvalidBucketName", "The specified bucket is not valid.", 400, { BucketName: name })
  }
  const { account } = s3.call.caller
  checkLocation(s3)
  const existing = s3.state.buckets.get(name)
  if (existing !== undefined) throw bucketTaken(name, existing.account === account)
  const bucket: Bucket = {
    name,
    account,
    region: s3.call.region,
    createdAt: s3.call.world.clock.now(),
    versioning: "never",
    objects: new KeyIndex(),
    uploads: new Map(),
  }
  authorize(s3, bucket, "CreateBucket")
  if (s3.headers["x-amz-bucket-object-lock-enabled"] === "true") {
    throw new ServiceError(
      "NotImplemented",
      "A header you provided implies functionality that is not implemented",
      501,
      {
        Header: "x-amz-bucket-object-lock-enabled",
      },
    )
  }
  s3.state.buckets.set(name, bucket)
  return emptyAnswer(s3, 200, { location: `/${name}` })
}

function bucketTaken(name: string, own: boolean): ServiceError {
  return own
    ? new ServiceError(
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
        409,
        { BucketName: name },
      )
    : new ServiceError(
        "BucketAlreadyExists",
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
        409,
        { BucketName: name },
      )
}

function checkLocation(s3: S3Call): void {
  const { body } = s3.call.request
  const { region } = s3.call
  const wanted =
    body.length === 0 ? "" : (childText(readRoot(body, "CreateBucketConfiguration"), "LocationConstraint") ?? "")
  const expected = region === ("us-east-1" as RegionName) ? "" : region
  if (wanted === expected) return
  if (expected === "") {
    throw new ServiceError("InvalidLocationConstraint", "The specified location-constraint is not valid", 400, {
      LocationConstraint: wanted,
    })
  }
  throw new ServiceError(
    "IllegalLocationConstraintException",
    `The ${wanted === "" ? "unspecified" : wanted} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  )
}

export function headBucket(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  authorize(s3, bucket, "ListBucket")
  return emptyAnswer(s3, 200, { "x-amz-bucket-region": bucket.region, "x-amz-access-point-alias": "false" })
}

export function deleteBucket(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  authorize(s3, bucket, "DeleteBucket")
  if (bucket.objects.size > 0) {
    const message =
      bucket.versioning === "never"
        ? "The bucket you tried to delete is not empty"
        : "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
    throw new ServiceError("BucketNotEmpty", message, 409, { BucketName: bucket.name })
  }
  s3.state.buckets.delete(bucket.name)
  return emptyAnswer(s3, 204)
}

export function getBucketLocation(s3: S3Call): SandboxResponse {
  const bucket = targetBucket(s3)
  authorize(s3, bucket, "GetBucketLocation")
  return xmlAnswer(s3, xmlDocument("LocationConstraint", bucket.region === "us-east-1" ? "" : bucket.region))
}

/** The caller's own buckets of all Regions, in order of names. */
export function listBuckets(s3: S3Call): SandboxResponse {
  const { account } = s3.call.caller
  const after = s3.query.get("continuation-token")
  const start = after === undefined ? "" : Buffer.from(after, "base64url").toString("utf8")
  if (after !== undefined && !s3.state.buckets.has(start))
    throw invalidArgument("The continuation token provided is incorrect", "continuation-token")
  const region = s3.query.get("bucket-region")
  const mine = [...s3.state.buckets.values()]
    .filter(
      (each) => each.account === account && each.name > start && each.name.startsWith(s3.query.get("prefix") ?? ""),
    )
    .filter((each) => region === undefined || each.region === region)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const limit = pageLimit(s3, s3.query.get("max-buckets"), "max-buckets", 10_000)
  const shown = mine.slice(0, limit)
  const last = shown.at(-1)
  const token =
    mine.length > shown.length && last !== undefined ? Buffer.from(last.name).toString("base64url") : undefined
  return xmlAnswer(
    s3,
    xmlDocument(
      "ListAllMyBucketsResult",
      node("Owner", leaf("ID", account), leaf("DisplayName", account)),
      node(
        "Buckets",
        ...shown.map((each) =>
          node(
            "Bucket",
            leaf("Name", each.name),
            leaf("CreationDate", xmlDate(each.createdAt)),
            leaf("BucketRegion", each.region),
          ),
        ),
      ),
      leaf("ContinuationToken", token),
    ),
  )
}
