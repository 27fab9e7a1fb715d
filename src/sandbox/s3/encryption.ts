import { ServiceError } from "../core/exchange.ts"
import { invalidArgument, invalidRequest } from "./errors.ts"
import type { S3Call } from "./s3-call.ts"
import type { Bucket, EncryptionRule, Envelope, SseAlgorithm } from "./state.ts"

export const DEFAULT_RULE: EncryptionRule = { algorithm: "AES256", bucketKey: false }

const SSE = "x-amz-server-side-encryption"
const ALGORITHMS: ReadonlySet<string> = new Set(["AES256", "aws:kms", "aws:kms:dsse"])

/**
 * What a write asks for: its own headers, or else the bucket's rule. `aws:kms` without a key id means the AWS managed
 * key, not the key of the bucket's rule.
 */
export function requestedEncryption(s3: S3Call, bucket: Bucket): EncryptionRule {
  const algorithm = s3.headers[SSE]
  const keyId = s3.headers[`${SSE}-aws-kms-key-id`]
  const bucketKey = s3.headers[`${SSE}-bucket-key-enabled`]
  refuseCustomerKey(s3)
  if (algorithm === undefined) {
    if (keyId !== undefined) throw needsKms()
    const rule = bucket.encryption ?? DEFAULT_RULE
    return bucketKey === undefined ? rule : { ...rule, bucketKey: bucketKey === "true" && rule.algorithm === "aws:kms" }
  }
  if (!ALGORITHMS.has(algorithm)) {
    throw invalidArgument("The encryption method specified is not supported", SSE, algorithm)
  }
  if (keyId !== undefined && algorithm === "AES256") throw needsKms()
  return {
    algorithm: algorithm as SseAlgorithm,
    ...(keyId === undefined ? {} : { keyId }),
    bucketKey: algorithm === "aws:kms" && (bucketKey === undefined ? inheritedBucketKey(bucket) : bucketKey === "true"),
  }
}

const inheritedBucketKey = (bucket: Bucket): boolean =>
  bucket.encryption?.algorithm === "aws:kms" && bucket.encryption.bucketKey

const needsKms = (): ServiceError =>
  invalidArgument(`Server Side Encryption with AWS KMS managed key requires HTTP header ${SSE} : aws:kms`, SSE)

const CUSTOMER_KEY = [`${SSE}-customer-algorithm`, `${SSE}-customer-key`, `${SSE}-customer-key-md5`] as const

/** Customer keys are not built: say so, after the checks whose answers are known. */
export function refuseCustomerKey(s3: S3Call): void {
  const given = CUSTOMER_KEY.find((name) => s3.headers[name] !== undefined)
  if (given === undefined) return
  const [algorithm, key] = CUSTOMER_KEY.map((name) => s3.headers[name])
  if (s3.headers[SSE] !== undefined) {
    throw invalidArgument(
      "Server Side Encryption with Customer provided key is incompatible with the encryption method specified",
      SSE,
      s3.headers[SSE],
    )
  }
  if (algorithm === undefined) {
    throw invalidArgument(
      "Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm.",
      CUSTOMER_KEY[0],
    )
  }
  if (algorithm !== "AES256") {
    throw new ServiceError(
      "InvalidEncryptionAlgorithmError",
      "The Encryption request you specified is not valid. Supported value: AES256.",
      400,
      {
        ArgumentName: CUSTOMER_KEY[0],
        ArgumentValue: algorithm,
      },
    )
  }
  if (key === undefined) {
    throw invalidArgument(
      "Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key.",
      CUSTOMER_KEY[1],
    )
  }
  if (WRITES.has(s3.operation)) {
    throw new ServiceError(
      "NotImplemented",
      "A header you provided implies functionality that is not implemented",
      501,
      { Header: given },
    )
  }
  throw invalidRequest("The encryption parameters are not applicable to this object.")
}

const WRITES: ReadonlySet<string> = new Set(["PutObject", "CopyObject", "CreateMultipartUpload"])

/** What an answer tells about an object's encryption. The key comes back as a full ARN whatever was given. */
export function encryptionHeaders(envelope: Envelope): Record<string, string> {
  return {
    [SSE]: envelope.algorithm,
    ...(envelope.keyArn === undefined ? {} : { [`${SSE}-aws-kms-key-id`]: envelope.keyArn }),
    ...(envelope.bucketKey ? { [`${SSE}-bucket-key-enabled`]: "true" } : {}),
  }
}
