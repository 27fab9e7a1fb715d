import type { PolicyDocument } from "../statement.ts"
import type { Finding, LintContext, Path, Rule, Scope, Skipped } from "./rule.ts"
import { rulesOn } from "./rules.ts"

/** What was found on one subject. */
export interface Judgement {
  readonly subject: string
  readonly scope: Scope
  readonly findings: readonly Finding[]
  readonly skipped: readonly Skipped[]
  /** Rules that were judged, found or not. */
  readonly ran: readonly string[]
}

export interface Judging {
  readonly document?: PolicyDocument
  readonly lineOf?: (path: Path) => number | undefined
  /** Rules that the subject has nothing for. */
  readonly only?: (rule: Rule) => boolean
  /** Why this rule cannot be judged, whatever it would say. */
  readonly unfit?: (rule: Rule) => string | undefined
}

/** Asks every rule of the scope. */
export function judge(scope: Scope, context: LintContext, judging: Judging = {}): Judgement {
  const { subject } = context
  const findings: Finding[] = []
  const skipped: Skipped[] = []
  const ran: string[] = []
  for (const rule of rulesOn(scope)) {
    if (judging.only?.(rule) === false) continue
    const unfit = judging.unfit?.(rule)
    if (unfit !== undefined) {
      skipped.push({ rule: rule.id, subject, why: unfit })
      continue
    }
    let complete = true
    for (const result of rule.check(context)) {
      if ("notRun" in result) {
        complete = false
        skipped.push({ rule: rule.id, subject, why: result.notRun })
      } else
        findings.push({ rule: rule.id, subject, severity: rule.severity, ...result, ...placeOf(result.path, judging) })
    }
    if (complete) ran.push(rule.id)
  }
  return { subject, scope, findings, skipped, ran }
}

function placeOf(path: Path, { document, lineOf }: Judging): Pick<Finding, "statement" | "sid" | "line"> {
  const index = path[0] === "Statement" && typeof path[1] === "number" ? path[1] : undefined
  const sid = document?.statements.find((statement) => statement.index === index)?.sid
  const line = lineOf?.(path)
  return {
    ...(index === undefined ? {} : { statement: index }),
    ...(sid === undefined ? {} : { sid }),
    ...(line === undefined ? {} : { line }),
  }
}

/** Of what could not be read: nothing was judged. */
export function unread(subject: string, scope: Scope, why: string): Judgement {
  const skipped = rulesOn(scope).map(({ id }) => ({ rule: id, subject, why }))
  return { subject, scope, findings: [], skipped, ran: [] }
}
