import { actionStatus } from "../catalog/index.ts"
import type { IssueCode, PolicyIssue, PolicyKind } from "../statement.ts"
import { unrenderedIn } from "../variables.ts"
import { CONDITION_RULES } from "./conditions.ts"
import { ARN_RULES } from "./arn-shape.ts"
import { EVERY_KIND, fromIssues, isNoPolicy, meant, NAMES_NOTHING } from "./issues.ts"
import { isRecord } from "./json.ts"
import { remembered } from "./memo.ts"
import { policyRule, type Path, type PolicyContext, type Result, type Rule } from "./rule.ts"
import { actionElement, at } from "./statements.ts"

const SHAPE: ReadonlySet<IssueCode> = new Set([
  "not-json",
  "duplicate-key",
  "unknown-element",
  "bad-version",
  "bad-effect",
  "bad-shape",
  "no-statement",
  "missing-principal",
  "forbidden-principal",
  "missing-action",
])

function isShape({ code, severity, message, path }: PolicyIssue, kind: PolicyKind): boolean {
  if (NAMES_NOTHING.test(message) || (kind === "trust" && path[2] === "NotPrincipal")) return false
  if (SHAPE.has(code)) return true
  if (code === "missing-resource") return severity === "refuse"
  return (code === "bad-principal" || code === "bad-value") && severity === "refuse"
}

function* unrendered(context: PolicyContext): Iterable<Result> {
  const { issues, text, written } = context
  const found = issues.filter(({ code }) => code === "unrendered")
  if (found.length === 0) return
  if (issues.some(isNoPolicy))
    return yield* fromIssues(
      context,
      (issue) => found.includes(issue),
      () => "render it: --var NAME=VALUE",
    )
  const root: unknown = JSON.parse(text ?? written)
  const places = new Map<string, Path[]>()
  for (const { path } of found) {
    for (const name of placeholders(textAt(root, path))) places.set(name, [...(places.get(name) ?? []), path])
  }
  for (const [name, [first = [], ...more]] of places) {
    const variable = /^\$\{([A-Za-z_][\w.-]*)\}$/.exec(name)?.[1] ?? ""
    yield {
      message: `${name} was never rendered${more.length === 0 ? "" : ` (${more.length + 1} places)`}: it is no variable of IAM, and AWS takes it literally`,
      fix: variable === "" ? "write the value" : `render it: --var ${variable}=VALUE`,
      path: first,
    }
  }
}

function placeholders(text: string): ReadonlySet<string> {
  const names = new Set<string>()
  let rest = text
  for (let name = unrenderedIn(rest); name !== undefined && name !== ""; name = unrenderedIn(rest)) {
    names.add(name)
    rest = rest.replaceAll(name, "")
  }
  return names
}

/** The text under a path; the name itself where the path ends in a name that holds the placeholder. */
function textAt(root: unknown, path: Path): string {
  let value = root
  for (const part of path) {
    if (Array.isArray(value) && typeof part === "number") value = value[part] as unknown
    else if (isRecord(value) && Object.hasOwn(value, part)) value = value[part]
  }
  const last = path.at(-1)
  return typeof value === "string" && unrenderedIn(value) !== undefined ? value : String(last)
}

function* version({ document, issues }: PolicyContext): Iterable<Result> {
  const fix = `"Version": "2012-10-17"`
  const missing = issues.find(({ code }) => code === "missing-version")
  if (missing !== undefined) yield { message: missing.message, fix, path: ["Version"] }
  const unread = issues.some(({ code, path }) => code === "bad-version" || code === "not-json" || path.length === 0)
  if (missing === undefined && !unread && document.version === "2008-10-17")
    yield {
      message: "Version 2008-10-17 is the old language: policy variables are plain text in it",
      fix,
      path: ["Version"],
    }
}

function* actions(context: PolicyContext): Iterable<Result> {
  yield* fromIssues(
    context,
    ({ code }) => code === "unknown-action" || code === "bad-action",
    (issue) =>
      issue.suggestion === undefined
        ? "use an action of the service authorization reference"
        : `write ${issue.suggestion}`,
  )
  for (const statement of context.document.statements) {
    for (const action of statement.actions ?? statement.notActions ?? []) {
      if (!/[*?]/.test(action) || !/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(action)) continue
      const fix = emptyPattern(action)
      if (fix === undefined) continue
      yield { message: `${action} covers no action`, fix, path: at(statement, actionElement(statement)) }
    }
  }
}

