import type { PolicyIssue, PolicyKind } from "../statement.ts"
import type { PolicyContext, Result } from "./rule.ts"

export const EVERY_KIND: readonly PolicyKind[] = [
  "key",
  "identity",
  "trust",
  "bucket",
  "scp",
  "rcp",
  "boundary",
  "session",
  "endpoint",
]

/** Issues that the reader of policies has found, under the rule that they belong to. */
export function fromIssues(
  { issues }: PolicyContext,
  belongs: (issue: PolicyIssue) => boolean,
  fix: (issue: PolicyIssue) => string,
): Result[] {
  return issues.filter(belongs).map((issue) => ({
    message: issue.message,
    fix: fix(issue),
    path: issue.path,
    ...(issue.code === "no-statement" && issue.severity === "warn" ? { severity: "warning" as const } : {}),
  }))
}

export const meant = ({ suggestion }: PolicyIssue, otherwise: string): string =>
  suggestion === undefined ? otherwise : `did you mean ${suggestion}?`

/** Text where the name of a principal or a resource should be: DRP014 tells. */
export const NAMES_NOTHING = /names no (?:account|service|identity)|means nobody|neither "\*" nor an ARN/

/** No JSON, or JSON that no policy could be: nothing may walk through it. */
export const isNoPolicy = ({ code, path }: PolicyIssue): boolean =>
  code === "not-json" || (code === "bad-shape" && path.length === 0)
