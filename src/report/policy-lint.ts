import type { Finding, LintReport, Rule } from "../access/lint/index.ts"
import { junit, type JunitSuite } from "./junit.ts"
import { sarif, type SarifLevel } from "./sarif.ts"

export interface LintViewInput {
  readonly report: LintReport
  readonly rules: readonly Rule[]
  readonly version: string
  readonly placeOf: (finding: Finding) => string
  /** Files by subject; a subject of an inventory is none. */
  readonly files: ReadonlySet<string>
  /** Whether a finding makes its test case fail. */
  readonly fails: (finding: Finding) => boolean
}

export function lintSarif({ report, rules, version, placeOf, files }: LintViewInput): string {
  return sarif({
    tool: { name: "dr", version },
    rules: rules.map(({ id, title, severity, origin }) => ({ id, title, level: levelOf(severity), tags: origin })),
    results: report.findings.map((finding) => ({
      rule: finding.rule,
      level: levelOf(finding.severity),
      message: `${finding.message}. Fix: ${finding.fix}`,
      place: [finding.subject, placeWithoutLine(finding, placeOf)].filter((part) => part !== "").join(": "),
      ...(files.has(finding.subject) ? { file: finding.subject, line: finding.line ?? 1 } : {}),
    })),
    notRun: report.skipped.map(({ rule, subject, why }) => ({ rule, why: `${subject}: ${why}` })),
  })
}

/** Lines move when a file is edited: a finding is known again by its statement. */
const placeWithoutLine = ({ line: _line, ...finding }: Finding, placeOf: LintViewInput["placeOf"]): string =>
  placeOf(finding)

const levelOf = (severity: Finding["severity"]): SarifLevel => (severity === "info" ? "note" : severity)

/** One suite per subject, one case per rule that was asked. */
export function lintJunit({ report, rules, placeOf, fails }: LintViewInput): string {
  const titles = new Map(rules.map(({ id, title }) => [id, title]))
  return junit(
    report.subjects.map(({ subject, ran }): JunitSuite => {
      const failing = report.findings.filter((finding) => finding.subject === subject && fails(finding))
      const skipped = report.skipped.filter((each) => each.subject === subject)
      const ids = new Set([...ran, ...failing.map(({ rule }) => rule), ...skipped.map(({ rule }) => rule)])
      return {
        name: subject,
        cases: [...ids].map((id) => {
          const own = failing.filter(({ rule }) => rule === id)
          const why = skipped.find(({ rule }) => rule === id)?.why
          return {
            name: `${id} ${titles.get(id) ?? ""}`,
            classname: subject,
            ...(own.length === 0 ? {} : { failure: own.map((finding) => failureOf(finding, placeOf)).join("\n") }),
            ...(why === undefined ? {} : { skipped: why }),
          }
        }),
      }
    }),
  )
}

const failureOf = (finding: Finding, placeOf: LintViewInput["placeOf"]): string =>
  [`${finding.severity}: ${finding.message}`, `  at ${placeOf(finding) || "the whole"}`, `  fix: ${finding.fix}`].join(
    "\n",
  )
