import { z } from "zod"
import { isAccountId, isBucketName, isRegionName, type KeyArn, type RoleArn } from "../../kernel/brands.ts"
import { keyIdOf, roleNameOf } from "../../access/arn.ts"
import type { Refusal } from "../objects.ts"
import type { RestorePlan } from "./restore-plan.ts"

/** The form of a plan file. Every object is strict and every text bounded: a plan passes through many hands before it is done. */

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
const share = z.number().min(0)
const stamp = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, "expected ISO 8601 in UTC with milliseconds")
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits")
const words = z.string().max(2_000)
const storageClass = z.string().regex(/^(?:keep|[A-Z_]{1,40})$/, "expected keep or a storage class")
/** A file beside the plan: no way out of its folder. */
const fileName = z.string().regex(/^(?!\.)[\w.@+-]{1,200}$/, "expected a plain file name")

const keyArn = z
  .string()
  .refine((text) => keyIdOf(text) !== undefined, "expected a key ARN")
  .transform((text) => text as KeyArn)
const roleArn = z
  .string()
  .refine((text) => roleNameOf(text) !== undefined, "expected a role ARN")
  .transform((text) => text as RoleArn)

const Place = z.strictObject({
  bucket: z.string().refine(isBucketName, "expected a bucket name"),
  prefix: z.string().max(1_024),
  owner: z.string().refine(isAccountId, "expected 12 digits"),
  region: z.string().refine(isRegionName, "expected an AWS Region"),
  requestPayer: z.literal(true).exactOptional(),
})

const REFUSALS = [
  "NEEDS_THAW",
  "NEEDS_CUSTOMER_KEY",
  "UNENCRYPTED",
  "DOUBLE_ENCRYPTED",
  "AWS_MANAGED_KEY",
  "LOCKED",
  "KEY_TOO_LONG",
  "UNSUPPORTED_METADATA",
  "SOURCE_CHANGED",
  "SOURCE_GONE",
  "DESTINATION_EXISTS",
] as const satisfies readonly Refusal[]

const Mode = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("current") }),
  z.strictObject({ kind: z.literal("as-of"), at: count }),
  z.strictObject({ kind: z.literal("all") }),
])

const Counts = z.strictObject({
  objects: count,
  bytes: count,
  deleteMarkers: count,
  noncurrent: count,
  multipart: count,
  byClass: z.record(z.string().max(40), z.strictObject({ objects: count, bytes: count })),
  inspected: count,
})

const Part = z.strictObject({
  name: z.string().min(1).max(1_200),
  operation: z.enum(["rekey", "copy"]),
  aim: z.strictObject({
    source: Place,
    destination: Place,
    keyArn,
    bucketKey: z.boolean(),
    storageClass,
    lock: z.literal("keep").exactOptional(),
  }),
  mode: Mode,
  routing: z.strictObject({ multipartAboveBytes: count, archived: z.enum(["refuse", "try"]) }),
  role: roleArn.exactOptional(),
  manifest: z.strictObject({ file: fileName, sha256, pages: count }),
  counts: Counts,
  refused: z
    .array(
      z.strictObject({
        why: z.enum(REFUSALS),
        objects: count,
        estimated: z.boolean(),
        examples: z.array(z.string().max(1_024)).max(10),
      }),
    )
    .max(20),
  etaMs: count,
})

const Limits = z.strictObject({ client: share, partitions: share, kms: share, window: share })

const Estimate = z.strictObject({
  limits: Limits,
  binds: z.enum(["client", "partitions", "kms", "window"]),
  objectsPerSecond: share,
  etaMs: count,
  rtoDataMs: count,
  share,
  requests: z.record(z.string().max(40), count),
  kmsCalls: count,
  costUsd: share,
  advice: z.array(words).max(20),
})

export const RestorePlanFile = z.strictObject({
  version: z.literal(1),
  kind: z.literal("RestorePlan"),
  env: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  createdAt: stamp,
  expiresAt: stamp,
  simulated: z.boolean(),
  parts: z.array(Part).min(1).max(10_000),
  verify: z.enum(["answer", "head", "full"]),
  estimate: Estimate,
  fidelity: z
    .array(
      z.strictObject({
        property: words,
        outcome: z.enum(["preserved", "changed", "lost", "refused"]),
        note: words,
      }),
    )
    .max(200),
  hash: sha256,
})

/** Compiles only while schema and type are the same. */
type Same = z.infer<typeof RestorePlanFile> extends RestorePlan ? true : never
true satisfies Same
