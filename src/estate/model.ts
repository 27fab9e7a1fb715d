import { z } from "zod"
import { isAccountId, isBucketName, isRegionName, type RoleArn } from "../kernel/brands.ts"
import { parseDuration } from "../kernel/duration.ts"
import { tryParseArn } from "../access/arn.ts"

/** dr.yaml as written: names point to names. Every object is strict: an unknown field is an error. */

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "expected a name of lower-case letters, digits and hyphens")
const accountId = z
  .string({
    error: (issue) =>
      issue.input === undefined ? "required" : `expected string, received ${typeof issue.input} (quote it)`,
  })
  .refine(isAccountId, "expected 12 digits")
const region = z.string().refine(isRegionName, "expected an AWS Region such as eu-central-1")
const bucket = z.string().refine(isBucketName, "expected an S3 bucket name")
const roleArn = z
  .string()
  .refine(
    (text) => tryParseArn(text)?.service === "iam" && (tryParseArn(text)?.resource.startsWith("role/") ?? false),
    "expected a role ARN",
  )
  .transform((text) => text as RoleArn)
const duration = z.string({ error: "expected a duration such as 4h or 90min" }).transform((text, context) => {
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  context.addIssue({
    code: "custom",
    message: `expected a duration such as 4h, 90min or 35d, received ${JSON.stringify(text)}`,
  })
  return z.NEVER
})
const alias = z
  .string()
  .regex(/^alias\/[A-Za-z0-9/_-]{1,250}$/, "expected an alias that starts with alias/")
  .refine((text) => !text.startsWith("alias/aws/"), "alias/aws/ is reserved for AWS managed keys")

const Objectives = z.strictObject({
  rtoKey: duration.optional(),
  rtoData: duration.optional(),
  rpo: duration.optional(),
  proofMaxAge: duration.optional(),
})
type Objectives = z.infer<typeof Objectives>

const Account = z.strictObject({
  id: accountId,
  roles: z
    .strictObject({
      operator: roleArn.optional(),
      drill: roleArn.optional(),
      evidence: roleArn.optional(),
      /** Makes the recovery copies; in the recovery account. */
      sync: roleArn.optional(),
      /** Restores: copies into its own account, and re-keys what lies there. */
      restore: roleArn.optional(),
      /** The only one that may disable, delete or re-policy keys: two people and a plan, see docs/policies.md. */
      breakGlass: roleArn.optional(),
    })
    .default({}),
  externalId: z.string().min(2).max(1224).optional(),
})
type Account = z.infer<typeof Account>

/** A standing grant, the same in every Region: KMS replicates none. */
const GrantSpec = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9:/_-]{1,256}$/, "expected a grant name of letters, digits and : / _ -"),
  grantee: roleArn,
  operations: z.array(z.string().regex(/^[A-Z][A-Za-z]+$/, "expected an operation such as Decrypt")).min(1),
})
export type GrantSpec = z.infer<typeof GrantSpec>

/** Imported material, split among people: only for a key whose policy demands it (PCI DSS 3.6, 3.7). */
const EscrowSpec = z.strictObject({
  /** How many custodians recover the material. */
  threshold: z.int().min(2).max(255),
  /** By name: the age recipient that the custodian's share is encrypted to. */
  custodians: z.record(name, z.string().regex(/^age1[a-z0-9]{20,}$/, "expected an age recipient (age1…)")),
  /** When the material expires after each import, at most 365d; left out = never. */
  expires: duration.optional(),
})
type EscrowSpec = z.infer<typeof EscrowSpec>

export const KeySpec = z.strictObject({
  alias,
  multiRegion: z.boolean().default(true),
  replicas: z.array(region).default([]),
  rotation: z.strictObject({ periodDays: z.int().min(90).max(2560) }).optional(),
  /** The template of its key policies: `guarded` is ours, `seed-default` the policy document's own. */
  policy: z.enum(["guarded", "seed-default"]).default("guarded"),
  users: z.array(roleArn).default([]),
  /** EXTERNAL: the material is imported, and KMS never rotates it. The recovery key's is always KMS's own. */
  origin: z.enum(["AWS_KMS", "EXTERNAL"]).default("AWS_KMS"),
  escrow: EscrowSpec.optional(),
  description: z.string().max(8_192).optional(),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
  grants: z.array(GrantSpec).default([]),
  recovery: z.strictObject({ alias, regions: z.array(region).min(1) }),
})
export type KeySpec = z.infer<typeof KeySpec>

