import type { Note } from "./inspect.ts"
import type { RestorePart } from "./restore-plan.ts"

/** What decides how often S3 asks KMS on the caller's behalf. */
export interface KmsLoad {
  readonly operation: RestorePart["operation"]
  /** Of the destination. */
  readonly bucketKey: boolean
  /** Shares of the source's objects, as inspected. */
  readonly shares: Readonly<Partial<Record<Note, number>>>
  readonly verifies: "answer" | "head" | "full"
}

/** Calls of KMS for one object, in the Region of the source's key and of the destination's. */
export interface KmsCalls {
  readonly source: number
  readonly destination: number
}

/** A bucket key spares up to 99 % of the calls [S3UG bucket-key]. */
const UNDER_A_BUCKET_KEY = 0.01

/**
 * Per copy one Decrypt at the source and one GenerateDataKey at the destination; per re-key one of each as well. What S3
 * really asks is documented only as "up to 99 % fewer" for bucket keys, so the plan counts the dearer case.
 */
export function kmsCallsPerObject({ operation, bucketKey, shares, verifies }: KmsLoad): KmsCalls {
  const write = bucketKey ? UNDER_A_BUCKET_KEY : 1
  const readBack = verifies === "full" ? write : 0
  if (operation === "rekey") return { source: 1, destination: 1 + readBack }
  const plain = shares["not-kms"] ?? 0
  const cheap = shares["source-bucket-key"] ?? 0
  const read = Math.max(0, 1 - plain - cheap) + cheap * UNDER_A_BUCKET_KEY
  return { source: verifies === "full" ? 2 * read : read, destination: write + readBack }
}

/** Requests per second of symmetric keys that an account may make in a Region [KMS requests-per-second, 2026-11]. */
export function kmsQuotaOf(region: string): number {
  return QUOTAS[region] ?? 10_000
}

const QUOTAS: Readonly<Record<string, number>> = {
  "us-east-1": 100_000,
  "us-west-2": 100_000,
  "eu-west-1": 100_000,
  "us-east-2": 20_000,
  "ap-southeast-1": 20_000,
  "ap-southeast-2": 20_000,
  "ap-northeast-1": 20_000,
  "eu-central-1": 20_000,
  "eu-west-2": 20_000,
}
