import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { kindOf, lintInventory, lintPolicy, lintReport, placeOf, fails } from "../../../src/access/lint/index.ts"
import { jsonErrorAt } from "../../../src/access/lint/json-error.ts"
import { lineFinder } from "../../../src/access/lint/lines.ts"

const key = (principal: unknown, more: object = {}): object => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: principal, Action: "kms:*", Resource: "*", ...more }],
})

describe("kindOf", () => {
  const st = (statement: object): object => ({ Statement: statement })
  it.each([
    ["key", key({ AWS: "111111111111" })],
    ["key", st([{ Principal: "*", Action: "*", Resource: "*", Effect: "Allow" }])],
    ["trust", st({ Principal: { AWS: "x" }, Action: ["sts:AssumeRole", "sts:TagSession"] })],
    ["bucket", st([{ Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::b" }])],
    ["bucket", st([{ Principal: "*", Action: "*", Resource: "arn:aws:s3:::b/*" }])],
    ["rcp", st([{ Effect: "Deny", Principal: "*", Action: ["s3:*", "kms:*", "sts:*"], Resource: "*" }])],
    ["identity", st([{ Effect: "Allow", Action: "kms:Decrypt", Resource: "*" }])],
    ["identity", "no JSON"],
    ["identity", "[]"],
  ] as const)("%s", (kind, source) => {
    expect(kindOf(source)).toBe(kind)
    expect(kindOf(typeof source === "string" ? source : JSON.stringify(source))).toBe(kind)
  })
})

describe("lines", () => {
  const text = `{
  "Version": "2012-10-17",
  "Statement": [
    { "Sid": "a,}\\"{",
      "Effect": "Allow" },
    {
      "Condition": { "Bool":
        { "aws:SecureTransport": false } },
      "Action": [ "s3:Get*",
        "s3:Put*" ]
    }
  ]
}`
  it.each([
    [[], 1],
    [["Version"], 2],
    [["Statement"], 3],
    [["Statement", 0, "Effect"], 5],
    [["Statement", 0, "Resource"], 4],
    [["Statement", 1], 6],
    [["Statement", 1, "Condition", "Bool", "aws:SecureTransport"], 8],
    [["Statement", 1, "Action", 1], 10],
    [["Statement", 7], 3],
  ] as Array<[Array<string | number>, number]>)("%j is on line %i", (path, line) => {
    expect(lineFinder(text)(path)).toBe(line)
  })
  it("knows a statement without a list", () =>
    expect(lineFinder(`{"Statement":\n{"Effect":\n"Allow"}}`)(["Statement", 0, "Effect"])).toBe(3))

  it.each([
    [`{"a": }`, 6],
    [`{"a": 1,}`, 8],
    [`[1 2]`, 3],
    [`{"a": [1, {}}`, 12],
    [`{"a": 1`, 7],
    [`{a: 1}`, 1],
    [`{} {}`, 3],
    [`"\n"`, 0],
  ])("%s stops to be JSON at %i", (broken, offset) => expect(jsonErrorAt(broken)).toBe(offset))

  it("finds no error in what is JSON", () => {
    fc.assert(fc.property(fc.json(), (json) => jsonErrorAt(json) === json.length))
  })
})

describe("lintPolicy", () => {
  it("never throws, whatever stands in a policy", () => {
    const part = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom("*", "kms:*", "${a}", "Allow", "Deny", "arn:aws:iam::1:root"),
    )
    const statement = fc.dictionary(
      fc.constantFrom(
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "Condition",
        "__proto__",
        "constructor",
      ),
      part,
    )
    const kinds = fc.constantFrom(
      "key",
      "identity",
      "trust",
      "bucket",
      "scp",
      "rcp",
      "boundary",
      "session",
      "endpoint" as const,
    )
    const facts = {
      account: "111111111111",
      recoveryRoles: ["arn:aws:iam::222222222222:role/r"],
      recoveryRegions: ["eu-west-1"],
    }
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 4 }), kinds, (Statement, kind) => {
        const source = JSON.stringify({ Version: "2012-10-17", Statement })
        expect(lintPolicy(source, kind, facts).findings.every(({ fix }) => fix !== "")).toBe(true)
        lintPolicy(JSON.parse(source) as object, kind)
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ["deeper than the stack", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["larger than any policy", JSON.stringify(key("*", { Sid: "x".repeat(400_000) }))],
    ["many escapes in a string that never ends", `"${'\\"'.repeat(60_000)}`],
  ])("refuses what is %s in no time", (_name, text) => {
    const { findings } = lintPolicy(text, "key")
    expect(findings.map(({ rule }) => rule)).toContain("DRP002")
  })

  it("gives the same findings for text and object", () => {
    const source = key("*")
    const rules = (policy: string | object): string[] =>
      lintPolicy(policy, "key").findings.map(({ rule, message }) => rule + message)
    expect(rules(source)).toEqual(rules(JSON.stringify(source, null, 2)))
    expect(rules(source).length).toBeGreaterThan(0)
  })

  it("does not judge by evaluation what the engine refuses", () => {
    const { skipped, ran } = lintPolicy(
      key({ AWS: "arn:aws:iam::111111111111:root" }, { Condition: { StringEqual: { "aws:PrincipalOrgID": "o" } } }),
      "key",
    )
    expect(ran).not.toContain("DRK107")
    expect(skipped.find(({ rule }) => rule === "DRK107")?.why).toContain("the engine refuses the policy")
  })

  it("lints a thousand policies of twenty statements in seconds, not minutes", () => {
    const role = (name: string): string => `arn:aws:iam::111111111111:role/${name}`
    const statements = (at: number): object[] =>
      Array.from({ length: 20 }, (_, n) => ({
        Sid: `s${n}`,
        Effect: n % 5 === 4 ? "Deny" : "Allow",
        Principal: { AWS: n === 0 ? "arn:aws:iam::111111111111:root" : role(`r-${at}-${n}`) },
        Action: n === 0 ? "kms:*" : ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:DescribeKey"],
        Resource: "*",
        ...(n === 0 ? {} : { Condition: { StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" } } }),
      }))
    const texts = Array.from({ length: 1000 }, (_, n) =>
      JSON.stringify({ Version: "2012-10-17", Statement: statements(n) }),
    )
    const before = process.cpuUsage()
    for (const text of texts) lintPolicy(text, "key", { recoveryRoles: ["arn:aws:iam::222222222222:role/r"] })
    // 2 s is the promise on a quiet machine; three times that still catches anything quadratic.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(6_000)
  })
})

describe("lintReport", () => {
  const report = lintReport([lintPolicy(key("*", { Sid: "open" }), "key", { name: "a.json" })])
  it("counts, worst first, and says where", () => {
    expect(report.findings.map(({ severity }) => severity)).toEqual(["error", "error", "warning", "warning"])
    expect(report.counts).toEqual({ error: 2, warning: 2, info: 0 })
    expect(placeOf(report.findings.find(({ rule }) => rule === "DRK103")!)).toBe('statement 0 "open", Principal')
  })
  it.each([
    ["error", "error", true],
    ["warning", "error", false],
    ["warning", "warning", true],
    ["info", "warning", false],
    ["error", "never", false],
  ] as const)("%s at --fail-on %s: %s", (severity, failOn, expected) =>
    expect(fails({ severity }, failOn)).toBe(expected),
  )
})

describe("lintInventory", () => {
  const nothing = { source: "a table", accounts: [], principals: [], keys: [], buckets: [] }
  const arn = "arn:aws:kms:eu-central-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  const one = { arn, account: "111111111111", region: "eu-central-1", aliases: ["alias/x"], grants: [] }
  it("finds nothing in nothing", () => expect(lintInventory(nothing)).toEqual([]))
  it("leaves keys of AWS alone, and tells of policies that nobody could read", () => {
    const keys = [
      { ...one, awsManaged: true },
      { ...one, arn: arn.replace("1234abcd", "9999abcd") },
    ]
    const gaps = [{ subject: keys[1]!.arn, what: "policy" as const, why: "AccessDenied" }]
    const judgements = lintInventory({ ...nothing, keys, gaps })
    const policies = judgements.filter(({ scope }) => scope === "key")
    expect(policies).toHaveLength(1)
    expect(policies[0]?.ran).toEqual([])
    expect(policies[0]?.skipped.every(({ why }) => why === "the key policy was not read: AccessDenied")).toBe(true)
  })
  it("judges a managed policy once, and an SCP once", () => {
    const managed = {
      name: "arn:aws:iam::111111111111:policy/shared",
      document: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "kms:*", Resource: "*" }] },
    }
    const role = (name: string) => ({
      arn: `arn:aws:iam::111111111111:role/${name}`,
      account: "111111111111",
      identity: [managed],
    })
    const level = { target: "r-ab12", policies: [{ name: "FullAWSAccess", document: managed.document }] }
    const account = (id: string) => ({ id, scps: [level], rcps: [] })
    const judgements = lintInventory({
      ...nothing,
      principals: [role("a"), role("b")],
      accounts: [account("111111111111"), account("222222222222")],
    })
    expect(judgements.map(({ subject }) => subject)).toEqual([
      managed.name,
      "account 111111111111",
      "account 222222222222",
      "SCP FullAWSAccess",
    ])
  })
})
