import { z } from "zod"
import { isAccountId, isRegionName, type KeyArn } from "../../kernel/brands.ts"
import { keyIdOf, tryParseArn } from "../../access/arn.ts"

/**
 * What `dr keys plan` writes and `dr keys apply` does, and nothing else. Every object is strict and every text bounded: a
 * plan file passes through mail and tickets before it comes back. Lengths are KMS's own.
 */

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
const accountId = z.string().refine(isAccountId, "expected 12 digits")
const region = z.string().refine(isRegionName, "expected an AWS Region")
const side = z.enum(["workload", "recovery"])
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, "expected sha256: and 64 hexadecimal digits")
const stamp = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, "expected ISO 8601 in UTC with milliseconds")
const words = z.string().max(8_192)
const alias = z.string().regex(/^alias\/[A-Za-z0-9/_-]{1,250}$/)
const policy = z.string().max(32_768)
const tags = z.record(z.string().min(1).max(128), z.string().max(256))
const pairs = z.record(z.string().max(8_192), z.string().max(8_192))
const arn = z
  .string()
  .refine((text) => keyIdOf(text) !== undefined, "expected a key ARN")
  .transform((text) => text as KeyArn)

const base = {
  /** Unique in the plan, and the same whenever the same thing is planned: `workload/observability@eu-west-1/replicate-key`. */
  id: z.string().max(512),
  /** dr.yaml's name of the key, and which side of it. */
  key: name,
  side,
  account: accountId,
  region,
  as: z.enum(["operator", "break-glass"]),
  /** `kms:CreateKey`, … */
  calls: z.array(z.string().max(100)).max(10),
  /** For people: what it does and what for. */
  title: words,
  reversible: z.boolean(),
  /** For people: the way back. */
  undo: words,
  /** The key as it was planned; left out for one that an earlier step makes. */
  arn: arn.optional(),
} as const

const Grant = z.strictObject({
  name: z.string().min(1).max(256),
  grantee: z.string().refine((text) => tryParseArn(text) !== undefined, "expected an ARN"),
  retiring: z.string().max(2_048).optional(),
  operations: z.array(z.string().max(100)).min(1).max(30),
  constraints: z
    .strictObject({
      encryptionContextEquals: pairs.optional(),
      encryptionContextSubset: pairs.optional(),
      sourceArn: z.string().max(2_048).optional(),
    })
    .optional(),
})

export const KeyStep = z.discriminatedUnion("kind", [
  z.strictObject({
    ...base,
    kind: z.literal("create-key"),
    policy,
    description: words,
    tags,
    origin: z.enum(["AWS_KMS", "EXTERNAL"]),
    multiRegion: z.boolean(),
  }),
  z.strictObject({ ...base, kind: z.literal("replicate-key"), primary: region, policy, description: words, tags }),
  z.strictObject({ ...base, kind: z.literal("create-alias"), alias }),
  z.strictObject({ ...base, kind: z.literal("put-policy"), policy }),
  z.strictObject({ ...base, kind: z.literal("tag-key"), tags }),
  z.strictObject({ ...base, kind: z.literal("describe-key"), description: words }),
  z.strictObject({ ...base, kind: z.literal("enable-rotation"), periodDays: z.int().min(90).max(2_560) }),
  z.strictObject({ ...base, kind: z.literal("create-grant"), grant: Grant }),
  z.strictObject({ ...base, kind: z.literal("revoke-grant"), grantId: z.string().min(1).max(128) }),
])
export type KeyStep = z.infer<typeof KeyStep>

export const PlanProblem = z.strictObject({
  /** Stable: `single-region-key`, `missing-principal`, `lock-out`, `alias-elsewhere`, `foreign-grant`, `not-usable`, `not-read`, … */
  code: z.string().regex(/^[a-z][a-z-]{1,60}$/),
  key: name,
  side,
  region: region.optional(),
  message: words,
  /** What to do or type. */
  hint: words,
  /** With it nothing of the plan may be applied. */
  blocks: z.boolean(),
  /** Something that dr.yaml wants is not there, and no step of this plan brings it. */
  unmet: z.boolean(),
})
export type PlanProblem = z.infer<typeof PlanProblem>

export const KeyPlan = z.strictObject({
  apiVersion: z.literal("dr/v1"),
  kind: z.literal("KeyPlan"),
  /** Of this format. */
  version: z.literal(1),
  env: name,
  createdAt: stamp,
  expiresAt: stamp,
  /** Version of `dr`. */
  tool: z.string().max(100),
  /** Of what dr.yaml says about the environment's keys. */
  estateDigest: digest,
  /** Of what AWS said when it was planned. */
  inventoryDigest: digest,
  /** In the order in which they are taken. */
  steps: z.array(KeyStep).max(20_000),
  /** What no step can mend; with one that blocks, nothing is applied. */
  problems: z.array(PlanProblem).max(20_000),
  /** Over the canonical JSON of everything else; what a break-glass session carries as its tag `dr-plan`. */
  hash: digest,
})
export type KeyPlan = z.infer<typeof KeyPlan>
