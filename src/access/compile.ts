import { worksInKeyPolicy } from "./catalog/condition-keys.ts"
import { HAS_PRINCIPAL, needsNoResource } from "./check-statement.ts"
import { compileTest, resolve, seen, type CompiledTest } from "./condition.ts"
import type { RequestContext } from "./context.ts"
import type { Tri } from "./decision.ts"
import { parsePolicy, type ParsedPolicy } from "./document.ts"
import { glob, resourceGlob } from "./glob.ts"
import { hasCanonicalUser, principalMatcher, sparedMatcher, type NamedAs, type Principal } from "./principal.ts"
import type { PolicyIssue, PolicyKind, Statement } from "./statement.ts"
import { hasVariable, piecesOf } from "./variables.ts"

/** A policy made ready for many evaluations. */
export interface CompiledPolicy {
  readonly kind: PolicyKind
  /** For people: the policy's name or ARN. */
  readonly name: string
  readonly statements: readonly CompiledStatement[]
  /** Not empty = evaluation refuses this policy. */
  readonly refused: readonly PolicyIssue[]
}

export interface CompiledStatement {
  readonly policy: { readonly kind: PolicyKind; readonly name: string }
  readonly source: Statement
  readonly allow: boolean
  /** How the statement means the principal (`bounded`: it has a permissions boundary); kinds without Principal mean everybody. */
  names(principal: Principal, bounded?: boolean): NamedAs | undefined
  /** `action` in lower case. Undefined = a misspelt action may have meant it. */
  covers(action: string): Tri
  on(resource: string, context: RequestContext): Tri
  readonly tests: readonly CompiledTest[]
}

export interface CompileOptions {
  readonly name?: string
  /**
   * As AWS reads a policy that it has stored: an unknown action matches nothing and an unknown key is absent. Without it
   * a misspelt Allow is refused and a misspelt Deny leaves the verdict open, so that no typo passes for a permission.
   */
  readonly asStored?: boolean
}

export function compilePolicy(
  source: string | object | ParsedPolicy,
  kind: PolicyKind,
  options: CompileOptions = {},
): CompiledPolicy {
  const parsed = isParsed(source) ? source : parsePolicy(source, kind)
  const { document, issues } = parsed
  const named = { kind, name: options.name ?? kind }
  const faults = options.asStored === true ? issues.filter(({ code }) => !FORGIVEN.has(code)) : issues
  const denies = new Set(document.statements.filter(({ effect }) => effect === "Deny").map(({ index }) => index))
  const refused = faults.filter(
    ({ severity, statement }) => severity === "refuse" || (severity === "statement" && !denies.has(statement ?? -1)),
  )
  const variables = document.version === "2012-10-17"
  return {
    ...named,
    refused,
    statements: document.statements.flatMap((statement) => {
      const own =
        faults.length === 0
          ? faults
          : faults.filter((issue) => issue.severity === "statement" && issue.statement === statement.index)
      const compiled = compileStatement(statement, named, variables, own)
      return mayMeanAnybody(statement) ? [compiled, undecided(compiled)] : [compiled]
    }),
  }
}

const isParsed = (source: string | object): source is ParsedPolicy =>
  typeof source === "object" && "document" in source && "issues" in source

/** AWS stores these without a word. */
const FORGIVEN: ReadonlySet<PolicyIssue["code"]> = new Set(["bad-action", "unknown-action", "unknown-key"])

/** A Deny for an S3 account by its canonical id: nobody can tell whose it is. */
const mayMeanAnybody = ({ effect, principals }: Statement): boolean =>
  effect === "Deny" && principals !== undefined && hasCanonicalUser(principals)

const undecided = (statement: CompiledStatement): CompiledStatement => ({
  ...statement,
  names: () => "direct",
  on: (resource, context) => (statement.on(resource, context) === false ? false : undefined),
})

