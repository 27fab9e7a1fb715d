import type { SandboxRequest } from "../core/exchange.ts"
import { targetOf } from "./target.ts"

type Level = "service" | "bucket" | "object"

/** [operation, method, level, names that must be there, other names that may be there] */
type Route = readonly [string, string, Level, readonly string[], readonly string[]]

const LIST = ["prefix", "delimiter", "encoding-type"] as const
const OVERRIDES = [
  "response-cache-control",
  "response-content-disposition",
  "response-content-encoding",
  "response-content-language",
  "response-content-type",
  "response-expires",
] as const

/** The closed table: what is not here is 501, and never another operation. */
export const ROUTES: readonly Route[] = [
  ["ListBuckets", "GET", "service", [], ["prefix", "max-buckets", "continuation-token", "bucket-region"]],
  ["CreateBucket", "PUT", "bucket", [], []],
  ["HeadBucket", "HEAD", "bucket", [], []],
  ["DeleteBucket", "DELETE", "bucket", [], []],
  ["GetBucketLocation", "GET", "bucket", ["location"], []],
  ["GetBucketVersioning", "GET", "bucket", ["versioning"], []],
  ["PutBucketVersioning", "PUT", "bucket", ["versioning"], []],
  ["GetBucketEncryption", "GET", "bucket", ["encryption"], []],
  ["PutBucketEncryption", "PUT", "bucket", ["encryption"], []],
  ["DeleteBucketEncryption", "DELETE", "bucket", ["encryption"], []],
  ["GetBucketPolicy", "GET", "bucket", ["policy"], []],
  ["PutBucketPolicy", "PUT", "bucket", ["policy"], []],
  ["DeleteBucketPolicy", "DELETE", "bucket", ["policy"], []],
  ["GetBucketTagging", "GET", "bucket", ["tagging"], []],
  ["PutBucketTagging", "PUT", "bucket", ["tagging"], []],
  ["DeleteBucketTagging", "DELETE", "bucket", ["tagging"], []],
  ["GetPublicAccessBlock", "GET", "bucket", ["publicAccessBlock"], []],
  ["PutPublicAccessBlock", "PUT", "bucket", ["publicAccessBlock"], []],
  ["DeletePublicAccessBlock", "DELETE", "bucket", ["publicAccessBlock"], []],
  ["GetBucketOwnershipControls", "GET", "bucket", ["ownershipControls"], []],
  ["PutBucketOwnershipControls", "PUT", "bucket", ["ownershipControls"], []],
  ["DeleteBucketOwnershipControls", "DELETE", "bucket", ["ownershipControls"], []],
  ["GetBucketLifecycleConfiguration", "GET", "bucket", ["lifecycle"], []],
  ["GetBucketReplication", "GET", "bucket", ["replication"], []],
  ["PutBucketReplication", "PUT", "bucket", ["replication"], []],
  ["DeleteBucketReplication", "DELETE", "bucket", ["replication"], []],
  ["GetBucketInventoryConfiguration", "GET", "bucket", ["inventory", "id"], []],
  ["PutBucketInventoryConfiguration", "PUT", "bucket", ["inventory", "id"], []],
  ["DeleteBucketInventoryConfiguration", "DELETE", "bucket", ["inventory", "id"], []],
  ["ListBucketInventoryConfigurations", "GET", "bucket", ["inventory"], ["continuation-token"]],
  ["GetObjectLockConfiguration", "GET", "bucket", ["object-lock"], []],
  ["PutObjectLockConfiguration", "PUT", "bucket", ["object-lock"], []],
  ["GetBucketCors", "GET", "bucket", ["cors"], []],
  ["GetBucketWebsite", "GET", "bucket", ["website"], []],
  ["GetBucketAcl", "GET", "bucket", ["acl"], []],
  ["PutBucketAcl", "PUT", "bucket", ["acl"], []],
  ["GetBucketLogging", "GET", "bucket", ["logging"], []],
  ["GetBucketNotificationConfiguration", "GET", "bucket", ["notification"], []],
  ["GetBucketRequestPayment", "GET", "bucket", ["requestPayment"], []],
  ["GetBucketAccelerateConfiguration", "GET", "bucket", ["accelerate"], []],
  ["GetBucketPolicyStatus", "GET", "bucket", ["policyStatus"], []],
  ["ListObjects", "GET", "bucket", [], [...LIST, "marker", "max-keys"]],
  [
    "ListObjectsV2",
    "GET",
    "bucket",
    ["list-type"],
    [...LIST, "max-keys", "continuation-token", "start-after", "fetch-owner"],
  ],
  ["ListObjectVersions", "GET", "bucket", ["versions"], [...LIST, "max-keys", "key-marker", "version-id-marker"]],
  ["ListMultipartUploads", "GET", "bucket", ["uploads"], [...LIST, "max-uploads", "key-marker", "upload-id-marker"]],
  ["DeleteObjects", "POST", "bucket", ["delete"], []],
  ["PutObject", "PUT", "object", [], []],
  ["CopyObject", "PUT", "object", [], []],
  ["GetObject", "GET", "object", [], ["versionId", "partNumber", ...OVERRIDES]],
  ["HeadObject", "HEAD", "object", [], ["versionId", "partNumber", ...OVERRIDES]],
  ["DeleteObject", "DELETE", "object", [], ["versionId"]],
  ["GetObjectAttributes", "GET", "object", ["attributes"], ["versionId"]],
  ["GetObjectTagging", "GET", "object", ["tagging"], ["versionId"]],
  ["PutObjectTagging", "PUT", "object", ["tagging"], ["versionId"]],
  ["DeleteObjectTagging", "DELETE", "object", ["tagging"], ["versionId"]],
  ["GetObjectRetention", "GET", "object", ["retention"], ["versionId"]],
  ["PutObjectRetention", "PUT", "object", ["retention"], ["versionId"]],
  ["GetObjectLegalHold", "GET", "object", ["legal-hold"], ["versionId"]],
  ["PutObjectLegalHold", "PUT", "object", ["legal-hold"], ["versionId"]],
  ["UpdateObjectEncryption", "PUT", "object", ["encryption"], ["versionId"]],
  ["CreateMultipartUpload", "POST", "object", ["uploads"], []],
  ["UploadPart", "PUT", "object", ["partNumber", "uploadId"], []],
  ["UploadPartCopy", "PUT", "object", ["partNumber", "uploadId"], []],
  ["ListParts", "GET", "object", ["uploadId"], ["max-parts", "part-number-marker", "encoding-type"]],
  ["CompleteMultipartUpload", "POST", "object", ["uploadId"], []],
  ["AbortMultipartUpload", "DELETE", "object", ["uploadId"], []],
]

