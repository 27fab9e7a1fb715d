import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { expectAccess, type RuleResult } from "../../src/access/expect.ts"
import { AccessRules, type Rule } from "../../src/access/expect-schema.ts"
import { CompiledInventory } from "../../src/access/inventory-stack.ts"
import type { Gap, Inventory, InventoryKey, InventoryPrincipal, NamedPolicy } from "../../src/access/inventory.ts"
import { expectJunit } from "../../src/report/policy-expect.ts"
import { expectText } from "../../src/ui/policy-expect-text.ts"

const inventory = JSON.parse(
  readFileSync(new URL("../cases/inventories/observability.json", import.meta.url), "utf8"),
) as Inventory
const PRIMARY = "arn:aws:kms:us-east-1:111111111111:key/mrk-11111111111111111111111111111111"
const RECOVERY = "arn:aws:kms:eu-west-1:222222222222:key/22222222-2222-2222-2222-222222222222"
const RECOVERY_ROLE = "arn:aws:iam::222222222222:role/dr-recovery"

type Written = Omit<Rule, "name" | "must" | "mustNot"> & { must?: object; mustNot?: object }

function judged(from: Inventory, rule: Written): RuleResult {
  const rules = AccessRules.parse({ version: 1, rules: [{ name: "rule", ...rule }] })
  const [result] = expectAccess(new CompiledInventory(from), rules).rules
  if (result === undefined) throw new Error("no result")
  return result
}
const verdict = (rule: Written, from = inventory): string => judged(from, rule).verdict

const claim = (principal: string, actions: string[], resource: string, facts: Record<string, string> = {}) => ({
  principals: [principal],
  actions,
  resources: [resource],
  with: facts,
})

/** The inventory with one more statement in the policy of a key. */
function withStatement(arn: string, statement: object): Inventory {
  return {
    ...inventory,
    keys: inventory.keys.map((key): InventoryKey => {
      if (key.arn !== arn) return key
      const policy = structuredClone(key.policy) as NamedPolicy
      ;(policy.document as { Statement: object[] }).Statement.push(statement)
      return { ...key, policy }
    }),
  }
}

const withGap = (gap: Gap): Inventory => ({ ...inventory, gaps: [gap] })

describe("must", () => {
  it("passes when every principal is allowed every action", () =>
    expect(verdict({ must: claim("recovery", ["kms:Decrypt", "kms:ReEncryptFrom"], PRIMARY) })).toBe("pass"))
  it("fails with the reason", () => {
    const result = judged(inventory, { must: claim("operator", ["kms:Decrypt"], "recovery-key") })
    expect(result).toMatchObject({ verdict: "fail", asked: 1 })
    expect(result.findings[0]).toMatchObject({
      principal: "arn:aws:iam::222222222222:role/dr-operator",
      verdict: "fail",
    })
    expect(result.findings[0]?.why).toContain("no statement of the resource layer allows it")
  })
  it("is unknown when it hangs on what a call brings, and passes once that is said", () => {
    const viaS3 = withStatement(RECOVERY, {
      Effect: "Deny",
      Principal: "*",
      Action: "kms:Decrypt",
      Resource: "*",
      Condition: { StringNotEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } },
    })
    const decrypt = (facts: Record<string, string>) => ({ must: claim("recovery", ["kms:Decrypt"], RECOVERY, facts) })
    expect(verdict(decrypt({}), viaS3)).toBe("unknown")
    expect(verdict(decrypt({ "kms:ViaService": "s3.eu-west-1.amazonaws.com" }), viaS3)).toBe("pass")
    expect(verdict(decrypt({ "kms:ViaService": "s3.us-east-1.amazonaws.com" }), viaS3)).toBe("fail")
  })
  it("is unknown over a gap of the inventory", () =>
    expect(
      verdict(
        { must: claim("recovery", ["kms:Decrypt"], RECOVERY) },
        withGap({ subject: RECOVERY_ROLE, what: "boundary", why: "AccessDenied" }),
      ),
    ).toBe("unknown"))
  it("asks for all that a call needs, through the chain", () => {
    const copy = {
      ...claim("operator", ["s3:CopyObject"], "s3://loki-copies/x", { "sts:ExternalId": "drill" }),
      via: ["recovery"],
      from: "s3://loki-prod/x",
      bucketKey: true,
    }
    expect(verdict({ must: copy })).toBe("pass")
    expect(verdict({ must: { ...copy, with: { "sts:ExternalId": "other" } } })).toBe("fail")
    expect(verdict({ must: { ...copy, with: {} } })).toBe("unknown")
  })
  it("is unknown while nobody knows the key of an object", () => {
    const buckets = inventory.buckets.map(({ keyArn: _key, ...bucket }) => bucket)
    const read = claim("recovery", ["s3:GetObject"], "s3://loki-copies/x")
    expect(verdict({ must: read }, { ...inventory, buckets })).toBe("unknown")
    expect(verdict({ must: { ...read, key: "recovery-key" } }, { ...inventory, buckets })).toBe("pass")
    expect(verdict({ must: { ...read, key: "none" } }, { ...inventory, buckets })).toBe("pass")
  })
  it("takes an alias without its Region for the key in every Region", () =>
    expect(judged(inventory, { must: claim("recovery", ["kms:Decrypt"], "alias/observability") })).toMatchObject({
      verdict: "pass",
      asked: 2,
    }))
})

