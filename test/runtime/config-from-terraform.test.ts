import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { demoConfig, demoEnvironment } from "../../src/demo/world.ts"
import { loadEstate, type ConfigIssue } from "../../src/estate/load.ts"
import { environmentOf, type ResolvedEnvironment } from "../../src/estate/topology.ts"
import type { DrError } from "../../src/kernel/errors.ts"
import { exportTerraform } from "../../src/keys/terraform/export.ts"
import { hclText } from "../../src/keys/terraform/hcl.ts"
import { configFromTerraform } from "../../src/runtime/config-from-terraform.ts"
import { readHclFolder } from "../../src/runtime/terraform/hcl-folder.ts"
import { runDr } from "../support/run-dr.ts"

let root: string
let made = 0
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "dr-adopt-"))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function folder(files: Readonly<Record<string, string>>): string {
  const path = join(root, String(made++))
  mkdirSync(path)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content)
  return path
}
const exported = (environment: ResolvedEnvironment): string =>
  folder(Object.fromEntries(exportTerraform(environment).files.map(({ path, content }) => [path, content])))

/** `line: message` of everything that `dr config validate` says. */
function problemsOf(text: string): ReadonlyArray<readonly [number, string]> {
  try {
    loadEstate({ path: "dr.yaml", text })
    return []
  } catch (thrown) {
    return ((thrown as DrError).details as ConfigIssue[]).map(({ line, message }) => [line, message] as const)
  }
}
const fillInLines = (text: string): number[] =>
  text.split("\n").flatMap((line, at) => (/^[^#]*FILL-IN/.test(line) ? [at + 1] : []))

const FOREIGN = `
variable "stage" { default = "live" }
variable "region" {}
locals { name = "logs-\${var.stage}" }
provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["444444444444"]
}
provider "aws" {
  alias  = "far"
  region = var.region
  allowed_account_ids = ["444444444444"]
}
resource "aws_kms_key" "logs" {
  multi_region            = true
  enable_key_rotation     = true
  rotation_period_in_days = 180
  tags                    = { team = "storage: \\"a\\"" }
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Root", Effect = "Allow", Action = "kms:*", Resource = "*", Principal = { AWS = "arn:aws:iam::444444444444:root" } },
      { Effect = "Allow", Action = ["kms:Encrypt", "kms:Decrypt"], Resource = "*", Principal = { AWS = "arn:aws:iam::444444444444:role/loki" } },
    ]
  })
}
resource "aws_kms_alias" "logs" {
  name          = "alias/\${local.name}"
  target_key_id = aws_kms_key.logs.key_id
}
resource "aws_kms_replica_key" "logs" {
  provider        = aws.far
  primary_key_arn = aws_kms_key.logs.arn
}
resource "aws_s3_bucket" "logs" {
  bucket = "acme-loki-\${var.stage}"
}
resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.logs.arn
    }
  }
}
module "other" {
  source = "./other"
}
resource "aws_kms_alias" "elsewhere" {
  name          = "alias/elsewhere"
  target_key_id = module.other.key_id
}
`

describe("dr.yaml from what dr exported", () => {
  it("says the same of keys, Regions, aliases, rotation, roles and buckets", async () => {
    const demo = demoEnvironment()
    const { text, notes, fillIns } = await configFromTerraform(exported(demo))
    expect([notes, fillIns, problemsOf(text)]).toEqual([[], 0, []])
    const read = environmentOf(loadEstate({ path: "dr.yaml", text }), "demo")
    const part = ({
      keys,
      primaryRegion,
      recoveryRegion,
      scratch,
      workload,
      recovery,
      datasets,
      organizationId,
    }: ResolvedEnvironment) => ({
      keys,
      places: [primaryRegion, recoveryRegion, scratch, organizationId],
      accounts: [workload, recovery].map(({ id, roles }) => [id, roles]),
      datasets: datasets.map(({ name, kind, bucket, recoveryBucket, key, users }) => [
        name,
        kind,
        bucket,
        recoveryBucket,
        key,
        users,
      ]),
    })
    expect(part(read)).toEqual(part(demo))
  })
  it("asks who brings imported material back", async () => {
    const demo = demoEnvironment()
    const imported = { ...demo, keys: demo.keys.map((key) => ({ ...key, origin: "EXTERNAL" as const })) }
    const { text } = await configFromTerraform(exported(imported))
    expect(text).toContain("origin: EXTERNAL")
    expect(problemsOf(text).map(([line]) => line)).toEqual(fillInLines(text))
  })
})

describe("dr.yaml from files that others wrote", () => {
  it("holds what they say, and FILL-IN for the rest: what dr config validate names, line by line", async () => {
    const { text, notes } = await configFromTerraform(
      folder({ "main.tf": FOREIGN, "terraform.tfvars": `region = "eu-north-1"\n` }),
    )
    for (const line of [
      `    id: "444444444444"`,
      "    primaryRegion: eu-central-1",
      "    recoveryRegion: eu-north-1",
      "        alias: alias/logs-live",
      "        replicas: [eu-north-1]",
      "        rotation: { periodDays: 180 }",
      "        users: [arn:aws:iam::444444444444:role/loki]   # CHECK: whoever may encrypt with it",
      String.raw`        tags: { team: "storage: \"a\"" }`,
      "        kind: loki   # CHECK: from its name",
      "        bucket: acme-loki-live",
    ])
      expect(text.split("\n")).toContain(line)
    const problems = problemsOf(text)
    expect(problems.map(([line]) => line)).toEqual(fillInLines(text))
    expect(problems.every(([, message]) => message.startsWith("fill it in: "))).toBe(true)
    expect(problems.length).toBe(10)
    expect(notes).toEqual([
      "main.tf:47 module.other: modules are not read",
      "aws_kms_alias.elsewhere (aliases): aws_kms_alias.elsewhere: the document does not hold what it belongs to",
    ])
  })
  it("says where a value comes from nowhere", async () => {
    const { text, notes } = await configFromTerraform(
      folder({ "main.tf": FOREIGN.replace("rotation_period_in_days = 180", "rotation_period_in_days = var.days") }),
    )
    expect(notes).toContain("main.tf:14 aws_kms_key.logs.rotation_period_in_days: it is ${var.days}")
    expect(text).toContain("          periodDays: FILL-IN")
    // Nobody said where var.region is.
    expect(text).toContain("    recoveryRegion: FILL-IN")
    expect(problemsOf(text).map(([line]) => line)).toEqual(fillInLines(text))
  })
  it("ends where values name each other", async () => {
    const files = {
      "main.tf": `locals {\n  a = local.b\n  b = "x-\${local.a}"\n}\nresource "aws_kms_alias" "a" {\n  name = local.a\n}\nresource "aws_kms_key" "k" {}\n`,
    }
    expect((await configFromTerraform(folder(files))).notes[0]).toBe("main.tf:5 aws_kms_alias.a.name: it names itself")
  })
  it("never reads beside the folder", async () => {
    const path = folder({
      "main.tf": `resource "aws_kms_key" "a" {\n  policy = file("\${path.module}/../secret.json")\n}\n`,
    })
    writeFileSync(join(root, "secret.json"), "{}")
    expect((await configFromTerraform(path)).notes[0]).toContain("main.tf:1 aws_kms_key.a.policy: it is ${file(")
  })
})

const STATE = {
  version: 4,
  serial: 3,
  lineage: "x",
  resources: [
    {
      mode: "managed",
      type: "aws_kms_key",
      name: "main",
      instances: [
        { attributes: { arn: "arn:aws:kms:eu-central-1:444444444444:key/mrk-1", key_id: "mrk-1", multi_region: true } },
      ],
    },
    {
      mode: "managed",
      type: "aws_kms_alias",
      name: "main",
      module: `module.names["a"]`,
      instances: [
        {
          index_key: 0,
          attributes: { name: "alias/from-state", target_key_id: "mrk-1" },
          sensitive_attributes: [[{ type: "get_attr", value: "arn" }]],
        },
      ],
    },
  ],
}

describe("dr.yaml from a state", () => {
  it("reads a raw one, by itself and in a folder with files that say less", async () => {
    const path = folder({ "terraform.tfstate": JSON.stringify(STATE), "main.tf": FOREIGN, "package.json": "{}" })
    for (const source of [path, join(path, "terraform.tfstate")]) {
      const { text, from } = await configFromTerraform(source)
      expect(from).toBe(join(path, "terraform.tfstate"))
      expect(text).toContain("        alias: alias/from-state\n")
      expect(problemsOf(text).map(([line]) => line)).toEqual(fillInLines(text))
    }
  })
  it("reads the output of terraform show -json", async () => {
    const { text } = await configFromTerraform(new URL("terraform/state.json", import.meta.url).pathname)
    expect(text).toContain("alias: alias/observability\n")
    expect(text).toContain("bucket: prod-loki\n")
  })
})

describe("what is refused by name", () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    [
      "broken HCL, with its line",
      { "main.tf": `resource "aws_kms_key" "a" {\n  policy =\n}\n` },
      "main.tf:2,11-3,1: Invalid expression",
    ],
    ["an empty folder", {}, "it holds no state"],
    [
      "two states",
      { "a.tfstate": JSON.stringify(STATE), "b.tfstate": JSON.stringify(STATE) },
      "several states: a.tfstate, b.tfstate",
    ],
    [
      "an older state",
      { "a.tfstate": JSON.stringify({ ...STATE, version: 3 }) },
      "version 3 of a state file is not read",
    ],
    [
      "files without keys",
      { "main.tf": `module "keys" {\n  source = "x"\n}\n` },
      "no key is described there\nmain.tf:1 module.keys: modules are not read",
    ],
  ])("%s", async (_name, files, message) => {
    await expect(configFromTerraform(folder(files))).rejects.toMatchObject({
      code: "E_INPUT",
      exit: 78,
      message: expect.stringContaining(message) as unknown,
    })
  })
  it("a file that is there, without --force", async () => {
    const path = folder({ "dr.yaml": demoConfig("http://127.0.0.1:4599"), "main.tf": FOREIGN })
    const refused = await runDr(["config", "init", "--from-terraform", "."], { cwd: path })
    expect([refused.exit, refused.stderr]).toEqual([64, expect.stringContaining("nothing was changed")])
    const written = await runDr(["config", "init", "--from-terraform", ".", "--force"], { cwd: path })
    expect([written.exit, written.stdout]).toEqual([0, expect.stringContaining("1 key, 1 dataset, ")])
    expect((await runDr(["config", "validate"], { cwd: path })).exit).toBe(78)
  })
})

describe("text that dr writes as HCL", () => {
  it("is read by HashiCorp's parser as it was", async () => {
    const texts = fc.sample(
      fc.string({
        unit: fc.oneof(
          fc.constantFrom("$", "%", "{", "}", '"', "\\", "\n", "$${", "${a}"),
          fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
        ),
      }),
      { numRuns: 300, seed: 7 },
    )
    const whole = texts.map((text) =>
      text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd"),
    )
    const body = Object.fromEntries(whole.map((text, at) => [`t${at}`, text]))
    const path = folder({
      "main.tf": hclText([{ type: "resource", labels: ["aws_kms_key", "x"], body: [["tags", body]] }]),
    })
    const { plan, unresolved } = await readHclFolder(path)
    expect(unresolved).toEqual([])
    expect(plan).toMatchObject({ planned_values: { root_module: { resources: [{ values: { tags: body } }] } } })
  })
})
