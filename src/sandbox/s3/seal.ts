import { createCipheriv, createDecipheriv } from "node:crypto"
import { bucketArn, objectArn, partitionOf } from "../../access/arn.ts"
import { ServiceError } from "../core/exchange.ts"
import type { EncryptionContext } from "../core/world.ts"
import { invalidArgument } from "./errors.ts"
import { onBehalf, type S3Call } from "./s3-call.ts"
import type { Bucket, EncryptionRule, Envelope, SealedBody } from "./state.ts"

/** A fresh data key and how to get it again. The plaintext key never outlives the request. */
export interface OpenEnvelope {
  readonly envelope: Envelope
  readonly dataKey: Buffer
}

/** @throws ServiceError `KMS.…` with status 400, as S3 passes on what KMS says. */
export function openNewEnvelope(s3: S3Call, bucket: Bucket, key: string, rule: EncryptionRule): OpenEnvelope {
  if (rule.algorithm === "AES256") return underMasterKey(s3)
  const context: EncryptionContext = {
    ...contextOf(bucket, key, rule.bucketKey),
    ...requestedContext(s3.headers["x-amz-server-side-encryption-context"]),
  }
  return throughKms(() => {
    const { kms } = s3.call.world
    const keyRef = rule.keyId ?? kms.managedKeyArn(s3.call.caller.account, bucket.region, "alias/aws/s3")
    const { keyArn, plaintext, wrapped } = kms.generateDataKey(onBehalf(s3, bucket), keyRef, context)
    // S3 proves a bucket key before it uses it: that is why writers need kms:Decrypt with bucket keys.
    if (rule.bucketKey) kms.decrypt(onBehalf(s3, bucket), wrapped, context)
    return {
      envelope: { algorithm: rule.algorithm, keyArn, bucketKey: rule.bucketKey, context, wrapped },
      dataKey: plaintext,
    }
  })
}

/** What S3 binds a data key to: the object, or under a bucket key the whole bucket. */
function contextOf(bucket: Bucket, key: string, bucketKey: boolean): EncryptionContext {
  const partition = partitionOf(bucket.region)
  return { "aws:s3:arn": bucketKey ? bucketArn(bucket.name, partition) : objectArn(bucket.name, key, partition) }
}

/** The same data key under another KMS key. The bytes stay as they are. */
export function rewrap(
  s3: S3Call,
  bucket: Bucket,
  key: string,
  old: Envelope,
  wanted: { readonly keyArn: string; readonly bucketKey: boolean },
): Envelope {
  // What the writer added to the encryption context goes along; what S3 put in follows the bucket key.
  const context = { ...old.context, ...contextOf(bucket, key, wanted.bucketKey) }
  return throughKms(() => {
    const from =
      old.keyArn === undefined
        ? openSegment(s3.state.masterKey, old.wrapped)
        : { wrapped: old.wrapped, context: old.context }
    const { keyArn, wrapped } = s3.call.world.kms.reWrap(onBehalf(s3, bucket), from, wanted.keyArn, context)
    return { algorithm: "aws:kms", keyArn, bucketKey: wanted.bucketKey, context, wrapped }
  })
}

/** The data key of an existing object or upload: a disabled key really makes the bytes unreadable. */
export function openEnvelope(s3: S3Call, bucket: Bucket, envelope: Envelope): Buffer {
  if (envelope.keyArn === undefined) return openSegment(s3.state.masterKey, envelope.wrapped)
  return throughKms(() => s3.call.world.kms.decrypt(onBehalf(s3, bucket), envelope.wrapped, envelope.context).plaintext)
}

function underMasterKey(s3: S3Call): OpenEnvelope {
  const dataKey = randomBuffer(s3, 32)
  const wrapped = sealSegment(s3, s3.state.masterKey, dataKey)
  return { envelope: { algorithm: "AES256", bucketKey: false, context: {}, wrapped }, dataKey }
}

export function randomBuffer(s3: S3Call, size: number): Buffer {
  return Buffer.from(s3.call.world.random(size))
}

export function sealSegment(s3: S3Call, dataKey: Buffer, plaintext: Buffer): Buffer {
  const iv = randomBuffer(s3, 12)
  const cipher = createCipheriv("aes-256-gcm", dataKey, iv)
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

export function openSegment(dataKey: Buffer, segment: Buffer): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", dataKey, segment.subarray(0, 12))
  decipher.setAuthTag(segment.subarray(-16))
  const first = decipher.update(segment.subarray(12, -16))
  const last = decipher.final()
  return last.length === 0 ? first : Buffer.concat([first, last])
}

export function openBody(s3: S3Call, bucket: Bucket, body: SealedBody): Buffer {
  const dataKey = openEnvelope(s3, bucket, body.envelope)
  const [first, ...more] = body.segments.map((segment) => openSegment(dataKey, segment))
  return more.length === 0 ? (first ?? Buffer.alloc(0)) : Buffer.concat([first ?? Buffer.alloc(0), ...more])
}

function throughKms<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    if (error.code === "AccessDenied" || error.code === "AccessDeniedException") {
      throw new ServiceError("AccessDenied", error.message, 403, {}, error.denial)
    }
    throw new ServiceError(`KMS.${error.code}`, error.message, 400)
  }
}

function requestedContext(header: string | undefined): EncryptionContext {
  if (header === undefined) return {}
  try {
    const parsed: unknown = JSON.parse(Buffer.from(header, "base64").toString("utf8"))
    const entries = typeof parsed === "object" && parsed !== null ? Object.entries(parsed) : []
    const context: Record<string, string> = {}
    for (const [name, value] of entries) if (typeof value === "string") context[name] = value
    if (Object.keys(context).length > 0 && Object.keys(context).length === entries.length) return context
  } catch {
    // Told below, like any other text that is no map of strings.
  }
  throw invalidArgument(
    "The header 'x-amz-server-side-encryption-context' shall be Base64-encoded UTF-8 string holding JSON which represents a string-string map",
    "x-amz-server-side-encryption-context",
    header,
  )
}
