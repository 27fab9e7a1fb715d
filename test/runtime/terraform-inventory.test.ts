import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { readInventory } from "../../src/access/inventory-schema.ts"
import type { Inventory, NamedPolicy } from "../../src/access/inventory.ts"
import { inventoryFromTerraform, terraformInventory } from "../../src/runtime/terraform-inventory.ts"
import { tempFolder } from "../support/temp-folder.ts"

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`terraform/${name}.json`, import.meta.url), "utf8"))
const parsed = (policy: NamedPolicy | undefined): unknown =>
  typeof policy?.document === "string" ? JSON.parse(policy.document) : policy?.document
const gapsOf = (inventory: Inventory, subject: string): Array<[string, string]> =>
  (inventory.gaps ?? []).filter((gap) => gap.subject === subject).map(({ what, why }) => [what, why])

const KEY = "arn:aws:kms:eu-central-1:111111111111:key/mrk-1"
const REPLICA = "arn:aws:kms:eu-west-1:111111111111:key/mrk-1"

describe("a state", () => {
  const inventory = terraformInventory("state.json", fixture("state"))
  const key = (arn: string) => inventory.keys.find((each) => each.arn === arn)

  it("is a valid inventory", () => {
    expect(readInventory(JSON.parse(JSON.stringify(inventory)))).toMatchObject({ ok: true })
    expect(inventory).toMatchObject({
      source: "terraform state state.json",
      accounts: [{ id: "111111111111", scps: [], rcps: [] }],
    })
  })

  it("tells a primary from its replica, which share an id, and gives each its own alias", () => {
    expect(key(KEY)).toMatchObject({
      account: "111111111111",
      region: "eu-central-1",
      aliases: ["alias/observability"],
      state: "Enabled",
      multiRegionType: "PRIMARY",
      rotation: { enabled: true, periodDays: 365 },
      deletionWindowDays: 30,
    })
    expect(parsed(key(KEY)?.policy)).toMatchObject({ Statement: [{ Sid: "primary" }] })
    expect(key(REPLICA)).toMatchObject({
      region: "eu-west-1",
      aliases: ["alias/observability"],
      state: "Disabled",
      multiRegionType: "REPLICA",
    })
  })

  it("reads a grant with its constraint; of one that may be of either key it says so to both", () => {
    expect(key(REPLICA)?.grants).toEqual([
      {
        id: "0123abcd",
        name: "backup",
        keyArn: REPLICA,
        grantee: "arn:aws:iam::111111111111:role/team/app",
        operations: ["Decrypt", "DescribeKey"],
        constraints: { encryptionContextSubset: { "aws:s3:arn": "arn:aws:s3:::prod-loki" } },
      },
    ])
    for (const arn of [KEY, REPLICA])
      expect(gapsOf(inventory, arn)).toContainEqual(["grants", expect.stringContaining("nobody_knows_where")])
  })

  it("never reads what is sensitive", () => {
    expect(JSON.stringify(inventory)).not.toContain("TOP-SECRET")
    expect(gapsOf(inventory, REPLICA)).toContainEqual(["policy", expect.stringContaining("is sensitive in Terraform")])
    expect(gapsOf(inventory, KEY)).toContainEqual(["tags", expect.stringContaining("is sensitive in Terraform")])
    expect(key(REPLICA)).not.toHaveProperty("policy")
  })

  it("reads a role's policies once each, wherever they stand", () => {
    const [app] = inventory.principals
    expect(app).toMatchObject({
      arn: "arn:aws:iam::111111111111:role/team/app",
      account: "111111111111",
      tags: { team: "observability", by: "terraform" },
      boundary: { name: "aws_iam_policy.limit" },
    })
    expect(app?.identity.map(({ name }) => name).sort()).toEqual([
      "aws_iam_policy.keys",
      "aws_iam_role.app inside",
      "aws_iam_role_policy.apart",
    ])
    expect(gapsOf(inventory, app?.arn ?? "")).toEqual([
      ["identity", "the document holds no text of arn:aws:iam::aws:policy/ReadOnlyAccess"],
    ])
    expect(parsed(app?.trust)).toMatchObject({ Statement: [{ Action: "sts:AssumeRole" }] })
  })

  it("prefers a bucket's policy of its own over the computed attribute", () => {
    const [bucket] = inventory.buckets
    expect(bucket).toMatchObject({ name: "prod-loki", account: "111111111111", region: "eu-central-1", keyArn: KEY })
    expect(parsed(bucket?.policy)).toMatchObject({ Statement: [{ Sid: "apart" }] })
  })
})

