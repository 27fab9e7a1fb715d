import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { CompiledInventory } from "../../src/access/inventory-stack.ts"
import type { Inventory, InventoryKey } from "../../src/access/inventory.ts"
import { whoCan, type WhoCan } from "../../src/access/who-can.ts"
import { whoCanText } from "../../src/ui/policy-who-can-text.ts"

const inventory = JSON.parse(
  readFileSync(new URL("../cases/inventories/observability.json", import.meta.url), "utf8"),
) as Inventory

const PRIMARY = "arn:aws:kms:us-east-1:111111111111:key/mrk-11111111111111111111111111111111"
const RECOVERY = "arn:aws:kms:eu-west-1:222222222222:key/22222222-2222-2222-2222-222222222222"

/** The inventory with the policy of the primary key replaced. */
function withKeyPolicy(...statements: readonly object[]): Inventory {
  const policy = { name: "key policy", document: { Version: "2012-10-17", Statement: statements } }
  const keys = inventory.keys.map((key): InventoryKey => (key.arn === PRIMARY ? { ...key, policy } : key))
  return { ...inventory, keys }
}

const ask = (from: Inventory, action: string, resource: string, facts = {}): WhoCan =>
  whoCan(new CompiledInventory(from), action, resource, facts)

const named = ({ principals }: WhoCan): string[] =>
  principals.map(({ principal, verdict }) => `${verdict} ${principal.slice(principal.lastIndexOf("/") + 1)}`)
const classes = (result: WhoCan): string[] => result.classes.map(({ who, verdict }) => `${verdict}: ${who}`)

