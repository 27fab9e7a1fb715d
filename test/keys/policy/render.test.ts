import { describe, expect, it } from "vitest"
import { parsePolicy } from "../../../src/access/document.ts"
import { evaluate } from "../../../src/access/evaluate.ts"
import { CompiledInventory } from "../../../src/access/inventory-stack.ts"
import type { InventoryKey } from "../../../src/access/inventory.ts"
import type { Facts } from "../../../src/access/context.ts"
import { EXAMPLE_CONFIG } from "../../../src/estate/example.ts"
import { loadEstate } from "../../../src/estate/load.ts"
import { environmentOf, type ResolvedEnvironment } from "../../../src/estate/topology.ts"
import { renderPolicies } from "../../../src/keys/policy/render.ts"
import { renderedInventory } from "../../../src/keys/rendered-inventory.ts"

const environment = (text = EXAMPLE_CONFIG): ResolvedEnvironment =>
  environmentOf(loadEstate({ path: "dr.yaml", text }), "prod")

const W = "111111111111"
const R = "222222222222"
const role = (account: string, name: string): string => `arn:aws:iam::${account}:role/${name}`
const PRIMARY = `arn:aws:kms:eu-central-1:${W}:key/observability-prod`
const REPLICA = `arn:aws:kms:eu-west-1:${W}:key/observability-prod`
const RECOVERY = `arn:aws:kms:eu-west-1:${R}:key/observability-prod-recovery`

/** May `name` do it on the key, with the rendered policies in place? `admin`: an IAM allow for everything comes on top. */
function may(
  who: string,
  action: string,
  resource: string,
  facts: Facts = {},
  admin = false,
  text = EXAMPLE_CONFIG,
): string {
  const inventory = renderedInventory(environment(text))
  const all = {
    name: "admin",
    document: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
  }
  const principals = inventory.principals.some(({ arn }) => arn === who)
    ? inventory.principals
    : [...inventory.principals, { arn: who, account: who.split(":")[4] ?? "", identity: [] }]
  const compiled = new CompiledInventory({
    ...inventory,
    principals: principals.map((each) => (admin && each.arn === who ? { ...each, identity: [all] } : each)),
  })
  return evaluate(
    {
      principal: who,
      action,
      resource,
      resourceAccount: resource.split(":")[4] ?? "",
      facts: { ...compiled.factsFor(who, resource), ...facts },
    },
    compiled.stackFor(who, resource),
  ).verdict
}

const throughS3 = (region: string, object: string): Facts => ({
  "kms:ViaService": `s3.${region}.amazonaws.com`,
  "kms:EncryptionContext:aws:s3:arn": `arn:aws:s3:::${object}`,
})
const PLAN: Facts = { "aws:PrincipalTag/dr-plan": "sha256-0f", "aws:SourceIdentity": "alice" }

describe("the rendered policies", () => {
  const rendered = renderPolicies(environment())
  it.each(rendered.map((policy) => [policy.path, policy] as const))("%s is what AWS takes", (_path, policy) => {
    expect(parsePolicy(policy.document, policy.kind).issues).toEqual([])
    expect(policy.sizeBytes).toBeLessThan(policy.limitBytes)
    expect(JSON.stringify(policy.document)).toMatch(/^[\x20-\x7e]*$/)
  })
  it("stand in files of their own", () => {
    expect(new Set(rendered.map(({ path }) => path)).size).toBe(rendered.length)
  })
  it("do not change from one time to the next", () => {
    expect(renderPolicies(environment())).toEqual(rendered)
  })
})

const statementsOf = (key: InventoryKey): readonly object[] =>
  (key.policy?.document as { Statement: object[] } | undefined)?.Statement ?? []

