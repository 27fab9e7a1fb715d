import { z } from "zod"
import { isAccountId, isBucketName, isRegionName } from "../kernel/brands.ts"
import { tryParseArn } from "./arn.ts"
import type { Inventory } from "./inventory.ts"

/** An inventory as it stands in a file. Every object is strict: a misspelt field would be a policy that nobody asks. */

const accountId = z.string("expected the account id as a string of 12 digits").refine(isAccountId, "expected 12 digits")
const text = z.string().min(1).max(2048)
const region = z.string().refine(isRegionName, "expected an AWS Region such as eu-central-1")
const tags = z.record(z.string(), z.string())
const arnOf = (service: string) => (value: string) => tryParseArn(value)?.service === service

const NamedPolicy = z.strictObject({
  name: text,
  document: z.union(
    [z.string(), z.custom<object>((value) => typeof value === "object" && value !== null && !Array.isArray(value))],
    "expected a policy: a JSON object, or its text",
  ),
})

const PolicyLevel = z.strictObject({ target: text, policies: z.array(NamedPolicy) })

const Account = z.strictObject({
  id: accountId,
  name: text.exactOptional(),
  orgPath: z
    .string()
    .regex(/^o-[^/]+\/.*\/$/, "expected a path such as o-exampleorg1/r-ab12/ou-…/")
    .exactOptional(),
  scps: z.array(PolicyLevel),
  rcps: z.array(PolicyLevel),
})

const Principal = z.strictObject({
  arn: text,
  account: accountId.exactOptional(),
  label: text.exactOptional(),
  identity: z.array(NamedPolicy),
  boundary: NamedPolicy.exactOptional(),
  trust: NamedPolicy.exactOptional(),
  tags: tags.exactOptional(),
  facts: tags.exactOptional(),
})

const keyArn = z.string().refine(arnOf("kms"), "expected a key ARN")

const Grant = z.strictObject({
  id: text,
  name: text.exactOptional(),
  keyArn,
  grantee: text,
  retiring: text.exactOptional(),
  operations: z.array(text),
  creationDate: z.iso.datetime("expected a time such as 2026-11-16T02:00:04Z").exactOptional(),
  constraints: z
    .strictObject({
      encryptionContextEquals: tags.exactOptional(),
      encryptionContextSubset: tags.exactOptional(),
      sourceArn: text.exactOptional(),
    })
    .exactOptional(),
})

const Key = z.strictObject({
  arn: keyArn,
  account: accountId,
  region,
  aliases: z.array(z.string().startsWith("alias/", "expected an alias that starts with alias/")),
  label: text.exactOptional(),
  policy: NamedPolicy.exactOptional(),
  grants: z.array(Grant),
  tags: tags.exactOptional(),
  state: text.exactOptional(),
  multiRegionType: text.exactOptional(),
  origin: text.exactOptional(),
  rotation: z.strictObject({ enabled: z.boolean(), periodDays: z.int().positive().exactOptional() }).exactOptional(),
  deletionWindowDays: z.int().positive().exactOptional(),
  awsManaged: z.boolean().exactOptional(),
})

const Bucket = z.strictObject({
  name: z.string().refine(isBucketName, "expected an S3 bucket name"),
  account: accountId,
  region: region.exactOptional(),
  label: text.exactOptional(),
  policy: NamedPolicy.exactOptional(),
  keyArn: z.string().exactOptional(),
})

const Gap = z.strictObject({
  subject: text,
  what: z.enum(["identity", "boundary", "trust", "policy", "grants", "scps", "rcps", "tags", "aliases", "state"]),
  why: z.string(),
})

const Schema = z
  .strictObject({
    source: text,
    takenAt: z.iso.datetime("expected a time such as 2026-11-16T02:00:04Z").exactOptional(),
    organization: z.strictObject({ id: text, managementAccount: accountId.exactOptional() }).exactOptional(),
    accounts: z.array(Account),
    principals: z.array(Principal),
    keys: z.array(Key),
    buckets: z.array(Bucket),
    gaps: z.array(Gap).exactOptional(),
  })
  .superRefine((inventory, context) => {
    const once = (
      list: "accounts" | "principals" | "keys" | "buckets",
      field: string,
      ids: readonly string[],
    ): void => {
      ids.forEach((id, index) => {
        if (ids.indexOf(id) !== index)
          context.addIssue({ code: "custom", path: [list, index, field], message: `stands twice: ${id}` })
      })
    }
    once(
      "accounts",
      "id",
      inventory.accounts.map(({ id }) => id),
    )
    once(
      "principals",
      "arn",
      inventory.principals.map(({ arn }) => arn),
    )
    once(
      "keys",
      "arn",
      inventory.keys.map(({ arn }) => arn),
    )
    once(
      "buckets",
      "name",
      inventory.buckets.map(({ name }) => name),
    )
    inventory.keys.forEach(({ arn, account, region: at }, index) => {
      const parsed = tryParseArn(arn)
      if (parsed !== undefined && (parsed.account !== account || parsed.region !== at))
        context.addIssue({
          code: "custom",
          path: ["keys", index, "arn"],
          message: `the ARN says ${parsed.account} in ${parsed.region}, the key ${account} in ${at}`,
        })
    })
  })

export interface InventoryIssue {
  /** `keys[3].grants[0].operations`; empty = the whole. */
  readonly path: string
  readonly message: string
}

export type ReadInventory =
  | { readonly ok: true; readonly inventory: Inventory }
  | { readonly ok: false; readonly issues: readonly InventoryIssue[] }

/** Parsed JSON as an inventory, or everything that is wrong with it. */
export function readInventory(value: unknown): ReadInventory {
  const read = Schema.safeParse(value)
  if (read.success) return { ok: true, inventory: read.data }
  return { ok: false, issues: read.error.issues.flatMap(issuesOf) }
}

function issuesOf(issue: z.core.$ZodIssue): InventoryIssue[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ path: placeOf([...issue.path, key]), message: "unknown field" }))
  const message = issue.message.endsWith("received undefined")
    ? "required"
    : issue.message.replace(/^Invalid input: /, "")
  return [{ path: placeOf(issue.path), message }]
}

function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "")
}
