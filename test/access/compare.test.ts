import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import type { CellChange, Comparison } from "../../src/access/compare.ts"
import { compareInventories } from "../../src/access/compare-inventories.ts"
import { comparePolicies } from "../../src/access/compare-policies.ts"
import type { Inventory, InventoryKey, InventoryPrincipal, NamedPolicy } from "../../src/access/inventory.ts"
import { policyDiffText } from "../../src/ui/policy-diff-text.ts"

const inventory = JSON.parse(
  readFileSync(new URL("../cases/inventories/observability.json", import.meta.url), "utf8"),
) as Inventory
const NAMES = ["before", "after"] as const
const RECOVERY = "arn:aws:kms:eu-west-1:222222222222:key/22222222-2222-2222-2222-222222222222"

const short = ({ change, principal, action, before, after }: CellChange): string =>
  `${change} ${principal.slice(principal.lastIndexOf("/") + 1)} ${action} ${before} -> ${after}`

const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements })

describe("two inventories", () => {
  const compare = (after: Inventory): Comparison => compareInventories(inventory, after, NAMES)
  const withPolicy = (change: (document: { Statement: object[] }) => void): Inventory => ({
    ...inventory,
    keys: inventory.keys.map((key): InventoryKey => {
      if (key.arn !== RECOVERY) return key
      const changed = structuredClone(key.policy) as NamedPolicy
      change(changed.document as { Statement: object[] })
      return { ...key, policy: changed }
    }),
  })

  it("that are the same differ in nothing", () =>
    expect(compare(structuredClone(inventory))).toMatchObject({ same: true, cells: [], wider: 0, narrower: 0 }))
  it("do not differ when statements change places", () =>
    expect(compare(withPolicy((document) => void (document.Statement = document.Statement.toReversed()))).same).toBe(
      true,
    ))
  it("tell what became wider", () => {
    const opened = withPolicy((document) =>
      document.Statement.push({
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::222222222222:role/dr-operator" },
        Action: "kms:Decrypt",
        Resource: "*",
      }),
    )
    expect(compare(opened).cells.map(short)).toEqual(["wider dr-operator kms:Decrypt implicit-deny -> allowed"])
  })
  it("tell what became narrower", () => {
    const closed = withPolicy((document) => document.Statement.splice(1, 1))
    const result = compare(closed)
    expect(result).toMatchObject({ wider: 0, same: false })
    expect(result.cells.map(short)).toContain("narrower dr-recovery kms:Decrypt allowed -> implicit-deny")
  })
  it("tell when an open answer hangs on something else", () => {
    const viaRegion = (region: string): Inventory =>
      withPolicy((document) =>
        document.Statement.push({
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::222222222222:role/dr-operator" },
          Action: "kms:Decrypt",
          Resource: "*",
          Condition: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
        }),
      )
    const result = compareInventories(viaRegion("eu-west-1"), viaRegion("us-east-1"), NAMES)
    expect(result.cells.map(short)).toEqual(["conditions dr-operator kms:Decrypt depends -> depends"])
  })
  it("tell a delegation to an account that no list names", () => {
    const delegated = withPolicy((document) =>
      document.Statement.push({
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::333333333333:root" },
        Action: "kms:Decrypt",
        Resource: "*",
      }),
    )
    expect(compare(delegated).cells.map(short)).toEqual([
      "wider any principal of 333333333333 with an IAM allow kms:Decrypt absent -> allowed",
      "wider the root user of 333333333333 kms:Decrypt absent -> allowed",
    ])
  })
  it("see the way into roles", () => {
    const principals = inventory.principals.map((each): InventoryPrincipal => {
      if (!each.arn.endsWith("dr-recovery")) return each
      const { trust: _trust, ...untrusted } = each
      return untrusted
    })
    expect(compare({ ...inventory, principals }).cells.map(short)).toEqual([
      "narrower dr-operator sts:AssumeRole depends -> absent",
    ])
  })
  it("tell a principal that is new", () => {
    const auditor: InventoryPrincipal = {
      arn: "arn:aws:iam::111111111111:role/auditor",
      account: "111111111111",
      identity: [{ name: "all", document: policy({ Effect: "Allow", Action: "kms:DescribeKey", Resource: "*" }) }],
    }
    expect(compare({ ...inventory, principals: [...inventory.principals, auditor] }).cells.map(short)).toEqual([
      "wider auditor kms:DescribeKey absent -> allowed",
      "wider auditor kms:DescribeKey absent -> allowed",
    ])
  })
})