describe("the guarded template", () => {
  const loki = role(W, "observability-loki-role")
  it.each([
    ["its own bucket, through S3", throughS3("eu-central-1", "example-loki/chunks/1"), "allowed"],
    ["its own bucket, under a bucket key", throughS3("eu-central-1", "example-loki"), "allowed"],
    ["another service's bucket", throughS3("eu-central-1", "example-mimir/blocks/1"), "implicit-deny"],
    ["a bucket whose name begins like its own", throughS3("eu-central-1", "example-loki-recovery/x"), "implicit-deny"],
    ["S3 in another Region", throughS3("us-east-1", "example-loki/chunks/1"), "implicit-deny"],
    ["KMS itself", {}, "implicit-deny"],
  ] as const)("lets a service decrypt %s: %s", (_what, facts, verdict) => {
    expect(may(loki, "kms:Decrypt", PRIMARY, facts)).toBe(verdict)
  })

  it.each([
    ["kms:Decrypt", throughS3("eu-west-1", "example-loki-recovery/x")],
    ["kms:ReEncryptFrom", {}],
    ["kms:GenerateDataKey", throughS3("eu-west-1", "example-loki-recovery/x")],
    ["kms:DescribeKey", {}],
  ] as const)("keeps services away from the recovery key: %s", (action, facts) => {
    expect(may(loki, action, RECOVERY, facts)).toBe("explicit-deny")
  })

  it.each([
    ["the source, through S3", "kms:Decrypt", PRIMARY, throughS3("eu-central-1", "example-loki/x"), "allowed"],
    ["the source, by KMS itself", "kms:Decrypt", PRIMARY, {}, "implicit-deny"],
    [
      "a bucket that is not the estate's",
      "kms:Decrypt",
      PRIMARY,
      throughS3("eu-central-1", "secrets/x"),
      "implicit-deny",
    ],
    ["the source key", "kms:DescribeKey", PRIMARY, {}, "allowed"],
    ["data keys of drills", "kms:ReEncryptFrom", REPLICA, { "kms:EncryptionContext:dr-run": "dr-1" }, "allowed"],
    ["data keys of anything else", "kms:ReEncryptFrom", REPLICA, { "kms:EncryptionContext:app": "x" }, "implicit-deny"],
    ["the copies", "kms:Decrypt", RECOVERY, throughS3("eu-west-1", "example-loki-recovery/x"), "allowed"],
    [
      "the scratch prefix",
      "kms:GenerateDataKey",
      RECOVERY,
      throughS3("eu-west-1", "example-dr-scratch/dr-drill/x"),
      "allowed",
    ],
    ["the deletion of keys", "kms:ScheduleKeyDeletion", RECOVERY, {}, "explicit-deny"],
  ] as const)("lets the recovery role do what drills do, and no more: %s", (_what, action, key, facts, verdict) => {
    expect(may(role(R, "dr-recovery"), action, key, facts)).toBe(verdict)
  })

  it.each([
    "kms:DisableKey",
    "kms:ScheduleKeyDeletion",
    "kms:PutKeyPolicy",
    "kms:DeleteImportedKeyMaterial",
    "kms:DisableKeyRotation",
  ])("leaves %s to break-glass with an approved plan, whatever IAM says", (action) => {
    const window = { "kms:ScheduleKeyDeletionPendingWindowInDays": "30" }
    for (const key of [PRIMARY, REPLICA]) {
      expect(may(role(W, "team-admin"), action, key, window, true)).toBe("explicit-deny")
      expect(may(role(W, "key-operator"), action, key, window, true)).toBe("explicit-deny")
      expect(may(role(W, "break-glass"), action, key, window)).toBe("implicit-deny")
      expect(may(role(W, "break-glass"), action, key, { ...window, ...PLAN })).toBe("allowed")
    }
  })
  it("takes no deletion window below thirty days, from nobody", () => {
    const facts = { ...PLAN, "kms:ScheduleKeyDeletionPendingWindowInDays": "7" }
    expect(may(role(W, "break-glass"), "kms:ScheduleKeyDeletion", PRIMARY, facts)).toBe("explicit-deny")
  })
  it("lets nobody bypass the lock-out check", () => {
    const facts = { ...PLAN, "kms:BypassPolicyLockoutSafetyCheck": "true" }
    expect(may(role(W, "break-glass"), "kms:PutKeyPolicy", PRIMARY, facts)).toBe("explicit-deny")
  })
  it("splits managing from using", () => {
    const everywhere = throughS3("eu-central-1", "example-loki/x")
    expect(may(role(W, "key-operator"), "kms:EnableKeyRotation", PRIMARY)).toBe("allowed")
    expect(may(role(W, "key-operator"), "kms:Decrypt", PRIMARY, everywhere, true)).toBe("implicit-deny")
    expect(may(role(W, "team-admin"), "kms:Decrypt", PRIMARY, everywhere, true)).toBe("implicit-deny")
  })
  it("opens the recovery key to nobody outside its account", () => {
    expect(
      may(role(W, "team-admin"), "kms:Decrypt", RECOVERY, throughS3("eu-west-1", "example-loki-recovery/x"), true),
    ).toBe("explicit-deny")
  })
  it("lets a quarantine be appended: one Deny closes the key for all but break-glass and leaves it to be looked at", () => {
    const inventory = renderedInventory(environment())
    const quarantine = {
      Sid: "Quarantine",
      Effect: "Deny",
      Principal: "*",
      NotAction: ["kms:DescribeKey", "kms:GetKeyPolicy"],
      Resource: "*",
      Condition: { ArnNotEquals: { "aws:PrincipalArn": role(W, "break-glass") } },
    }
    const keys = inventory.keys.map((key) => ({
      ...key,
      policy: {
        name: "quarantined",
        document: {
          Version: "2012-10-17",
          Statement: [...statementsOf(key), quarantine],
        },
      },
    }))
    const compiled = new CompiledInventory({ ...inventory, keys })
    const verdict = (who: string, action: string, facts: Facts): string =>
      evaluate(
        {
          principal: who,
          action,
          resource: PRIMARY,
          resourceAccount: W,
          facts: { ...compiled.factsFor(who, PRIMARY), ...facts },
        },
        compiled.stackFor(who, PRIMARY),
      ).verdict
    expect(verdict(loki, "kms:Decrypt", throughS3("eu-central-1", "example-loki/x"))).toBe("explicit-deny")
    expect(verdict(loki, "kms:DescribeKey", {})).toBe("allowed")
    expect(verdict(role(W, "break-glass"), "kms:PutKeyPolicy", PLAN)).toBe("allowed")
  })
})