describe("a plan", () => {
  const inventory = terraformInventory("plan.json", fixture("plan"))
  const PLANNED = "arn:aws:kms:eu-central-1:111111111111:key/observability"

  it("is a valid inventory of what will be, without what is destroyed", () => {
    expect(readInventory(JSON.parse(JSON.stringify(inventory)))).toMatchObject({ ok: true })
    expect(inventory.principals.map(({ arn }) => arn)).toEqual([
      "arn:aws:iam::111111111111:role/dr-drill",
      "arn:aws:iam::111111111111:role/loki",
      "arn:aws:iam::111111111111:role/mimir",
    ])
  })

  it("names a key that has no id yet for its alias, found through a module's output", () => {
    const key = inventory.keys.find(({ arn }) => arn === PLANNED)
    expect(key).toMatchObject({ region: "eu-central-1", aliases: ["alias/observability"], multiRegionType: "PRIMARY" })
    expect(parsed(key?.policy)).toMatchObject({ Statement: [{ Sid: "planned" }] })
  })

  it("finds a grant's grantee through a module's variable", () => {
    expect(inventory.keys.find(({ arn }) => arn === PLANNED)?.grants).toMatchObject([
      { grantee: "arn:aws:iam::111111111111:role/dr-drill", keyArn: PLANNED, operations: ["Decrypt"] },
    ])
  })

  it("gives the default policy to a key whose configuration has none", () => {
    const bare = inventory.keys.find(({ label }) => label === "aws_kms_key.bare")
    expect(parsed(bare?.policy)).toMatchObject({
      Statement: [{ Effect: "Allow", Principal: { AWS: "arn:aws:iam::111111111111:root" }, Action: "kms:*" }],
    })
    expect(bare).toMatchObject({ rotation: { enabled: false } })
  })

  it("attaches by reference, to the instance with the same key", () => {
    const identity = (name: string) =>
      inventory.principals.find(({ arn }) => arn.endsWith(`/${name}`))?.identity.map((policy) => policy.name)
    expect(identity("loki")).toEqual(["aws_iam_policy.read"])
    expect(identity("mimir")).toEqual([])
  })

  it("has a gap for everything that is known only after apply", () => {
    expect(gapsOf(inventory, "arn:aws:iam::111111111111:role/dr-drill")).toEqual([
      ["tags", "aws_iam_role.drill.tags_all is known only after apply"],
      ["identity", "aws_iam_role_policy.keys.policy is known only after apply"],
    ])
    expect(gapsOf(inventory, "arn:aws:s3:::plan-loki")).toEqual([
      ["policy", "aws_s3_bucket_policy.loki.policy is known only after apply"],
    ])
    expect(gapsOf(inventory, "aws_iam_role.prefixed")).toEqual([
      ["identity", "its name or account is known only after apply"],
    ])
    expect(gapsOf(inventory, "arn:aws:s3:::plan-bare")).toEqual([])
  })

  it("does not guess the account of a provider with other credentials", () => {
    expect(inventory.keys.map(({ label }) => label)).not.toContain("aws_kms_key.elsewhere")
    expect(gapsOf(inventory, "aws_kms_key.elsewhere")).toEqual([
      ["policy", "nothing in the document says in which account it is"],
    ])
  })

  it("says of an incomplete plan that it is a part", () => {
    const partial = terraformInventory("plan.json", { ...(fixture("plan") as object), complete: false })
    expect(gapsOf(partial, "111111111111")).toEqual([["identity", expect.stringContaining("not complete")]])
  })
})

