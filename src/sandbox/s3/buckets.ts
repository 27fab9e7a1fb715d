import { isBucketName, type RegionName } from "../../kernel/brands.ts"
import { ServiceError, type SandboxResponse } from "../core/exchange.ts"
import type { Conditions } from "../core/world.ts"
import { checkAcl } from "./acl.ts"
import { emptyAnswer, xmlAnswer } from "./answers.ts"
import { KeyIndex } from "./key-index.ts"
import { OWNERSHIPS } from "./bucket-settings.ts"
import { pageLimit } from "./page.ts"
import { ALL_BLOCKED } from "./public-access.ts"
import { resourceTagFacts, writeHeaderFacts } from "./request-facts.ts"
import { authorize, authorizeAccount, targetBucket, type S3Call } from "./s3-call.ts"
import type { Bucket, Tags } from "./state.ts"
import { invalidArgument } from "./errors.ts"
import { readTagSet } from "./tag-xml.ts"
import { child, childText, leaf, node, readRoot, xmlDate, xmlDocument, type XmlElement } from "./xml.ts"

export function createBucket(s3: S3Call): SandboxResponse {
  const name = s3.bucketName
  if (!isBucketName(name)) {
    throw new ServiceError("InvalidBucketName", "The specified bucket is not valid.", 400, { BucketName: name })
  }
  const configuration = readConfiguration(s3)
  const location = locationOf(configuration)
  const tags = tagsOf(configuration)
  const bucket = newBucket(s3, tags)
  authorizeCreation(s3, bucket, tags, location)
  checkLocation(s3, location)
  const existing = s3.state.buckets.get(name)
  if (existing !== undefined) throw bucketTaken(name, existing.account === bucket.account)
  s3.state.buckets.set(name, bucket)
  return emptyAnswer(s3, 200, { location: `/${name}` })
}

/** As new buckets are since April 2023: ACLs off, all public access blocked. */
function newBucket(s3: S3Call, tags: Tags): Bucket {
  const ownership = s3.headers["x-amz-object-ownership"] ?? "BucketOwnerEnforced"
  if (!OWNERSHIPS.has(ownership)) {
    throw invalidArgument("Invalid x-amz-object-ownership header", "x-amz-object-ownership", ownership)
  }
  const locked = wantsLock(s3)
  return {
    name: s3.bucketName,
    account: s3.call.caller.account,
    region: s3.call.region,
    createdAt: s3.call.world.clock.now(),
    versioning: locked ? "Enabled" : "never",
    ownership,
    publicAccessBlock: ALL_BLOCKED,
    ...(locked ? { objectLock: {} } : {}),
    ...(tags.length === 0 ? {} : { tags }),
    objects: new KeyIndex(),
    uploads: new Map(),
  }
}

const wantsLock = (s3: S3Call): boolean => s3.headers["x-amz-bucket-object-lock-enabled"]?.toLowerCase() === "true"

/** What a bucket is created with needs the same rights as making the setting later. */
function authorizeCreation(s3: S3Call, bucket: Bucket, tags: Tags, location: string): void {
  const facts: Conditions = {
    ...writeHeaderFacts(s3.headers),
    ...resourceTagFacts(tags),
    ...(location === "" ? {} : { "s3:LocationConstraint": location }),
  }
  authorize(s3, bucket, "CreateBucket", undefined, facts)
  if (bucket.objectLock !== undefined) {
    authorize(s3, bucket, "PutBucketObjectLockConfiguration")
    authorize(s3, bucket, "PutBucketVersioning")
  }
  if (s3.headers["x-amz-object-ownership"] !== undefined) authorize(s3, bucket, "PutBucketOwnershipControls")
  if (tags.length > 0) authorize(s3, bucket, "TagResource", undefined, facts)
  checkAcl(s3, bucket)
}

function readConfiguration(s3: S3Call): XmlElement | undefined {
  const { body } = s3.call.request
  return body.length === 0 ? undefined : readRoot(body, "CreateBucketConfiguration")
}

const locationOf = (configuration: XmlElement | undefined): string =>
  configuration === undefined ? "" : (childText(configuration, "LocationConstraint") ?? "")

function tagsOf(configuration: XmlElement | undefined): Tags {
  const tags = configuration === undefined ? undefined : child(configuration, "Tags")
  return tags === undefined ? [] : readTagSet(tags, 50)
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

function checkLocation(s3: S3Call, wanted: string): void {
  const { region } = s3.call
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
  authorizeAccount(s3, "ListAllMyBuckets")
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
