import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import PolicyCheck from "../../commands/policy/check.ts"
import PolicyDiff from "../../commands/policy/diff.ts"
import PolicyExpect from "../../commands/policy/expect.ts"
import PolicyMatrix from "../../commands/policy/matrix.ts"
import PolicyWhoCan from "../../commands/policy/who-can.ts"
import { EXAMPLE_CONFIG } from "../../src/estate/example.ts"
import type { Envelope } from "../../src/runtime/envelope.ts"
import { runCommand, type Outcome } from "../support/run-command.ts"
import { tempFolder } from "../support/temp-folder.ts"

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const TABLE = path("../cases/access.json")
const INVENTORY = ["--inventory", path("../cases/inventories/observability.json")]
const RECOVERY = "arn:aws:kms:eu-west-1:222222222222:key/22222222-2222-2222-2222-222222222222"

const envelope = ({ stdout }: Outcome): Envelope => JSON.parse(stdout) as Envelope
const data = (outcome: Outcome): Record<string, unknown> => envelope(outcome).data as Record<string, unknown>

function written(name: string, content: unknown): string {
  const file = join(tempFolder(), name)
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content))
  return file
}

interface Row {
  readonly id: string
  readonly verdict: string
  readonly error?: string
}
const table = JSON.parse(readFileSync(TABLE, "utf8")) as Array<
  Record<string, unknown> & { id: string; expected: string }
>
const results = (outcome: Outcome): Row[] => data(outcome)["results"] as Row[]
const checkCases = (content: unknown): Promise<Outcome> =>
  runCommand(PolicyCheck, ["--cases", written("cases.json", content), "--json"])

describe("dr policy check --cases", () => {
  it("gives the verdict of every row, in their order", async () => {
    const outcome = await runCommand(PolicyCheck, ["--cases", TABLE, "--json"])
    expect([outcome.exit, outcome.stderr]).toEqual([0, ""])
    expect(Object.keys(data(outcome))).toEqual(["results"])
    expect(results(outcome).map(({ id }) => id)).toEqual(table.map(({ id }) => id))
    const settled = new Set(table.filter((row) => row["status"] !== "disputed").map(({ id }) => id))
    const wanted = new Map(table.map(({ id, expected }) => [id, expected]))
    expect(results(outcome).filter(({ id, verdict }) => settled.has(id) && verdict !== wanted.get(id))).toEqual([])
  })
  it("needs no expectation", async () => {
    const bare = table.slice(0, 3).map(({ expected: _expected, ...row }) => row)
    const outcome = await checkCases(bare)
    expect(outcome.exit).toBe(0)
    expect(results(outcome).map(({ id, verdict }) => [id, verdict])).toEqual(
      table.slice(0, 3).map(({ id, expected }) => [id, expected]),
    )
  })
  it("makes an odd row an ERROR that stops no other", async () => {
    const [good] = table
    const request = good?.["request"] as object
    const outcome = await checkCases([
      { ...good, id: "first" },
      { id: "empty" },
      { id: "no principal", request: { ...request, principal: undefined } },
      { ...good, id: "number", request: { ...request, action: 7 } },
      { ...good, id: "policies", identityPolicies: "all" },
      { ...good, id: "policy", resourcePolicy: 42 },
      { ...good, id: "context", request: { ...request, context: { "aws:SourceIp": { not: "text" } } } },
      { ...good, id: "unknown list", grants: [{ grantee: "somebody" }] },
      { ...good, id: "remark", source: "IAM user guide" },
      { ...good, id: "first" },
    ])
    expect(outcome.exit).toBe(0)
    const rows = results(outcome)
    expect(rows.map(({ id, verdict }) => `${id}: ${verdict}`)).toEqual([
      "first: Allowed",
      "empty: ERROR",
      "no principal: ERROR",
      "number: ERROR",
      "policies: ERROR",
      "policy: ERROR",
      "context: ERROR",
      "unknown list: ERROR",
      "remark: Allowed",
      "first: Allowed",
    ])
    for (const { verdict, error } of rows) expect(error === undefined).toBe(verdict !== "ERROR")
  })
  it.each([
    ["no JSON", "{"],
    ["no array", { id: "A1" }],
    ["an entry without an id", [{ id: "a" }, { title: "b" }]],
    ["an entry that is no object", [null]],
  ])("refuses %s and prints nothing half", async (_name, content) => {
    const outcome = await checkCases(content)
    expect(outcome.exit).toBe(64)
    expect(envelope(outcome)).toMatchObject({ ok: false, data: {}, error: { exit: 64 } })
    const text = await runCommand(PolicyCheck, ["--cases", written("cases.json", content)])
    expect([text.exit, text.stdout]).toEqual([64, ""])
  })
  it("tells people which rows differ, as no error", async () => {
    const [first, second] = table
    const cases = [first, { ...second, expected: "ExplicitlyDenied" }, { ...first, id: "z", expected: undefined }]
    const { exit, stdout } = await runCommand(PolicyCheck, ["--cases", written("cases.json", cases)])
    expect(exit).toBe(0)
    expect(stdout).toMatch(/✓ +A1 +Allowed +agrees/)
    expect(stdout).toMatch(/✓ +A1r +Allowed +differs: ExplicitlyDenied/)
    expect(stdout).toContain("3 cases: 1 as expected, 1 different, 1 without expectation; 0 refused")
  })
})