describe("an organisation", () => {
  const managed = (type: string, name: string, values: object) => ({
    address: `${type}.${name}`,
    mode: "managed",
    type,
    name,
    values,
    sensitive_values: {},
  })
  const deny = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Deny", Action: "kms:*", Resource: "*" }],
  })
  const allow = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "kms:*", Resource: "*" }],
  })
  const stateOf = (...resources: object[]) => ({ format_version: "1.0", values: { root_module: { resources } } })
  const account = managed("aws_organizations_account", "prod", {
    id: "111111111111",
    name: "prod",
    parent_id: "ou-ab12-11111111",
  })
  const unit = managed("aws_organizations_organizational_unit", "w", { id: "ou-ab12-11111111", parent_id: "r-ab12" })
  const policy = (name: string, content: string, type?: string) =>
    managed("aws_organizations_policy", name, {
      id: `p-${name}`,
      name,
      content,
      ...(type === undefined ? {} : { type }),
    })
  const attached = (name: string, target: string) =>
    managed("aws_organizations_policy_attachment", `${name}-${target}`, { policy_id: `p-${name}`, target_id: target })

  it("puts SCPs and RCPs at their levels, from the root downward, beside what AWS attaches itself", () => {
    const { accounts, gaps } = terraformInventory(
      "s.json",
      stateOf(
        account,
        unit,
        policy("scp", deny),
        policy("rcp", deny, "RESOURCE_CONTROL_POLICY"),
        attached("scp", "111111111111"),
        attached("scp", "r-ab12"),
        attached("rcp", "ou-ab12-11111111"),
        attached("scp", "ou-other-1"),
      ),
    )
    expect(gaps).toBeUndefined()
    expect(accounts).toHaveLength(1)
    expect(accounts[0]?.scps.map(({ target, policies }) => [target, policies.length])).toEqual([
      ["r-ab12", 2],
      ["111111111111", 2],
    ])
    expect(accounts[0]?.rcps).toMatchObject([{ target: "ou-ab12-11111111", policies: [{ document: deny }] }])
  })

  it("has a gap where it cannot see whether a policy stands above an account", () => {
    const { gaps } = terraformInventory(
      "s.json",
      stateOf(
        managed("aws_organizations_account", "prod", {
          id: "111111111111",
          name: "prod",
          parent_id: "ou-ab12-11111111",
        }),
        policy("scp", deny),
        attached("scp", "ou-ab12-22222222"),
      ),
    )
    expect(gaps).toMatchObject([{ subject: "111111111111", what: "scps" }])
  })

  it("has a gap where an SCP allows: FullAWSAccess may have been taken away", () => {
    const { gaps } = terraformInventory(
      "s.json",
      stateOf(account, unit, policy("scp", allow), attached("scp", "r-ab12")),
    )
    expect(gaps).toMatchObject([
      { subject: "111111111111", what: "scps", why: expect.stringContaining("FullAWSAccess") },
    ])
  })
})

describe("what is no such document", () => {
  it.each<[string, unknown, RegExp]>([
    ["a raw state file", { version: 4, serial: 3, lineage: "x", resources: [] }, /raw state file/],
    ["something else", { hello: "world" }, /no format_version/],
    ["a list", [], /no format_version/],
    ["nothing", null, /no format_version/],
    ["a newer format", { format_version: "2.0", values: {} }, /format_version 2\.0 is newer/],
    ["an empty state", { format_version: "1.0" }, /holds no resources/],
    ["a failed plan", { format_version: "1.2", errored: true, planned_values: {} }, /failed half-way/],
    [
      "nonsense in every place",
      {
        format_version: "1.0",
        values: { root_module: { resources: [1, "x", null, { address: 7 }], child_modules: "no" } },
      },
      /holds no resources/,
    ],
  ])("refuses %s", (_what, json, message) => {
    expect(() => terraformInventory("x.json", json)).toThrow(message)
    expect(() => terraformInventory("x.json", json)).toThrow(expect.objectContaining({ code: "E_INPUT", exit: 78 }))
  })

  it("bears values of the wrong type, and says so", () => {
    const resource = {
      address: "aws_kms_key.x",
      mode: "managed",
      type: "aws_kms_key",
      name: "x",
      values: { arn: KEY, policy: { not: "text" }, tags: ["a"], multi_region: "yes", is_enabled: 1 },
    }
    const inventory = terraformInventory("x.json", {
      format_version: "1.0",
      values: { root_module: { resources: [resource] } },
    })
    expect(inventory.keys).toEqual([
      { arn: KEY, account: "111111111111", region: "eu-central-1", aliases: [], label: "aws_kms_key.x", grants: [] },
    ])
    expect(gapsOf(inventory, KEY)).toEqual([["policy", "aws_kms_key.x.policy is no text"]])
  })

  it("refuses a binary plan and half a file, naming the file", async () => {
    const folder = tempFolder()
    for (const [name, content] of [
      ["tfplan", "PK\u0003\u0004…"],
      ["half.json", '{"format_version":"1.0","values":{'],
    ] as const) {
      writeFileSync(join(folder, name), content)
      await expect(inventoryFromTerraform(join(folder, name))).rejects.toMatchObject({
        code: "E_INPUT",
        exit: 78,
        message: expect.stringContaining(name) as string,
        hints: [expect.stringContaining("terraform show -json") as string],
      })
    }
    await expect(inventoryFromTerraform(join(folder, "none.json"))).rejects.toMatchObject({ code: "E_READ", exit: 1 })
    await expect(inventoryFromTerraform(folder)).rejects.toMatchObject({ code: "E_INPUT", exit: 78 })
  })
})
