import type { Judgement } from "./judge.ts"
import type { Finding, Scope, Severity, Skipped } from "./rule.ts"

/** What `dr policy lint` tells of all subjects together. */
export interface LintReport {
  readonly subjects: readonly LintedSubject[]
  /** Worst first within a subject; subjects in the order in which they were given. */
  readonly findings: readonly Finding[]
  readonly skipped: readonly Skipped[]
  readonly counts: Readonly<Record<Severity, number>>
}

export interface LintedSubject {
  readonly subject: string
  readonly scope: Scope
  readonly ran: readonly string[]
  readonly assumed: readonly string[]
}

const WORST: readonly Severity[] = ["error", "warning", "info"]

export function lintReport(
  judgements: ReadonlyArray<Judgement & { readonly assumed?: readonly string[] }>,
): LintReport {
  const findings = judgements.flatMap((judgement) =>
    judgement.findings.toSorted(
      (a, b) => WORST.indexOf(a.severity) - WORST.indexOf(b.severity) || (a.statement ?? -1) - (b.statement ?? -1),
    ),
  )
  const count = (severity: Severity): number => findings.filter((each) => each.severity === severity).length
  return {
    subjects: judgements.map(({ subject, scope, ran, assumed = [] }) => ({ subject, scope, ran, assumed })),
    findings,
    skipped: judgements.flatMap(({ skipped }) => skipped),
    counts: { error: count("error"), warning: count("warning"), info: count("info") },
  }
}

type FailOn = "error" | "warning" | "never"

export const fails = ({ severity }: Pick<Finding, "severity">, failOn: FailOn): boolean =>
  failOn !== "never" && WORST.indexOf(severity) <= WORST.indexOf(failOn)

/** `Statement 1 "Allow use of the key", Condition.Bool, line 20`; empty = the subject as a whole. */
export function placeOf({ path, statement, sid, line }: Finding): string {
  const inside = path.slice(statement === undefined ? 0 : 2)
  return [
    ...(statement === undefined ? [] : [`statement ${statement}${sid === undefined ? "" : ` ${JSON.stringify(sid)}`}`]),
    ...(inside.length === 0 ? [] : [inside.join(".")]),
    ...(line === undefined ? [] : [`line ${line}`]),
  ].join(", ")
}