const HotSet = z.union([
  z.literal("all"),
  z.strictObject({ newest: duration }),
  z.strictObject({ prefixes: z.array(z.string()).min(1) }),
])
type HotSet = z.infer<typeof HotSet>

export const Dataset = z.strictObject({
  kind: z.enum(["loki", "mimir", "tempo", "tfstate"]),
  bucket,
  prefix: z.string().max(900).default(""),
  key: name,
  recoveryBucket: bucket,
  recoveryPrefix: z.string().max(900).default(""),
  /** 1 is restored first. */
  priority: z.int().min(1).max(100).default(10),
  hotSet: HotSet.default("all"),
  /** Below it every object is named for the SHA-256 of its bytes. */
  canaryPrefix: z.string().min(1).max(200).optional(),
  /** Roles that read and write this dataset and no other: what the key lets them do is bound to its bucket. */
  users: z.array(roleArn).default([]),
})
export type Dataset = z.infer<typeof Dataset>

export const ScheduledDrill = z.strictObject({
  drill: name,
  cron: z.string().min(1).max(120),
  timezone: z.string().min(1).max(60).default("UTC"),
  grace: duration.default(6 * 3_600_000),
})
export type ScheduledDrill = z.infer<typeof ScheduledDrill>

const Environment = z.strictObject({
  account: name,
  recoveryAccount: name,
  primaryRegion: region,
  recoveryRegion: region,
  /** Loopback only; whatever runs against it is simulated. */
  endpoint: z.string().optional(),
  /** Who runs `dr` and may assume the drill roles; left out = whoever the workload account lets. */
  runners: z.array(roleArn).default([]),
  objectives: Objectives.optional(),
  /** Where drills put their copies: in the recovery account and Region. */
  scratch: z.strictObject({
    bucket,
    prefix: z.string().min(1).max(200).regex(/\/$/, "expected a prefix that ends with /").default("dr-drill/"),
  }),
  keys: z.record(name, KeySpec),
  datasets: z.record(name, Dataset),
  drills: z.array(ScheduledDrill).default([]),
})
type Environment = z.infer<typeof Environment>

export const Estate = z.strictObject({
  version: z.literal(1, { error: "expected 1: the version of this file's format" }),
  organization: z
    .strictObject({
      id: z.string().regex(/^o-[a-z0-9]{10,32}$/, "expected an organization id such as o-exampleorg1"),
      managementAccount: name.optional(),
    })
    .optional(),
  accounts: z.record(name, Account),
  objectives: Objectives.optional(),
  environments: z.record(name, Environment),
})
export type Estate = z.infer<typeof Estate>

/** Every field there is, for "did you mean". */
export const FIELD_NAMES: readonly string[] = [
  ...new Set(
    [
      Estate,
      Estate.shape.organization.unwrap(),
      Account,
      Account.shape.roles.unwrap(),
      Objectives,
      Environment,
      Environment.shape.scratch,
      KeySpec,
      KeySpec.shape.recovery,
      KeySpec.shape.rotation.unwrap(),
      GrantSpec,
      EscrowSpec,
      Dataset,
      ScheduledDrill,
    ].flatMap((schema) => Object.keys(schema.shape)),
  ),
]

/** What counts when dr.yaml is silent: the policy's four hours, a day of data, a proof a month. */
export const DEFAULT_OBJECTIVES = {
  rtoKey: 4 * 3_600_000,
  rtoData: 4 * 3_600_000,
  rpo: 24 * 3_600_000,
  proofMaxAge: 35 * 86_400_000,
} as const