describe("the guarded template of a key with imported material", () => {
  const imported = EXAMPLE_CONFIG.replace(
    "rotation: { periodDays: 365 }",
    `origin: EXTERNAL
        escrow:
          threshold: 2
          custodians:
            alice: age1t4v7j3q4hdgpq8sapqzh9vv0kkgdeqauz2xl46f99pw9d7rze92q97c5tx
            bob: age1jlncryra6uah5k9cf6hnmnxxzhasduyvzzm4e2h6zuw3g0krqghs3slzmy
            carol: age1nl8p27f8d47ccg0fwfc7kqqgw5300858jw3fw448zwu2jk8hps6q7k0x9a`,
  )
  const mayThere = (who: string, action: string, key: string, facts: Facts = {}, admin = false): string =>
    may(who, action, key, facts, admin, imported)
  const CANARY: Facts = {
    "kms:EncryptionContext:dr-run": "dr-20261124T020004Z-7f3a",
    "kms:EncryptionContext:dr-escrow": "escrow-20261124T020004Z-7f3a",
  }

  it.each(["kms:GetParametersForImport", "kms:ImportKeyMaterial"])("leaves %s to break-glass alone", (action) => {
    for (const key of [PRIMARY, REPLICA]) {
      expect(mayThere(role(W, "break-glass"), action, key, PLAN)).toBe("allowed")
      expect(mayThere(role(W, "break-glass"), action, key)).toBe("implicit-deny")
      expect(mayThere(role(W, "key-operator"), action, key, PLAN, true)).toBe("implicit-deny")
    }
    expect(may(role(W, "break-glass"), action, PRIMARY, PLAN)).toBe("implicit-deny")
    expect(mayThere(role(R, "break-glass"), action, RECOVERY, PLAN)).toBe("implicit-deny")
  })
  it("opens canaries of the escrow to the drill role, and nothing else", () => {
    const drill = role(W, "dr-drill")
    expect(mayThere(drill, "kms:Decrypt", REPLICA, CANARY)).toBe("allowed")
    expect(mayThere(drill, "kms:Decrypt", REPLICA, { "kms:EncryptionContext:dr-run": "dr-1" })).toBe("implicit-deny")
    expect(mayThere(drill, "kms:Decrypt", PRIMARY, throughS3("eu-central-1", "example-loki/x"))).toBe("implicit-deny")
    expect(may(drill, "kms:Decrypt", REPLICA, CANARY)).toBe("implicit-deny")
  })
})

describe("the policy document's own template", () => {
  const seed = environment(EXAMPLE_CONFIG.replace("policy: guarded ", "policy: seed-default "))
  it("is rendered word for word", () => {
    const [first] = renderPolicies(seed)
    expect(first?.template).toBe("seed-default")
    expect(first?.document.Statement.map((statement) => statement["Sid"])).toEqual([
      "Enable IAM User Permissions",
      "Allow use of the key for observability services",
      "Allow attachment of persistent resources",
    ])
    expect(first?.document.Statement[1]).toMatchObject({
      Principal: {
        AWS: [
          role(W, "observability-loki-role"),
          role(W, "observability-mimir-role"),
          role(W, "observability-tempo-role"),
        ],
      },
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
    })
  })
})

describe("an environment without datasets", () => {
  it("renders no statement with an empty list, which AWS would refuse", () => {
    const policies = renderPolicies({ ...environment(), datasets: [] })
    const empty = policies.filter(({ document }) => JSON.stringify(document).includes("[]"))
    expect(empty.map(({ path }) => path)).toEqual([])
    expect(policies.length).toBeGreaterThan(10)
  })
})

describe("what cannot be rendered", () => {
  it("names the role that is missing, and where", () => {
    const text = EXAMPLE_CONFIG.replace("      breakGlass: arn:aws:iam::111111111111:role/break-glass\n", "")
    expect(() => renderPolicies(environment(text))).toThrow(/account workload-prod has no roles.breakGlass/)
  })
  it("refuses a policy that AWS would not take for its size", () => {
    const many = Array.from(
      { length: 120 },
      (_, at) =>
        `      extra-${at}: { kind: loki, bucket: example-with-a-long-name-${at}, prefix: ${"p".repeat(200)}/, key: observability, recoveryBucket: example-recovery-${at} }`,
    )
    const text = EXAMPLE_CONFIG.replace("    datasets:\n", `    datasets:\n${many.join("\n")}\n`)
    expect(() => renderPolicies(environment(text))).toThrow(/has \d+ bytes, AWS takes \d+/)
  })
})
