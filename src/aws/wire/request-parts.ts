import type { AccountId, BucketName, KeyArn } from "../../kernel/brands.ts"
import { SECOND, type Millis } from "../../kernel/units.ts"
import type { ObjectLock, ObjectRef } from "../../restore/data-plane.ts"
import { encodeKey, encodeQueryValue } from "../s3-key-encoding.ts"
import type { AddressOf } from "./endpoint.ts"
import type { Unsigned } from "./signer.ts"
import type { Method } from "./transport.ts"

/** A request of S3, ready to be signed. */
export interface S3Request extends Unsigned {
  readonly origin: string
  readonly deadlineMs: Millis
}

interface Parts {
  readonly operation: string
  readonly method: Method
  readonly deadlineMs: Millis
  readonly query?: string
  readonly fixed: readonly string[]
  readonly varying?: readonly string[]
  readonly values?: readonly string[]
  readonly body?: Buffer
}

const NONE: readonly string[] = []

export function bucketRequest(addressOf: AddressOf, bucket: BucketName, parts: Parts): S3Request {
  const { origin, host, base } = addressOf(bucket)
  return { query: "", varying: NONE, values: NONE, ...parts, origin, host, path: base === "" ? "/" : base }
}

export function objectRequest(addressOf: AddressOf, { bucket, key }: ObjectRef, parts: Parts): S3Request {
  const { origin, host, base } = addressOf(bucket)
  return { query: "", varying: NONE, values: NONE, ...parts, origin, host, path: `${base}/${encodeKey(key)}` }
}

/** What answers at once. */
export const QUICK: Millis = 30 * SECOND

/** S3 moves the bytes before it answers (copy list, number 29). */
export const moving = (bytes: number): Millis => 60 * SECOND + bytes / 8_000

export const owned = (owner: AccountId, payer: true | undefined): string[] =>
  payer === true
    ? ["x-amz-expected-bucket-owner", owner, "x-amz-request-payer", "requester"]
    : ["x-amz-expected-bucket-owner", owner]

export const encrypted = (keyArn: KeyArn, bucketKey: boolean): string[] => [
  "x-amz-server-side-encryption",
  "aws:kms",
  "x-amz-server-side-encryption-aws-kms-key-id",
  keyArn,
  "x-amz-server-side-encryption-bucket-key-enabled",
  String(bucketKey),
]

export function locked(lock: ObjectLock | undefined): string[] {
  if (lock === undefined) return []
  const headers: string[] = []
  if (lock.mode !== undefined) headers.push("x-amz-object-lock-mode", lock.mode)
  if (lock.until !== undefined) headers.push("x-amz-object-lock-retain-until-date", lock.until)
  if (lock.legalHold !== undefined) headers.push("x-amz-object-lock-legal-hold", lock.legalHold ? "ON" : "OFF")
  return headers
}

/** `name=value&…` of what is defined, in the order given, which must be sorted. */
export function queryOf(...pairs: ReadonlyArray<readonly [name: string, value: string | undefined]>): string {
  let text = ""
  for (const [name, value] of pairs)
    if (value !== undefined) text += `${text === "" ? "" : "&"}${name}=${encodeQueryValue(value)}`
  return text
}
