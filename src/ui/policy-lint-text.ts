import type { Finding, LintedSubject, LintReport, Severity, Skipped } from "../access/lint/index.ts"
import { display } from "../kernel/display.ts"

const MARK: Readonly<Record<Severity, string>> = { error: "✕", warning: "!", info: "·" }
const MOST = 2_000
const shown = (text: string): string => display(text, MOST)

/** `placeOf` and `titleOf` come in: views know the types of a result, not its code. */
export interface LintWords {
  readonly placeOf: (finding: Finding) => string
  readonly titleOf: (rule: string) => string
}

/** Findings by subject, then what was taken for given and what could not be judged, then the count. */
export function policyLintText(report: LintReport, { placeOf, titleOf }: LintWords): string {
  const { subjects, findings, skipped, counts } = report
  const blocks = subjects.flatMap(({ subject, scope }) => {
    const own = findings.filter((finding) => finding.subject === subject)
    if (own.length === 0) return []
    return [
      `${shown(subject)} (${KINDS[scope]})`,
      ...own.flatMap((finding) => {
        const place = placeOf(finding)
        return [
          `${MARK[finding.severity]} ${finding.severity} ${finding.rule}  ${titleOf(finding.rule)}`,
          ...(place === "" ? [] : [`    at   ${shown(place)}`]),
          `    what ${shown(finding.message)}`,
          `    fix  ${shown(finding.fix)}`,
        ]
      }),
      "",
    ]
  })
  const clean = subjects.filter(({ subject }) => !findings.some((finding) => finding.subject === subject)).length
  return [
    ...blocks,
    ...assumptions(subjects),
    ...notRun(skipped),
    `${counted(counts.error, "error")}, ${counted(counts.warning, "warning")}, ${counts.info} info in ${counted(subjects.length, "subject")}${clean === 0 ? "" : `; ${clean} without findings`}`,
  ].join("\n")
}

function assumptions(subjects: readonly LintedSubject[]): string[] {
  const all = subjects.flatMap(({ subject, assumed }) =>
    assumed.map((each) => `? assumed of ${shown(subject)}: ${shown(each)}`),
  )
  return all.length === 0 ? [] : [...all, ""]
}

/** A rule that was not judged has not passed; rules with one reason share a line. */
function notRun(skipped: readonly Skipped[]): string[] {
  const byReason = new Map<string, Set<string>>()
  for (const { rule, why } of skipped) byReason.set(why, (byReason.get(why) ?? new Set()).add(rule))
  const lines = [...byReason].map(([why, rules]) => `- not run: ${[...rules].join(" ")}: ${shown(why)}`)
  return lines.length === 0 ? [] : [...lines, ""]
}

const KINDS: Readonly<Record<LintedSubject["scope"], string>> = {
  key: "key policy",
  identity: "IAM policy",
  trust: "trust policy",
  bucket: "bucket policy",
  scp: "service control policy",
  rcp: "resource control policy",
  boundary: "permissions boundary",
  session: "session policy",
  endpoint: "endpoint policy",
  "key-properties": "key",
  grant: "grant",
  account: "account",
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`
