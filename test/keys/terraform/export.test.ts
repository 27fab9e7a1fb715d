import { describe, expect, it } from "vitest"
import { keyArn } from "../../../src/access/arn.ts"
import { demoConfig, demoEnvironment } from "../../../src/demo/world.ts"
import { loadEstate } from "../../../src/estate/load.ts"
import { environmentOf, type ResolvedEnvironment } from "../../../src/estate/topology.ts"
import { exportTerraform } from "../../../src/keys/terraform/export.ts"
import type { EstateKey, KeyFacts, KeyInventory } from "../../../src/keys/status/key-inventory.ts"
import { wantedStates } from "../../../src/keys/plan/wanted-state.ts"
import { expectGolden } from "../../support/golden.ts"

const GOLDEN = new URL("golden/", import.meta.url).pathname

/** AWS with every key as dr.yaml wants it, changed by `change`. */
function inventory(
  environment: ResolvedEnvironment,
  change: (facts: KeyFacts) => KeyFacts = (same) => same,
): KeyInventory {
  const keys = wantedStates(environment).map((wanted, at): EstateKey => {
    const id = `mrk-${String(at).repeat(32)}`
    const related = wanted.regions.map((region) => keyArn(region, wanted.account, id))
    return {
      name: wanted.name,
      side: wanted.side,
      account: wanted.account,
      alias: wanted.alias,
      strays: [],
      places: wanted.regions.map((region, place) => ({
        kind: "found",
        region,
        wanted: true,
        facts: change({
          arn: keyArn(region, wanted.account, id),
          region,
          state: "Enabled",
          multiRegionType: place === 0 ? "PRIMARY" : "REPLICA",
          related,
          origin: "AWS_KMS",
          spec: "SYMMETRIC_DEFAULT",
          usage: "ENCRYPT_DECRYPT",
          description: "",
          aliases: [wanted.alias],
          grants: [],
          tags: wanted.tags,
          gaps: [],
        }),
      })),
    }
  })
  return { env: environment.name, takenAt: "2026-11-24T00:00:00Z", keys }
}

const edited = (...edits: ReadonlyArray<readonly [string, string]>): ResolvedEnvironment => {
  const text = edits.reduce((all, [from, to]) => all.replace(from, to), demoConfig("http://127.0.0.1:4599"))
  return environmentOf(loadEstate({ path: "dr.yaml", text }), "demo")
}
const WITH_GRANT = edited([
  "        policy: guarded\n",
  `        policy: guarded
        description: "the \${team}'s key"
        tags: { cost: "50%{x}" }
        grants: [{ name: "asg/loki:1", grantee: "arn:aws:iam::111111111111:role/observability-loki-role", operations: [DescribeKey, Decrypt] }]
`,
])
const textOf = (exported: ReturnType<typeof exportTerraform>, path: string): string =>
  exported.files.find((file) => file.path === path)?.content ?? ""