function compileStatement(
  source: Statement,
  policy: CompiledStatement["policy"],
  variables: boolean,
  faults: readonly PolicyIssue[],
): CompiledStatement {
  const misspelt = faults.some(({ code }) => code === "unknown-action" || code === "bad-action")
  return {
    policy,
    source,
    allow: source.effect === "Allow",
    names: namesOf(source, policy.kind),
    covers: actionsOf(source, misspelt),
    on: resourcesOf(source, policy.kind, variables, faults.some(concernsResource)),
    tests: source.conditions.map((test) =>
      compileTest(test, {
        variables,
        unreadable: faults.some((fault) => concerns(fault, test)),
        hides: hiddenFrom(policy.kind),
      }),
    ),
  }
}

/** IAM-only keys are never in the context of a key policy. */
const hiddenFrom =
  (kind: PolicyKind) =>
  (key: string): boolean =>
    kind === "key" && !worksInKeyPolicy(key)

const concernsResource = ({ path }: PolicyIssue): boolean => path[2] === "Resource" || path[2] === "NotResource"

/** The path of a fault ends in operator, or in operator and key. */
function concerns({ path }: PolicyIssue, test: Statement["conditions"][number]): boolean {
  const [, , element, operator, key] = path
  return element === "Condition" && operator === test.operator && (key === undefined || key === test.key)
}

function namesOf(source: Statement, kind: PolicyKind): CompiledStatement["names"] {
  if (!HAS_PRINCIPAL.has(kind)) return () => "direct"
  if (source.principals !== undefined) return principalMatcher(source.principals)
  if (source.notPrincipals === undefined) return () => undefined
  if (source.effect === "Deny") {
    const spares = sparedMatcher(source.notPrincipals)
    return (principal, bounded = false) => (spares(principal, bounded) ? undefined : "direct")
  }
  if (hasCanonicalUser(source.notPrincipals)) return () => undefined
  const excluded = principalMatcher(source.notPrincipals)
  return (principal) => (excluded(principal) === undefined ? "direct" : undefined)
}

function actionsOf(source: Statement, misspelt: boolean): CompiledStatement["covers"] {
  const inverted = source.actions === undefined
  const patterns = (source.actions ?? source.notActions ?? []).map((action) => action.toLowerCase())
  const exact = new Set(patterns.filter((pattern) => !/[*?]/.test(pattern)))
  const globs = patterns.filter((pattern) => /[*?]/.test(pattern)).map(glob)
  const matches = (action: string): boolean => exact.has(action) || globs.some((each) => each(action))
  if (inverted) return (action) => !matches(action)
  if (!misspelt) return matches
  return (action) => matches(action) || undefined
}

type ResourceMatcher = (resource: string, context: RequestContext) => Tri

function resourcesOf(source: Statement, kind: PolicyKind, variables: boolean, misspelt: boolean): ResourceMatcher {
  const patterns = source.resources ?? source.notResources
  // In a key policy the statement says nothing.
  if (patterns === undefined) return () => needsNoResource(kind, source)
  const inverted = source.resources === undefined
  if (patterns.includes("*")) return () => !inverted
  const matchers = patterns.map((pattern) =>
    resourceMatcher(pattern, kind, variables, source.effect === "Allow" && !inverted),
  )
  const none: Tri = misspelt ? undefined : inverted
  return (resource, context) => {
    let found: Tri = false
    for (const matches of matchers) {
      const one = matches(resource, context)
      if (one === true) return misspelt && inverted ? undefined : !inverted
      if (one === undefined) found = undefined
    }
    return found === undefined ? undefined : none
  }
}

/** `gives`: the resource is one that an Allow names. */
function resourceMatcher(pattern: string, kind: PolicyKind, variables: boolean, gives: boolean): ResourceMatcher {
  if (!variables || !hasVariable(pattern)) return resourceGlob(pattern)
  // A variable before the fifth colon is not replaced: the text matches no ARN. Source: IAM user guide, policy variables.
  if (hasVariable(pattern.split(":", 5).join(":"))) return () => (gives ? false : undefined)
  const pieces = seen(piecesOf(pattern), hiddenFrom(kind))
  return (resource, context) => {
    const parts = resolve(pieces, context)
    if (parts === "unknown") return undefined
    return parts !== "unresolved" && resourceGlob(parts)(resource)
  }
}