describe("mustNot", () => {
  it("passes when nobody of them is allowed", () =>
    expect(verdict({ mustNot: claim("workload", ["kms:Decrypt", "kms:ReEncrypt*"], "recovery-key") })).toBe("pass"))
  it("fails when one of them is", () => {
    const result = judged(inventory, { mustNot: claim("workload", ["kms:Decrypt"], PRIMARY) })
    expect(result).toMatchObject({ verdict: "fail", asked: 2 })
    expect(result.findings.map(({ principal }) => principal)).toEqual([
      "arn:aws:iam::111111111111:role/observability-loki-role",
      "arn:aws:iam::111111111111:role/observability-mimir-role",
    ])
  })
  it("is not fooled by calls without TLS", () => {
    const tlsOnly = withStatement(RECOVERY, {
      Effect: "Deny",
      Principal: "*",
      Action: "kms:*",
      Resource: "*",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    })
    expect(verdict({ mustNot: claim("recovery", ["kms:Decrypt"], RECOVERY) }, tlsOnly)).toBe("fail")
    expect(verdict({ must: claim("recovery", ["kms:Decrypt"], RECOVERY) }, tlsOnly)).toBe("pass")
  })
  it("is unknown while a grant may allow it in some encryption context", () => {
    const backup: InventoryPrincipal = {
      arn: "arn:aws:iam::222222222222:role/backup-service",
      account: "222222222222",
      label: "backup",
      identity: [],
    }
    const from = { ...inventory, principals: [...inventory.principals, backup] }
    expect(verdict({ mustNot: claim("backup", ["kms:Decrypt"], RECOVERY) }, from)).toBe("unknown")
    expect(verdict({ mustNot: claim("backup", ["kms:Encrypt"], RECOVERY) }, from)).toBe("pass")
  })
  it.each([
    [
      "a principal that the inventory does not hold",
      claim("arn:aws:iam::111111111111:role/gone", ["kms:Decrypt"], RECOVERY),
    ],
    ["a label that nobody has", claim("wrkload", ["kms:Decrypt"], RECOVERY)],
    ["a key that the inventory does not hold", claim("workload", ["kms:Decrypt"], "alias/gone")],
    ["a bucket that the inventory does not hold", claim("workload", ["s3:Get*"], "gone")],
  ])("is unknown for %s", (_name, mustNot) => expect(verdict({ mustNot })).toBe("unknown"))
})