/** What to write instead of a pattern that covers no action; undefined = it covers some, or nobody can tell. */
const emptyPattern = remembered((pattern): string | undefined => {
  const status = actionStatus(pattern)
  if (status.kind !== "unknown-action" && status.kind !== "unknown-service") return undefined
  return status.suggestion === undefined ? "use a pattern that covers an action" : `did you mean ${status.suggestion}?`
})

const SID_FREE: ReadonlySet<PolicyKind> = new Set(["key", "trust", "bucket", "rcp", "scp", "endpoint"])

function* sids({ document, kind }: PolicyContext): Iterable<Result> {
  const first = new Map<string, number>()
  for (const statement of document.statements) {
    const { sid, index } = statement
    if (sid === undefined || sid === "") continue
    const before = first.get(sid)
    if (before !== undefined)
      yield {
        message: `the Sid ${JSON.stringify(sid)} stands twice: statement ${before} has it too`,
        fix: "give every statement its own Sid",
        path: at(statement, "Sid"),
      }
    else first.set(sid, index)
    if (!SID_FREE.has(kind) && !/^[A-Za-z0-9]+$/.test(sid))
      yield {
        message: `the Sid ${JSON.stringify(sid)} has characters that IAM refuses: letters and digits only`,
        fix: `"Sid": ${JSON.stringify(sid.replaceAll(/[^A-Za-z0-9]/g, ""))}`,
        path: at(statement, "Sid"),
      }
  }
}

/** Bytes of a key policy, characters of the others. Source: quotas of KMS, Organizations and STS. */
const LIMITS: Partial<Readonly<Record<PolicyKind, { readonly most: number; readonly unit: "bytes" | "characters" }>>> =
  {
    key: { most: 32_768, unit: "bytes" },
    scp: { most: 5_120, unit: "characters" },
    rcp: { most: 5_120, unit: "characters" },
    session: { most: 2_048, unit: "characters" },
  }

function* size({ kind, written, text, issues }: PolicyContext): Iterable<Result> {
  const limit = LIMITS[kind]
  if (limit === undefined) return
  const measure = (json: string): number =>
    limit.unit === "bytes" ? new TextEncoder().encode(json).length : json.length
  const asWritten = measure(written)
  if (asWritten <= limit.most) return
  const isText = text !== undefined && !issues.some(isNoPolicy)
  const least = isText ? measure(JSON.stringify(JSON.parse(text))) : asWritten
  if (least > limit.most)
    yield {
      message: `the policy has ${least} ${limit.unit} even without blanks, AWS takes ${limit.most}`,
      fix: "name fewer principals or actions, or join statements",
      path: [],
    }
  else
    yield {
      message: `the policy has ${asWritten} ${limit.unit} as it is written, AWS takes ${limit.most}; without blanks it has ${least}`,
      fix: "send it without blanks",
      path: [],
      severity: "warning",
    }
}

export const SYNTAX_RULES: readonly Rule[] = [
  policyRule(
    { id: "DRP001", severity: "error", origin: [], title: "template that nobody rendered" },
    EVERY_KIND,
    unrendered,
  ),
  policyRule(
    {
      id: "DRP002",
      severity: "error",
      origin: ["AA", "linters"],
      title: "not a policy: JSON, elements, Effect, Version",
    },
    EVERY_KIND,
    (context) =>
      fromIssues(
        context,
        (issue) => isShape(issue, context.kind),
        (issue) => meant(issue, FIXES[issue.code] ?? "write what the policy grammar of IAM asks for"),
      ),
  ),
  policyRule(
    { id: "DRP003", severity: "warning", origin: ["AA", "linters"], title: "Version missing or of 2008" },
    EVERY_KIND,
    version,
  ),
  policyRule(
    { id: "DRP004", severity: "error", origin: ["AA", "linters"], title: "unknown action or service" },
    EVERY_KIND,
    actions,
  ),
  ...CONDITION_RULES,
  policyRule(
    { id: "DRP012", severity: "error", origin: ["AA", "linters"], title: "Sid twice, or with characters IAM refuses" },
    EVERY_KIND,
    sids,
  ),
  policyRule({ id: "DRP013", severity: "error", origin: [], title: "larger than AWS takes" }, EVERY_KIND, size),
  ...ARN_RULES,
]

const FIXES: Partial<Readonly<Record<IssueCode, string>>> = {
  "not-json": "correct the JSON: AWS takes no comments and no trailing commas",
  "duplicate-key": "join the two: AWS refuses the policy, other readers keep only the last one",
  "no-statement": "add a statement",
  "missing-principal": "say for whom the statement is: add Principal",
  "forbidden-principal": "leave Principal out: it belongs to whom it is attached to",
  "missing-action": "add Action",
  "missing-resource": "add Resource",
  "bad-version": `"Version": "2012-10-17"`,
}