describe("dr keys export --terraform", () => {
  it("writes the demo's estate, all of it adopted", () => {
    const environment = demoEnvironment()
    const exported = exportTerraform(environment, inventory(environment))
    for (const { path, content } of exported.files) expectGolden(`${GOLDEN}demo/${path}`, content)
    expect([exported.imports.length, exported.missing, exported.obstacles, exported.warnings]).toEqual([8, [], [], []])
  })
  it("writes the same text for the same keys", () => {
    const environment = demoEnvironment()
    expect(exportTerraform(environment, inventory(environment)).files).toEqual(
      exportTerraform(environment, { ...inventory(environment), takenAt: "2027-01-01T00:00:00Z" }).files,
    )
  })
  it("never bypasses the lock-out check, and lets nothing be destroyed", () => {
    const text = textOf(exportTerraform(demoEnvironment()), "keys.tf")
    expect(text).not.toMatch(/bypass\w*\s*=/)
    expect(text.match(/^resource /gm)?.length).toBe(text.match(/prevent_destroy = true/g)?.length)
  })
  it("gives no import block to what is not there, and names it", () => {
    const environment = demoEnvironment()
    const there = inventory(environment)
    const [workload, ...others] = there.keys as [EstateKey, ...EstateKey[]]
    const [primary] = workload.places as [EstateKey["places"][number]]
    const half = {
      ...workload,
      places: [primary, { kind: "absent", region: environment.recoveryRegion, wanted: true } as const],
    }
    const { imports, missing } = exportTerraform(environment, { ...there, keys: [half, ...others] })
    expect(missing).toEqual([
      "aws_kms_replica_key.workload_observability_eu_west_1",
      "aws_kms_alias.workload_observability_eu_west_1",
    ])
    expect(imports).toHaveLength(6)
  })
  it("knows nothing without an inventory, and says so", () => {
    const exported = exportTerraform(demoEnvironment())
    expect(exported.imports).toEqual([])
    expect(textOf(exported, "imports.tf")).toContain("AWS was not asked")
  })
  it("keeps grants by their names, and tags of others", () => {
    const exported = exportTerraform(
      WITH_GRANT,
      inventory(WITH_GRANT, (facts) => ({
        ...facts,
        tags: { ...facts.tags, "aws:x": "1", team: "storage" },
        grants: [
          { id: "a1", name: "other", keyArn: facts.arn, grantee: "arn:aws:iam::111111111111:role/x", operations: [] },
          {
            id: "b2",
            name: "asg/loki:1",
            keyArn: facts.arn,
            grantee: "arn:aws:iam::111111111111:role/x",
            operations: [],
          },
        ],
      })),
    )
    expect(exported.imports).toContainEqual({
      to: `aws_kms_grant.workload_observability_eu_west_1["asg/loki:1"]`,
      id: `mrk-${"0".repeat(32)}:b2`,
    })
    expectGolden(`${GOLDEN}grants/keys.tf`, textOf(exported, "keys.tf"))
  })
  it("writes imported keys without material, whose state would hold it", () => {
    const demo = demoEnvironment()
    const environment = { ...demo, keys: demo.keys.map((key) => ({ ...key, origin: "EXTERNAL" as const })) }
    const text = textOf(exportTerraform(environment), "keys.tf")
    expect(text).toContain(`resource "aws_kms_external_key" "workload_observability" {`)
    expect(text).toContain(`resource "aws_kms_replica_external_key" "workload_observability_eu_west_1" {`)
    expect(text).toContain("target_key_id = aws_kms_external_key.workload_observability.id")
    expect(text).not.toMatch(/key_material_base64\s*=/)
  })
})

describe("what stops an export", () => {
  const environment = demoEnvironment()
  it.each<[string, (facts: KeyFacts) => KeyFacts, string]>([
    [
      "a key that is about to be deleted",
      (facts) => ({ ...facts, state: "PendingDeletion" }),
      "is PendingDeletion in eu-central-1",
    ],
    ["another origin", (facts) => ({ ...facts, origin: "EXTERNAL" }), "its material is EXTERNAL, dr.yaml says AWS_KMS"],
    [
      "a primary elsewhere",
      (facts) => ({ ...facts, multiRegionType: facts.region === "eu-west-1" ? "PRIMARY" : "REPLICA" }),
      "its primary is in eu-west-1, dr.yaml wants it in eu-central-1",
    ],
    [
      "aliases that nobody could read",
      ({ aliases: _aliases, ...facts }) => ({ ...facts, gaps: [{ what: "aliases", why: "AccessDenied" }] }),
      "aliases in eu-central-1 could not be read: AccessDenied",
    ],
  ])("%s", (_name, change, message) => {
    const { obstacles } = exportTerraform(environment, inventory(environment, change))
    expect(obstacles.map((each) => each.message).join("\n")).toContain(message)
  })
  it("a Region that was silent", () => {
    const there = inventory(environment)
    const [workload, ...others] = there.keys as [EstateKey, ...EstateKey[]]
    const [primary] = workload.places as [EstateKey["places"][number]]
    const silent = {
      kind: "unread",
      region: environment.recoveryRegion,
      wanted: true,
      why: "no answer",
      unreachable: true,
    } as const
    const { obstacles } = exportTerraform(environment, {
      ...there,
      keys: [{ ...workload, places: [primary, silent] }, ...others],
    })
    expect(obstacles).toEqual([
      {
        key: "workload key observability",
        message: "nobody can say what is in eu-west-1: no answer",
        unread: "silent",
      },
    ])
  })
})
