import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { kindOf, lintPolicy, type Finding } from "../../../src/access/lint/index.ts"

const template = readFileSync(new URL("../../cases/policies/seed-template.json", import.meta.url), "utf8")
const rendered = template.replaceAll("${account_id}", "111111111111")
const recoveryRoles = ["arn:aws:iam::222222222222:role/dr-recovery"]

const place = ({ rule, severity, statement, sid, line }: Finding): unknown[] => [rule, severity, statement, sid, line]

describe("the key policy template of the encryption policy", () => {
  it("is a key policy", () => expect(kindOf(template)).toBe("key"))

  it("raw: tells once that it was never rendered, and judges what it says on values that fit its placeholders", () => {
    const { findings, assumed } = lintPolicy(template, "key")
    expect(findings.map(place)).toEqual([
      ["DRP001", "error", 0, "Enable IAM User Permissions", 8],
      ["DRK107", "warning", undefined, undefined, 3],
      ["DRK109", "warning", 0, "Enable IAM User Permissions", 10],
      ["DRK117", "warning", 1, "Allow use of the key for observability services", 16],
      ["DRK121", "warning", undefined, undefined, 3],
    ])
    expect(findings[0]?.message).toMatch(/^\$\{account_id\} was never rendered \(7 places\)/)
    expect(findings[0]?.fix).toBe("render it: --var account_id=VALUE")
    expect(assumed[0]).toBe("${account_id} = 111111111111")
  })

  it("with a placeholder that could be anything: judges nothing about the key, and says so", () => {
    const { findings, skipped, ran } = lintPolicy(template.replace("Enable IAM User Permissions", "${title}"), "key", {
      recoveryRoles,
    })
    expect(findings.map(({ rule }) => rule)).toEqual(["DRP001", "DRP001"])
    expect(ran.every((id) => id.startsWith("DRP"))).toBe(true)
    expect(skipped.map(({ rule }) => rule)).toContain("DRK109")
    expect(skipped[0]?.why).toContain("not rendered")
  })

  it("rendered: breaks its own text in three places, and leaves the lock-out check open", () => {
    const { findings, assumed } = lintPolicy(rendered, "key", { recoveryRoles })
    expect(findings.map(place)).toEqual([
      ["DRK107", "warning", undefined, undefined, 3],
      ["DRK109", "warning", 0, "Enable IAM User Permissions", 10],
      ["DRK117", "warning", 1, "Allow use of the key for observability services", 16],
      ["DRK121", "error", undefined, undefined, 3],
    ])
    expect(assumed).toEqual([expect.stringContaining("account 111111111111")])
  })

  it.each([
    [
      "DRK121",
      /dr-recovery may not kms:ReEncryptFrom, kms:Decrypt and kms:DescribeKey/,
      ["Backup keys: Stored in separate AWS account"],
    ],
    [
      "DRK109",
      /alone, without MFA, kms:ScheduleKeyDeletion/,
      ["Segregation of duties", "Dual control for key management"],
    ],
    [
      "DRK117",
      /loki-role, observability-mimir-role and observability-tempo-role share one statement .* each can decrypt the others' data/,
      ["Each service has its own IAM role", "KMS permissions scoped to specific actions"],
    ],
  ])("%s says so in plain words and cites the policy", (rule, words, sentences) => {
    const found = lintPolicy(rendered, "key", { recoveryRoles }).findings.find((each) => each.rule === rule)
    expect(found?.message).toMatch(words)
    for (const sentence of sentences) expect(found?.message).toContain(`"${sentence}"`)
  })

  it("without a recovery role: lets in nobody from outside, whoever it is, and asks for the name", () => {
    const found = lintPolicy(rendered, "key").findings.find(({ rule }) => rule === "DRK121")
    expect(found?.message).toContain("no principal outside account 111111111111 may")
    expect(found?.message).toContain("--recovery-role")
  })
})