const COPIES: ReadonlySet<string> = new Set(["CopyObject", "UploadPartCopy"])

/** The operation of a request, or undefined when the table has none. */
export function operationOf(request: SandboxRequest): string | undefined {
  const target = targetOf(request)
  if (target === undefined) return undefined
  const level: Level = target.rawKey !== undefined ? "object" : target.bucket === undefined ? "service" : "bucket"
  const names = request.query.map(([name]) => name).filter((name) => !isCommonParameter(name))
  const copies = request.headers["x-amz-copy-source"] !== undefined
  const row = ROUTES.find(
    ([operation, method, where, required, optional]) =>
      method === request.method &&
      where === level &&
      required.every((name) => names.includes(name)) &&
      names.every((name) => required.includes(name) || optional.includes(name)) &&
      (method !== "PUT" || where !== "object" || copies === COPIES.has(operation) || isTagging(required)),
  )
  if (row === undefined) return undefined
  const [operation] = row
  if (operation === "ListObjectsV2" && parameter(request, "list-type") !== "2") return undefined
  // Newer clients name the operation they mean; two ideas of it must never end in a handler.
  const named = parameter(request, "x-id")
  return named === undefined || named === operation ? operation : undefined
}

const isTagging = (required: readonly string[]): boolean => required.includes("tagging")

/** Parameters of pre-signed links, and the client's name for the operation. */
const isCommonParameter = (name: string): boolean => name === "x-id" || name.toLowerCase().startsWith("x-amz-")

function parameter(request: SandboxRequest, name: string): string | undefined {
  return request.query.find(([each]) => each === name)?.[1]
}
