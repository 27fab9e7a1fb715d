import { describe, expect, it } from "vitest"
import type { Facts } from "../../../src/access/context.ts"
import { evaluate } from "../../../src/access/evaluate.ts"
import { CompiledInventory } from "../../../src/access/inventory-stack.ts"
import type { Inventory, NamedPolicy } from "../../../src/access/inventory.ts"
import { EXAMPLE_CONFIG } from "../../../src/estate/example.ts"
import { loadEstate } from "../../../src/estate/load.ts"
import { environmentOf } from "../../../src/estate/topology.ts"
import { renderPolicies } from "../../../src/keys/policy/render.ts"
import { renderedInventory } from "../../../src/keys/rendered-inventory.ts"

const W = "111111111111"
const R = "222222222222"
const role = (account: string, name = "dr-restore"): string => `arn:aws:iam::${account}:role/${name}`
const text = EXAMPLE_CONFIG.replaceAll(
  /( {6}drill: arn:aws:iam::(\d+):role\/\S+\n)/g,
  (_line, line: string, account: string) => `${line}      restore: ${role(account)}\n`,
)
const environment = environmentOf(loadEstate({ path: "dr.yaml", text }), "prod")
const inventory = renderedInventory(environment)

const PRIMARY = `arn:aws:kms:eu-central-1:${W}:key/observability-prod`
const RECOVERY = `arn:aws:kms:eu-west-1:${R}:key/observability-prod-recovery`
const SOURCE = "arn:aws:s3:::example-loki"
const COPY = "arn:aws:s3:::example-loki-recovery"
const through = (region: string, bucket: string): Facts => ({
  "kms:ViaService": `s3.${region}.amazonaws.com`,
  "kms:EncryptionContext:aws:s3:arn": `${bucket}/chunks/1`,
})
const fromSource = through("eu-central-1", SOURCE)
const fromCopy = through("eu-west-1", COPY)

type Call = readonly [action: string, resource: string, facts?: Facts]

const compiledOf = new WeakMap<Inventory, CompiledInventory>()

function may(who: string, [action, resource, facts = {}]: Call, policies: Inventory = inventory): string {
  const compiled = compiledOf.get(policies) ?? new CompiledInventory(policies)
  compiledOf.set(policies, compiled)
  const owner = resource.startsWith(SOURCE) && !resource.startsWith(COPY) ? W : R
  return evaluate(
    {
      principal: who,
      action,
      resource,
      resourceAccount: resource.split(":")[4] || owner,
      facts: { ...compiled.factsFor(who, resource), ...facts },
    },
    compiled.stackFor(who, resource),
  ).verdict
}

const reads = (bucket: string): Call[] => [
  ["s3:GetObject", `${bucket}/x`],
  ["s3:GetObjectVersion", `${bucket}/x`],
  ["s3:GetObjectTagging", `${bucket}/x`],
  ["s3:GetObjectVersionTagging", `${bucket}/x`],
  ["s3:ListBucket", bucket],
  ["s3:ListBucketVersions", bucket],
  ["s3:GetBucketVersioning", bucket],
  ["s3:GetBucketObjectLockConfiguration", bucket],
  ["s3:GetEncryptionConfiguration", bucket],
]
const writes = (bucket: string): Call[] => [
  ["s3:PutObject", `${bucket}/x`],
  ["s3:PutObjectTagging", `${bucket}/x`],
  ["s3:AbortMultipartUpload", `${bucket}/x`],
  ["s3:UpdateObjectEncryption", `${bucket}/x`],
  ["s3:DeleteObject", `${bucket}/x`],
]
const LOCKS = "arn:aws:s3:::example-dr-scratch"
const locks: Call[] = [
  ["s3:GetObject", `${LOCKS}/dr-drill/locks/prod/1.json`],
  ["s3:PutObject", `${LOCKS}/dr-drill/locks/prod/1.json`],
  ["s3:DeleteObject", `${LOCKS}/dr-drill/locks/prod/1.json`],
  ["s3:ListBucket", LOCKS, { "s3:prefix": "dr-drill/locks/prod/" }],
]
const uses = (key: string, facts: Facts): Call[] =>
  ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"].map((action) => [
    action,
    key,
    facts,
  ])

/** What plan and run ask of AWS as each role. */
const NEEDED: ReadonlyArray<readonly [who: string, calls: readonly Call[]]> = [
  [
    role(R),
    [
      ...reads(SOURCE),
      ...reads(COPY),
      ...writes(COPY),
      ...locks,
      ["kms:DescribeKey", PRIMARY],
      ["kms:Decrypt", PRIMARY, fromSource],
      ["kms:DescribeKey", RECOVERY, { "kms:ResourceAliases": ["alias/observability-prod-recovery"] }],
      ...uses(RECOVERY, fromCopy),
    ],
  ],
  [
    role(W),
    [
      ...reads(COPY),
      ...reads(SOURCE),
      ...writes(SOURCE),
      ["kms:DescribeKey", PRIMARY],
      ...uses(PRIMARY, fromSource),
      ["kms:DescribeKey", RECOVERY],
      ["kms:Decrypt", RECOVERY, fromCopy],
    ],
  ],
]
const needed = NEEDED.flatMap(([who, calls]) => calls.map((call) => [who, call] as const))