describe("two policies", () => {
  const account = {
    Sid: "Account",
    Effect: "Allow",
    Principal: { AWS: "arn:aws:iam::111111111111:root" },
    Action: "kms:*",
    Resource: "*",
  }
  const workload = {
    Sid: "Workload",
    Effect: "Allow",
    Principal: { AWS: "arn:aws:iam::222222222222:role/recovery" },
    Action: ["kms:Decrypt"],
    Resource: "*",
  }

  it("of keys are the same whatever the order, the case of actions and lists of one", () => {
    const other = {
      ...workload,
      Action: "KMS:decrypt",
      Principal: { AWS: ["arn:aws:iam::222222222222:role/recovery"] },
    }
    expect(comparePolicies(policy(account, workload), policy(other, account), NAMES)).toMatchObject({
      same: true,
      statements: [],
    })
  })
  it("of keys tell statements and answers", () => {
    const wider = { ...workload, Action: ["kms:Decrypt", "kms:CreateGrant"] }
    const result = comparePolicies(policy(account, workload), policy(account, wider), NAMES)
    expect(result.statements).toEqual([{ change: "changed", statement: "Workload", elements: ["Action"] }])
    expect(result.cells.map(short)).toEqual(["wider recovery kms:CreateGrant implicit-deny -> allowed"])
    expect(result.assumes).toContain("the key is one of account 111111111111")
  })
  it("of keys tell a statement that is gone", () => {
    const result = comparePolicies(policy(account, workload), policy(account), NAMES)
    expect(result.statements).toEqual([{ change: "removed", statement: "Workload", elements: [] }])
    expect(result.cells.map(short)).toEqual(["narrower recovery kms:Decrypt allowed -> implicit-deny"])
  })
  it("of keys ask those whom a Deny spares by condition", () => {
    const guard = (...spared: string[]): object => ({
      Sid: "Guard",
      Effect: "Deny",
      Principal: "*",
      Action: "kms:ScheduleKeyDeletion",
      Resource: "*",
      Condition: {
        ArnNotEquals: { "aws:PrincipalArn": spared.map((name) => `arn:aws:iam::111111111111:role/${name}`) },
      },
    })
    const result = comparePolicies(policy(account, guard("glass")), policy(account, guard("glass", "admin")), NAMES)
    expect(result.cells.map(short)).toContain("wider admin kms:ScheduleKeyDeletion explicit-deny -> allowed")
  })
  it("of identities ask for what they name", () => {
    const all = policy({ Effect: "Allow", Action: "kms:Decrypt", Resource: "*" })
    const one = policy({ Effect: "Allow", Action: "kms:Decrypt", Resource: RECOVERY })
    const result = comparePolicies(all, one, NAMES)
    expect(result).toMatchObject({ narrower: 1, wider: 0 })
    expect(comparePolicies(one, all, NAMES)).toMatchObject({ narrower: 0, wider: 1 })
  })
  it("of buckets and of roles are told apart by what they say", () => {
    const bucket = (name: string): string =>
      policy({
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::222222222222:role/${name}` },
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::loki-copies/*",
      })
    expect(comparePolicies(bucket("a"), bucket("b"), NAMES).assumes[0]).toMatch(/bucket is loki-copies/)
    const trust = (name: string): string =>
      policy({
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::222222222222:role/${name}` },
        Action: "sts:AssumeRole",
      })
    expect(comparePolicies(trust("a"), trust("b"), NAMES).cells.map(short).toSorted()).toEqual([
      "narrower a sts:AssumeRole allowed -> implicit-deny",
      "wider b sts:AssumeRole implicit-deny -> allowed",
    ])
  })
  it("are refused when one cannot be read", () =>
    expect(() =>
      comparePolicies(policy(account), policy({ Effect: "Maybe", Action: "kms:*", Resource: "*" }), NAMES),
    ).toThrow(/Effect/))

  it("are told as text, what opened first", () => {
    const text = policyDiffText(
      comparePolicies(policy(account, workload), policy(account, { ...workload, Action: "kms:Encrypt" }), NAMES),
    )
    expect(text).toContain("~ statement Workload changed: Action")
    expect(text.indexOf("+ wider")).toBeLessThan(text.indexOf("- narrower"))
    expect(text).toContain("2 answers differ: 1 wider, 1 narrower")
  })
})
