import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { fails, lintPolicy, lintReport, placeOf, RULES } from "../../src/access/lint/index.ts"
import { lintJunit, lintSarif, type LintViewInput } from "../../src/report/policy-lint.ts"

interface Log {
  readonly version: string
  readonly $schema: string
  readonly runs: ReadonlyArray<{
    readonly tool: {
      readonly driver: {
        readonly name: string
        readonly version: string
        readonly rules: ReadonlyArray<{
          readonly id: string
          readonly shortDescription: { readonly text: string }
          readonly defaultConfiguration: { readonly level: string }
        }>
      }
    }
    readonly invocations: ReadonlyArray<{
      readonly executionSuccessful: boolean
      readonly toolConfigurationNotifications: ReadonlyArray<{
        readonly level: string
        readonly message: { readonly text: string }
        readonly associatedRule: { readonly id: string; readonly index: number }
      }>
    }>
    readonly results: ReadonlyArray<{
      readonly ruleId: string
      readonly ruleIndex: number
      readonly level: string
      readonly message: { readonly text: string }
      readonly partialFingerprints: Readonly<Record<string, string>>
      readonly locations: ReadonlyArray<{
        readonly physicalLocation?: {
          readonly artifactLocation: { readonly uri: string }
          readonly region: { readonly startLine: number }
        }
        readonly logicalLocations: ReadonlyArray<{ readonly fullyQualifiedName: string }>
      }>
    }>
  }>
}

const template = readFileSync(new URL("../cases/policies/seed-template.json", import.meta.url), "utf8")
const rendered = template.replaceAll("${account_id}", "111111111111")
const recoveryRoles = ["arn:aws:iam::222222222222:role/dr-recovery"]

function input(name: string, text: string, files: readonly string[] = [name]): LintViewInput {
  return {
    report: lintReport([lintPolicy(text, "key", { name, recoveryRoles })]),
    rules: RULES,
    version: "1.2.3",
    placeOf,
    files: new Set(files),
    fails: (finding) => fails(finding, "error"),
  }
}
const logOf = (name: string, text: string, files?: readonly string[]): Log =>
  JSON.parse(lintSarif(input(name, text, files))) as Log

describe("SARIF", () => {
  const log = logOf("policies/seed template.json", rendered)
  const [run] = log.runs

  it("is a 2.1.0 log with one run of dr", () => {
    expect(log.version).toBe("2.1.0")
    expect(log.$schema).toContain("sarif-2.1.0")
    expect(log.runs).toHaveLength(1)
    expect(run?.tool.driver).toMatchObject({ name: "dr", version: "1.2.3" })
    expect(run?.invocations[0]?.executionSuccessful).toBe(true)
  })

  it("describes every rule, with a level that SARIF knows", () => {
    expect(run?.tool.driver.rules.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id))
    for (const { shortDescription, defaultConfiguration } of run?.tool.driver.rules ?? []) {
      expect(shortDescription.text).not.toBe("")
      expect(["error", "warning", "note"]).toContain(defaultConfiguration.level)
    }
  })

  it("has a result per finding: rule, level, message, file as URI, line, place", () => {
    expect(run?.results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ["DRK121", "error"],
      ["DRK107", "warning"],
      ["DRK109", "warning"],
      ["DRK117", "warning"],
    ])
    for (const { ruleId, ruleIndex } of run?.results ?? []) expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
    const found = run?.results.find(({ ruleId }) => ruleId === "DRK109")
    expect(found?.message.text).toMatch(/Dual control for key management".*Fix: /)
    expect(found?.locations).toEqual([
      {
        physicalLocation: { artifactLocation: { uri: "policies/seed%20template.json" }, region: { startLine: 10 } },
        logicalLocations: [
          { fullyQualifiedName: 'policies/seed template.json: statement 0 "Enable IAM User Permissions", Action' },
        ],
      },
    ])
    expect(Object.values(found?.partialFingerprints ?? {})[0]).not.toContain("line")
  })

  it("tells which rules were not run", () => {
    const [notification] = run?.invocations[0]?.toolConfigurationNotifications ?? []
    expect(notification).toMatchObject({ level: "note", associatedRule: { id: "DRK105" } })
    expect(notification?.message.text).toContain("no inventory says")
    expect(run?.tool.driver.rules[notification?.associatedRule.index ?? -1]?.id).toBe("DRK105")
  })

  it("gives what is no file only a name, and escapes hostile ones", () => {
    const [first] = logOf("policy of key", rendered, []).runs[0]?.results ?? []
    expect(first?.locations[0]?.physicalLocation).toBeUndefined()
    const hostile = lintSarif(input("a\u001b[2J#?%\u202e/b:c.json", rendered))
    for (const raw of ["\u001b", "\u202e", "\\u001b", "\\u202e"]) expect(hostile).not.toContain(raw)
    const location = (JSON.parse(hostile) as Log).runs[0]?.results[0]?.locations[0]?.physicalLocation
    expect(location?.artifactLocation.uri).toBe("a%5Cu%7B1b%7D%5B2J%23%3F%25%5Cu%7B202e%7D/b%3Ac.json")
  })

  it("writes absolute paths as file URIs", () => {
    const [first] = logOf("/tmp/x y.json", rendered).runs[0]?.results ?? []
    expect(first?.locations[0]?.physicalLocation?.artifactLocation.uri).toBe("file:///tmp/x%20y.json")
  })
})

describe("JUnit of the linter", () => {
  const text = lintJunit(input("seed.json", rendered))
  it("fails what reaches the threshold, skips what was not run, passes the rest", () => {
    expect(text).toMatch(/^<\?xml[^]*<testsuites tests="37" failures="1" errors="0" skipped="1"/)
    expect(text).toMatch(
      /<testcase name="DRK121 [^"]*" classname="seed.json">\s*<failure message="error: the recovery role/,
    )
    expect(text).toMatch(/<testcase name="DRK105 [^"]*" classname="seed.json">\s*<skipped message="no inventory says/)
    expect(text).toMatch(/<testcase name="DRK109 [^"]*" classname="seed.json"\/>/)
  })
})
