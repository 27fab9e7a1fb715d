import { describe, expect, it } from "vitest"
import { evaluate } from "../../src/access/evaluate.ts"
import type { Grant, GrantConstraints } from "../../src/access/grants.ts"
import type { Facts } from "../../src/access/context.ts"
import type { Decision } from "../../src/access/decision.ts"

const KEY = "arn:aws:kms:eu-west-1:222222222222:key/22222222-2222-2222-2222-222222222222"
const ROLE = "arn:aws:iam::222222222222:role/backup-service"

const granted = (
  constraints: GrantConstraints | undefined,
  facts: Facts,
  unknown: readonly string[] = [],
): Decision => {
  const grant: Grant = {
    id: "grant-1",
    keyArn: KEY,
    grantee: ROLE,
    operations: ["Decrypt"],
    ...(constraints === undefined ? {} : { constraints }),
  }
  const request = {
    principal: ROLE,
    action: "kms:Decrypt",
    resource: KEY,
    resourceAccount: "222222222222",
    facts,
    unknown,
  }
  return evaluate(request, { identity: [], scps: [], rcps: [], grants: [grant] })
}

const subset: GrantConstraints = { encryptionContextSubset: { vault: "loki" } }
const equals: GrantConstraints = { encryptionContextEquals: { vault: "loki" } }

describe("a grant whose constraint hangs on the encryption context", () => {
  it.each([
    ["no constraint", undefined, {}, "allowed"],
    ["subset given", subset, { "kms:EncryptionContext:vault": "loki", "kms:EncryptionContext:env": "prod" }, "allowed"],
    ["subset differs", subset, { "kms:EncryptionContext:vault": "mimir" }, "implicit-deny"],
    ["subset absent", subset, {}, "implicit-deny"],
    ["equals given", equals, { "kms:EncryptionContext:vault": "loki" }, "allowed"],
    [
      "equals with more",
      equals,
      { "kms:EncryptionContext:vault": "loki", "kms:EncryptionContext:env": "p" },
      "implicit-deny",
    ],
  ] as const)("%s", (_name, constraints, facts, verdict) => expect(granted(constraints, facts).verdict).toBe(verdict))

  it.each([
    ["subset unknown", subset, {}, "depends"],
    ["equals unknown", equals, {}, "depends"],
    ["subset given beside unknown pairs", subset, { "kms:EncryptionContext:vault": "loki" }, "allowed"],
    ["equals given beside unknown pairs", equals, { "kms:EncryptionContext:vault": "loki" }, "depends"],
    ["another value given", subset, { "kms:EncryptionContext:vault": "mimir" }, "implicit-deny"],
  ] as const)("%s, when nobody can tell the rest", (_name, constraints, facts, verdict) =>
    expect(granted(constraints, facts, ["kms:EncryptionContext:*"]).verdict).toBe(verdict),
  )

  it("says on what it hangs", () =>
    expect(granted(subset, {}, ["kms:EncryptionContext:*"]).depends).toEqual([
      {
        must: "hold",
        layer: "grant",
        policy: "grant grant-1",
        index: 0,
        tests: [{ operator: "StringEquals", key: "kms:EncryptionContext:vault", values: ["loki"] }],
      },
    ]))
})
