import { parsePolicy } from "../../access/document.ts"
import type { PolicyKind } from "../../access/statement.ts"

/** AWS stores a misspelt action or condition key without a word; everything else that is wrong it refuses. */
const STORED = new Set(["unknown-action", "unknown-key"])

/** Why AWS would not store this policy; undefined = it would. */
export function refusalOf(text: string, kind: PolicyKind): string | undefined {
  const issue = parsePolicy(text, kind).issues.find(({ severity, code }) => severity !== "warn" && !STORED.has(code))
  if (issue === undefined) return undefined
  return issue.path.length === 0 ? issue.message : `${issue.message} at ${issue.path.join(".")}`
}