describe("who can", () => {
  it("names the principals, with the statements that give the right", () => {
    const result = ask(inventory, "kms:Decrypt", RECOVERY)
    expect(named(result)).toEqual(["allowed dr-recovery"])
    expect(result.principals[0]).toMatchObject({
      label: "recovery",
      because: ["Allow by statement 1 (Recovery) of recovery key policy"],
    })
    expect(result.denied).toHaveLength(6)
  })

  it("lists grants as such, with their constraints", () =>
    expect(ask(inventory, "kms:Decrypt", RECOVERY).grants).toEqual([
      {
        id: "grant-backup",
        name: "backup-vault",
        grantee: "arn:aws:iam::222222222222:role/backup-service",
        verdict: "depends",
        conditions: ["kms:EncryptionContext:vault StringEquals loki"],
      },
    ]))
  it("lists a grant whose grantee is gone, as one that helps nobody", () => {
    const grantee = "AROAEXAMPLEEXAMPLE12"
    const keys = inventory.keys.map((key): InventoryKey => ({
      ...key,
      grants: key.grants.map((each) => ({ ...each, grantee })),
    }))
    expect(ask({ ...inventory, keys }, "kms:Decrypt", RECOVERY).grants).toEqual([
      {
        id: "grant-backup",
        name: "backup-vault",
        grantee,
        verdict: "implicit-deny",
        conditions: ["its grantee no longer exists"],
      },
    ])
  })
  it("leaves grants out that do not list the operation", () =>
    expect(ask(inventory, "kms:Encrypt", RECOVERY).grants).toEqual([]))

  it("tells an account delegation as a class, and the root user with it", () =>
    expect(classes(ask(inventory, "kms:Encrypt", PRIMARY))).toEqual([
      "allowed: any principal of 111111111111 with an IAM allow for kms:Encrypt",
      "allowed: the root user of 111111111111",
    ]))
  it("tells whom of a class a Deny spares", () => {
    const [only, ...others] = ask(inventory, "kms:PutKeyPolicy", PRIMARY).classes
    expect(others).toEqual([])
    expect(only).toMatchObject({ kind: "account", verdict: "explicit-deny" })
    expect(only?.conditions.join()).toMatch(/not if aws:PrincipalArn ArnNotEquals .*dr-break-glass/)
  })

  it("tells everybody of an organisation as a class", () => {
    const open = withKeyPolicy({
      Effect: "Allow",
      Principal: "*",
      Action: "kms:Decrypt",
      Resource: "*",
      Condition: { StringEquals: { "aws:PrincipalOrgID": "o-exampleorg1" } },
    })
    const result = ask(open, "kms:Decrypt", PRIMARY)
    expect(classes(result)).toEqual([
      "allowed: anybody of 111111111111",
      "depends: anybody of another account with an IAM allow for kms:Decrypt",
    ])
    expect(result.classes[1]?.conditions).toEqual(["only if aws:PrincipalOrgID StringEquals o-exampleorg1"])
  })
  it("tells services and principals that the inventory does not hold", () => {
    const stranger = "arn:aws:iam::111111111111:role/forgotten"
    const open = withKeyPolicy(
      { Effect: "Allow", Principal: { Service: "backup.amazonaws.com" }, Action: "kms:Decrypt", Resource: "*" },
      { Effect: "Allow", Principal: { AWS: stranger }, Action: "kms:Decrypt", Resource: "*" },
    )
    expect(classes(ask(open, "kms:Decrypt", PRIMARY))).toEqual([
      "allowed: the service backup.amazonaws.com",
      `allowed: ${stranger}, which the inventory does not hold`,
    ])
  })
  it("leaves classes out that nothing can allow", () => {
    const closed = withKeyPolicy(
      { Effect: "Allow", Principal: { AWS: "arn:aws:iam::333333333333:root" }, Action: "kms:*", Resource: "*" },
      { Effect: "Deny", Principal: "*", Action: "kms:Decrypt", Resource: "*" },
    )
    expect(classes(ask(closed, "kms:Decrypt", PRIMARY))).toEqual([])
    // PutKeyPolicy works in the key's own account only.
    expect(classes(ask(closed, "kms:PutKeyPolicy", PRIMARY))).toEqual([])
    expect(classes(ask(closed, "kms:Encrypt", PRIMARY))[0]).toMatch(/any principal of 333333333333/)
  })

  it("leaves open what a call brings, until it is said", () => {
    const viaS3 = withKeyPolicy({
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::111111111111:role/observability-loki-role" },
      Action: "kms:Decrypt",
      Resource: "*",
      Condition: { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } },
    })
    const open = ask(viaS3, "kms:Decrypt", PRIMARY)
    expect(named(open)).toEqual(["depends observability-loki-role"])
    expect(open.principals[0]?.conditions.join()).toMatch(/kms:ViaService StringEquals s3\.us-east-1/)
    const facts = (value: string): object => ({ "kms:ViaService": value })
    expect(named(ask(viaS3, "kms:Decrypt", PRIMARY, facts("s3.us-east-1.amazonaws.com")))).toEqual([
      "allowed observability-loki-role",
    ])
    expect(named(ask(viaS3, "kms:Decrypt", PRIMARY, facts("s3.eu-west-1.amazonaws.com")))).toEqual([])
  })

  it("knows that everybody of a bucket's account may come through IAM", () =>
    expect(classes(ask(inventory, "s3:GetObject", "arn:aws:s3:::loki-copies/x"))).toEqual([
      "allowed: any principal of 222222222222 with an IAM allow for s3:GetObject",
      "allowed: the root user of 222222222222",
    ]))

  it("is open where the inventory could not read", () => {
    const gaps = [{ subject: PRIMARY, what: "policy" as const, why: "AccessDenied" }]
    const result = ask({ ...inventory, gaps }, "kms:GetKeyPolicy", PRIMARY)
    expect(new Set(result.principals.map(({ verdict }) => verdict))).toEqual(new Set(["depends"]))
    expect(result.gaps).toEqual([`policy of ${PRIMARY} could not be read: AccessDenied`])
  })
})

describe("the text", () => {
  it("says what was asked, also when it is nobody", () => {
    const text = whoCanText(ask(withKeyPolicy(), "kms:Decrypt", PRIMARY))
    expect(text).toContain(`who can kms:Decrypt on ${PRIMARY}`)
    expect(text).toContain("asked: test observability as of 2026-11-16T02:00:04Z, 7 principals")
    expect(text).toContain("nobody: no principal of the inventory, no class and no grant has a way to it")
  })
})