it.each(needed)("%s may do what a restore needs: %j", (who, call) => expect(may(who, call)).toBe("allowed"))

describe("neither role", () => {
  it.each<[string, Call]>([
    [role(R), ["s3:PutObject", `${SOURCE}/x`]],
    [role(R), ["s3:PutObject", `${LOCKS}/dr-drill/x`]],
    [role(R), ["s3:ListBucket", LOCKS, { "s3:prefix": "dr-drill/" }]],
    [role(R), ["s3:DeleteObjectVersion", `${COPY}/x`]],
    [role(R), ["kms:Encrypt", PRIMARY, fromSource]],
    [role(R), ["kms:Decrypt", PRIMARY, through("eu-central-1", "arn:aws:s3:::secrets")]],
    [role(R), ["kms:Decrypt", RECOVERY]],
    [role(R), ["kms:DisableKey", RECOVERY]],
    [role(W), ["s3:PutObject", `${COPY}/x`]],
    [role(W), ["s3:DeleteObjectVersion", `${SOURCE}/x`]],
    [role(W), ["kms:GenerateDataKey", RECOVERY, fromCopy]],
    [role(W), ["kms:Decrypt", RECOVERY]],
    [role(W), ["kms:Decrypt", RECOVERY, through("eu-west-1", SOURCE)]],
    [role(W), ["kms:PutKeyPolicy", PRIMARY]],
  ])("%s does more: %j", (who, call) => expect(may(who, call)).not.toBe("allowed"))

  it("opens the recovery key to others of the workload account", () => {
    for (const name of ["dr-drill", "key-operator", "break-glass", "observability-loki-role"])
      expect(may(role(W, name), ["kms:Decrypt", RECOVERY, fromCopy]), name).toBe("explicit-deny")
  })

  it("is in any policy of an estate that has no such role", () => {
    const silent = environmentOf(loadEstate({ path: "dr.yaml", text: EXAMPLE_CONFIG }), "prod")
    expect(JSON.stringify(renderPolicies(silent))).not.toMatch(/Restore/)
  })
})

interface Document {
  readonly Statement: ReadonlyArray<{ readonly Sid?: string; readonly Effect: string; readonly Principal?: unknown }>
}

/** Statements that are there for a restore role: its identity policy, and the doors that name it alone. */
const theirs = [
  ...inventory.principals.filter(({ arn }) => arn.endsWith("/dr-restore")).flatMap(({ identity }) => identity),
  ...[...inventory.keys, ...inventory.buckets].flatMap(({ policy }) => (policy === undefined ? [] : [policy])),
].flatMap((policy) =>
  (policy.document as Document).Statement.flatMap(({ Sid: sid = "" }) =>
    policy.name.startsWith("roles/") || /Restore/.test(sid) ? [{ policy, sid }] : [],
  ),
)

/** Not asked here: other buckets and other Regions of the same keys, of which one stands for all. */
const asked = theirs.filter(
  ({ policy: { name } }) =>
    name.startsWith("roles/") ||
    ["buckets/example-loki.json", "buckets/example-loki-recovery.json"].includes(name) ||
    ["keys/observability-prod@eu-central-1.json", "keys/observability-prod-recovery@eu-west-1.json"].includes(name),
)

it("has statements to take away", () => expect(asked.length).toBeGreaterThan(18))

/** The inventory without one statement of the policy of that name. */
function without(from: Inventory, name: string, sid: string | undefined): Inventory {
  const less = (policy: NamedPolicy): NamedPolicy => {
    const document = policy.document as Document
    if (policy.name !== name) return policy
    return { ...policy, document: { ...document, Statement: document.Statement.filter(({ Sid }) => Sid !== sid) } }
  }
  return {
    ...from,
    principals: from.principals.map((each) => ({ ...each, identity: each.identity.map(less) })),
    keys: from.keys.map((each) => (each.policy === undefined ? each : { ...each, policy: less(each.policy) })),
    buckets: from.buckets.map((each) => (each.policy === undefined ? each : { ...each, policy: less(each.policy) })),
  }
}

/** Keys whose policies leave their use to IAM: there the role's own policy is what gives it. */
const seeded = renderedInventory(
  environmentOf(loadEstate({ path: "dr.yaml", text: text.replace("policy: guarded", "policy: seed-default") }), "prod"),
)

it.each(asked.map(({ policy, sid }) => [policy.name, sid] as const))("%s needs %s", (name, sid) => {
  const from = sid === "UsesTheKeysThroughS3" ? seeded : inventory
  const lacking = (policies: Inventory): unknown[] =>
    needed.filter(([who, call]) => may(who, call, policies) !== "allowed")
  expect(lacking(without(from, name, sid)).length).toBeGreaterThan(lacking(from).length)
})