const check = (...argv: string[]): Promise<Outcome> => runCommand(PolicyCheck, [...INVENTORY, ...argv])

describe("dr policy check", () => {
  it("exits 0 when it is allowed, and says by which statement", async () => {
    const { exit, stdout } = await check("--as", "recovery", "--action", "kms:Decrypt", "--on", "alias/recovery")
    expect(exit).toBe(0)
    expect(stdout).toContain("✓ allowed")
    expect(stdout).toContain("because   Allow by statement 1 (Recovery) of recovery key policy")
  })
  it("exits 3 when it is denied, and says what would change it", async () => {
    const { exit, stdout } = await check("--as", "operator", "--action", "kms:Decrypt", "--on", "recovery-key")
    expect(exit).toBe(3)
    expect(stdout).toContain("✕ denied")
    expect(stdout).toMatch(/change +add to the resource's policy/)
  })
  it("names the facts that an Allow waits for, and no Allow that would go round them", async () => {
    const config = written("dr.yaml", EXAMPLE_CONFIG)
    const asked = ["--config", config, "-e", "prod", "--as", "workload-break-glass", "--action", "kms:DisableKey"]
    const on = ["--on", "alias/observability-prod@eu-west-1"]
    const { exit, stdout } = await runCommand(PolicyCheck, [...asked, ...on])
    expect(exit).toBe(3)
    expect(stdout).toContain("change    if aws:PrincipalTag/dr-plan = sha256-?* and aws:SourceIdentity = (any value)")
    expect(stdout).not.toContain("add to the")
    const facts = ["--with", "aws:PrincipalTag/dr-plan=sha256-x", "--with", "aws:SourceIdentity=me"]
    expect((await runCommand(PolicyCheck, [...asked, ...on, ...facts])).exit).toBe(0)
  })
  it("does not pass an object whose key nobody knows", async () => {
    const config = ["--config", written("dr.yaml", EXAMPLE_CONFIG), "-e", "prod", "--as", "recovery"]
    const copy = [
      "--action",
      "s3:CopyObject",
      "--from",
      "s3://example-loki/x",
      "--on",
      "s3://example-dr-scratch/dr-drill/x",
    ]
    const run = (...more: string[]): Promise<Outcome> => runCommand(PolicyCheck, [...config, ...copy, ...more])
    const unknown = await run("--key", "alias/observability-prod-recovery@eu-west-1")
    expect([unknown.exit, unknown.stdout]).toEqual([64, ""])
    expect(unknown.stderr).toContain("nobody knows under which key arn:aws:s3:::example-loki/x is")
    const read = ["--action", "s3:GetObject", "--on", "s3://example-loki/x"]
    expect((await runCommand(PolicyCheck, [...config, ...read])).exit).toBe(64)
    expect((await runCommand(PolicyCheck, [...config, ...read, "--action-only"])).exit).toBe(0)
    const keys = [
      "--key",
      "alias/observability-prod-recovery@eu-west-1",
      "--from-key",
      "alias/observability-prod@eu-central-1",
    ]
    const known = await run(...keys)
    expect(known.exit).toBe(0)
    expect(known.stdout).toMatch(/kms:Decrypt on .*\n(.*\n)*.*kms:GenerateDataKey on /)
    expect((await run("--key", "none", "--from-key", "none")).stdout).toContain("the object is under no KMS key")
  })
  it("exits 3 when it depends", async () => {
    const assume = ["--as", "operator", "--action", "sts:AssumeRole", "--on", "dr-recovery"]
    expect((await check(...assume, "--unknown", "sts:ExternalId")).exit).toBe(3)
    expect((await check(...assume, "--with", "sts:ExternalId=drill")).exit).toBe(0)
  })
  it("answers for every principal of a label", async () => {
    const outcome = await check(
      "--as",
      "workload",
      "--action",
      "kms:Decrypt",
      "--on",
      "alias/observability@us-east-1",
      "--json",
    )
    expect(data(outcome)).toMatchObject({
      verdict: "allowed",
      answers: [{ verdict: "allowed" }, { verdict: "allowed" }],
    })
  })
  it("expands a call and walks the chain", async () => {
    const chain = ["--as", "operator", "--via", "recovery", "--with", "sts:ExternalId=drill"]
    const copy = ["--action", "s3:CopyObject", "--from", "s3://loki-prod/a", "--on", "s3://loki-copies/a"]
    const outcome = await check(...chain, ...copy, "--no-bucket-key", "--json")
    expect(outcome.exit).toBe(0)
    const [answer] = data(outcome)["answers"] as Array<{ steps: Array<{ action: string }> }>
    expect(answer?.steps.map(({ action }) => action)).toEqual([
      "sts:AssumeRole",
      "s3:GetObject",
      "kms:Decrypt",
      "s3:PutObject",
      "kms:GenerateDataKey",
    ])
  })
  it("is cut by a session policy", async () => {
    const policy = written("session.json", {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
    })
    const outcome = await check(
      "--as",
      "recovery",
      "--action",
      "kms:Decrypt",
      "--on",
      "recovery-key",
      "--session-policy",
      policy,
      "--json",
    )
    expect(outcome.exit).toBe(3)
    expect(data(outcome)["verdict"]).toBe("implicit-deny")
  })
  it.each([
    [
      "a misspelt action",
      ["--as", "recovery", "--action", "kms:Decrpt", "--on", "recovery-key"],
      "did you mean kms:Decrypt?",
    ],
    [
      "a misspelt label",
      ["--as", "recovry", "--action", "kms:Decrypt", "--on", "recovery-key"],
      "did you mean recovery?",
    ],
    [
      "a misspelt condition key",
      ["--as", "recovery", "--action", "kms:Decrypt", "--on", "recovery-key", "--with", "kms:ViaServce=x"],
      "did you mean kms:ViaService?",
    ],
    [
      "an alias of two keys",
      ["--as", "recovery", "--action", "kms:Decrypt", "--on", "alias/observability"],
      "alias/observability@eu-west-1",
    ],
    ["no resource", ["--as", "recovery", "--action", "kms:Decrypt"], "missing --on"],
    [
      "a copy without source",
      ["--as", "recovery", "--action", "s3:CopyObject", "--on", "s3://loki-copies/a"],
      "source object",
    ],
    [
      "two values of a single key",
      [
        "--as",
        "recovery",
        "--action",
        "kms:Decrypt",
        "--on",
        "recovery-key",
        "--with",
        "kms:ViaService=a",
        "--with",
        "kms:ViaService=b",
      ],
      "one value",
    ],
  ])("refuses %s with 64 and a way on", async (_name, argv, hint) => {
    const { exit, stdout, stderr } = await check(...argv)
    expect([exit, stdout]).toEqual([64, ""])
    expect(stderr).toContain(hint)
  })
})

describe("dr policy who-can", () => {
  it("answers by name, class and grant", async () => {
    const outcome = await runCommand(PolicyWhoCan, ["kms:Decrypt", "--key", "recovery-key", ...INVENTORY, "--json"])
    expect(outcome.exit).toBe(0)
    expect(data(outcome)).toMatchObject({
      action: "kms:Decrypt",
      resource: RECOVERY,
      principals: [{ label: "recovery", verdict: "allowed" }],
      grants: [{ name: "backup-vault", verdict: "depends" }],
    })
  })
  it("asks back when nobody said on what", async () => {
    const { exit, stderr } = await runCommand(PolicyWhoCan, ["kms:Decrypt", ...INVENTORY])
    expect(exit).toBe(64)
    expect(stderr).toContain("who can kms:Decrypt on what?")
  })
})

describe("dr policy matrix", () => {
  const matrix = (...argv: string[]): Promise<Outcome> =>
    runCommand(PolicyMatrix, [...INVENTORY, "--key", "recovery-key", "--action", "kms:Decrypt", ...argv])
  it("is a table for people", async () => expect((await matrix()).stdout).toMatch(/kms:Decrypt +- +- +- +- +✓ +- +-/))
  it("is CSV for spreadsheets", async () => {
    const { stdout } = await matrix("-o", "csv", "--principal", "recovery")
    expect(stdout.trimEnd().split("\r\n")[1]).toBe(
      `arn:aws:iam::222222222222:role/dr-recovery,recovery,${RECOVERY},alias/recovery,eu-west-1,kms:Decrypt,allowed`,
    )
  })
  it("is one JSON document under --json, the same as -o json within the envelope", async () => {
    const inEnvelope = await matrix("--json")
    const alone = await matrix("-o", "json")
    expect(data(inEnvelope)).toEqual(JSON.parse(alone.stdout))
  })
  it("is written to a file", async () => {
    const out = join(tempFolder(), "matrix.md")
    const { exit, stdout } = await matrix("-o", "md", "--out", out)
    expect([exit, stdout]).toEqual([0, `matrix: ${out}\n`])
    expect(readFileSync(out, "utf8")).toContain("## alias/recovery (eu-west-1)")
  })
})

describe("dr policy diff", () => {
  const policy = (action: string): object => ({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Use",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111111111111:root" },
        Action: action,
        Resource: "*",
      },
    ],
  })
  it("exits 0 when nothing differs, and 2 only on request when something does", async () => {
    const [narrow, wide] = [written("a.json", policy("kms:Decrypt")), written("b.json", policy("kms:*"))]
    expect((await runCommand(PolicyDiff, [narrow, narrow, "--detailed-exitcode"])).exit).toBe(0)
    expect((await runCommand(PolicyDiff, [narrow, wide])).exit).toBe(0)
    const outcome = await runCommand(PolicyDiff, [narrow, wide, "--detailed-exitcode"])
    expect(outcome.exit).toBe(2)
    expect(outcome.stdout).toContain("~ statement Use changed: Action")
  })
  it("compares inventories", async () => {
    const [, file = ""] = INVENTORY
    const outcome = await runCommand(PolicyDiff, [file, file, "--json"])
    expect(data(outcome)).toMatchObject({ same: true, wider: 0 })
  })
  it("refuses to compare an inventory with a policy", async () => {
    const [, file = ""] = INVENTORY
    const { exit, stderr } = await runCommand(PolicyDiff, [file, written("a.json", policy("kms:*"))])
    expect(exit).toBe(64)
    expect(stderr).toContain("two inventories or two policies")
  })
})