describe("onlyVia", () => {
  const destroy = ["kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:PutKeyPolicy"]

  it("passes when a Deny spares only the named", () =>
    expect(verdict({ onlyVia: claim("break-glass", destroy, PRIMARY) })).toBe("pass"))
  it("fails for another principal of the inventory", () => {
    const result = judged(inventory, { onlyVia: claim("break-glass", ["kms:EnableKey"], PRIMARY) })
    expect(result.verdict).toBe("fail")
    expect(result.findings.map(({ principal }) => principal)).toEqual([
      "arn:aws:iam::111111111111:role/platform-admin",
      "any principal of 111111111111 with an IAM allow for kms:EnableKey",
      "the root user of 111111111111",
    ])
  })
  it("fails for a class that the inventory does not list", () => {
    const delegated = withStatement(RECOVERY, {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::222222222222:root" },
      Action: "kms:PutKeyPolicy",
      Resource: "*",
    })
    const result = judged(delegated, { onlyVia: claim("break-glass", ["kms:PutKeyPolicy"], RECOVERY) })
    expect(result.verdict).toBe("fail")
    expect(result.findings.map(({ principal }) => principal)).toContain("the root user of 222222222222")
    expect(verdict({ onlyVia: claim("break-glass", ["kms:PutKeyPolicy"], RECOVERY) })).toBe("pass")
  })
  it("is unknown for a grant that may allow it", () =>
    expect(judged(inventory, { onlyVia: claim("recovery", ["kms:Decrypt"], RECOVERY) })).toMatchObject({
      verdict: "unknown",
      findings: [{ principal: "arn:aws:iam::222222222222:role/backup-service", verdict: "unknown" }],
    }))
  it("is unknown when the key's policy could not be read", () =>
    expect(
      verdict(
        { onlyVia: claim("break-glass", destroy, RECOVERY) },
        withGap({ subject: RECOVERY, what: "policy", why: "AccessDenied" }),
      ),
    ).toBe("unknown"))
})

describe("the schema", () => {
  const read = (rule: object): boolean => AccessRules.safeParse({ version: 1, rules: [{ name: "r", ...rule }] }).success
  it.each([
    ["a misspelt action", { must: { principals: ["a"], actions: ["kms:Decrpt"], resources: ["k"] } }],
    ["a misspelt condition key", { must: { ...claim("a", ["kms:Decrypt"], "k"), with: { "kms:ViaServce": "x" } } }],
    ["no principals", { must: { principals: [], actions: ["kms:Decrypt"], resources: ["k"] } }],
    ["an unknown field", { must: { ...claim("a", ["kms:Decrypt"], "k"), acount: "1" } }],
  ])("refuses %s", (_name, rule) => expect(read(rule)).toBe(false))
  it("takes actions, patterns and operations", () =>
    expect(read({ must: claim("a", ["kms:Decrypt", "kms:ReEncrypt*", "s3:CopyObject"], "k") })).toBe(true))
})

describe("the views", () => {
  const rules = AccessRules.parse({
    version: 1,
    rules: [
      { name: "good", must: claim("recovery", ["kms:Decrypt"], RECOVERY) },
      { name: "<bad>", mustNot: claim("workload", ["kms:Decrypt"], PRIMARY) },
    ],
  })
  const result = expectAccess(new CompiledInventory(inventory), rules)
  it("as text count what passed", () => {
    const text = expectText(result)
    expect(text).toContain("✓ pass  good (1 asked)")
    expect(text).toContain("✕ fail  <bad> (2 asked)")
    expect(text).toContain("1 pass, 1 fail, 0 not proven")
  })
  it("as JUnit fail what does not pass", () => {
    const xml = expectJunit(result)
    expect(xml).toContain(`tests="2" failures="1"`)
    expect(xml).toContain(`name="&lt;bad&gt;"`)
  })
  it("have not passed while one rule has not", () => expect(result.passed).toBe(false))
})