describe("dr policy expect", () => {
  const example = readFileSync(path("../../docs/examples/access.yaml"), "utf8")
    .replaceAll("alias/observability-prod", "alias/observability")
    .replaceAll("alias/observability-recovery", "alias/recovery")
    .replace("example-loki-recovery", "loki-copies")
    .replace("[loki, mimir, tempo]", "[workload]")
    .replace("[workload-break-glass, recovery-break-glass]", "[break-glass]")
  const expecting = (text: string, ...argv: string[]): Promise<Outcome> =>
    runCommand(PolicyExpect, [written("access.yaml", text), ...INVENTORY, ...argv])

  it("holds the example: exit 0 when all rules pass", async () => {
    const { exit, stdout } = await expecting(example)
    expect(exit).toBe(0)
    expect(stdout).toContain("3 pass, 0 fail, 0 not proven")
  })
  it("holds for the estate that `dr config init` writes", async () => {
    const config = written("dr.yaml", EXAMPLE_CONFIG)
    const rules = path("../../docs/examples/access.yaml")
    const { exit, stdout } = await runCommand(PolicyExpect, [rules, "--config", config, "-e", "prod"])
    expect(stdout).toContain("3 pass, 0 fail, 0 not proven")
    expect(exit).toBe(0)
  })
  it("exits 3 when a rule fails or is not proven", async () => {
    expect((await expecting(example.replace("[break-glass]", "[operator]"))).exit).toBe(3)
    expect((await expecting(example.replace("[workload]", "[wrkload]"))).exit).toBe(3)
  })
  it("writes JUnit", async () => {
    const { stdout } = await expecting(example, "-o", "junit")
    expect(stdout).toContain(`<testsuites tests="3" failures="0"`)
  })
  it("tells every fault of the file with line and column", async () => {
    const broken = example
      .replace("actions: [s3:GetObject]", "actions: [s3:GetObjct]")
      .replace("mustNot:", "mustNever:")
    const outcome = await expecting(broken, "--json")
    expect(outcome.exit).toBe(78)
    const faults = envelope(outcome).error?.details as Array<{ line: number; column: number; message: string }>
    expect(faults.map(({ line, message }) => [line, message])).toEqual([
      [
        broken.split("\n").findIndex((line) => line.includes("Objct")) + 1,
        expect.stringContaining("did you mean s3:GetObject?"),
      ],
      [
        broken.split("\n").findIndex((line) => line.includes("mustNever")) + 1,
        expect.stringContaining("unknown field"),
      ],
    ])
  })
  it("wants one claim a rule", async () => {
    const two = `version: 1\nrules:\n  - name: none\n  - name: none\n    must: { principals: [a], actions: [kms:Decrypt], resources: [k] }\n`
    const { exit, stderr } = await expecting(two)
    expect(exit).toBe(78)
    expect(stderr).toMatch(/access\.yaml:3:\d+ rules\.0: a rule has exactly one of must, mustNot and onlyVia/)
    expect(stderr).toMatch(/access\.yaml:4:\d+ rules\.1\.name: the name stands twice/)
  })
})
