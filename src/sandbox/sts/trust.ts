import type { Caller } from "../core/exchange.ts"
import { matchesAction, namesCaller, namesOf, parsePolicy, wildcardMatch, type Statement } from "../authorize/policy.ts"

export type TrustFacts = Readonly<Record<string, string | undefined>>

type Test = (pattern: string, actual: string) => boolean

const OPERATORS: Readonly<Record<string, { readonly test: Test; readonly negative?: true }>> = {
  StringEquals: { test: (pattern, actual) => pattern === actual },
  StringNotEquals: { test: (pattern, actual) => pattern === actual, negative: true },
  StringLike: { test: wildcardMatch },
  StringNotLike: { test: wildcardMatch, negative: true },
  ArnEquals: { test: wildcardMatch },
  ArnLike: { test: wildcardMatch },
}

/**
 * Does a role's trust policy let the caller do `action`? Understands the operators above and the keys in `facts`;
 * an Allow with any other condition grants nothing, so that an unread condition never opens a role. A Deny whose
 * condition cannot be read denies.
 */
export function trusts(policyText: string, caller: Caller, action: string, facts: TrustFacts): boolean {
  const policy = parsePolicy(policyText)
  if (policy === undefined) return false
  const names = namesOf(caller, "")
  const concerns = (each: Statement): boolean =>
    !each.inverted && namesCaller(each, names) && matchesAction(each, action)
  if (policy.some((each) => !each.allow && concerns(each) && conditionsHold(each, facts) !== false)) return false
  return policy.some((each) => each.allow && concerns(each) && conditionsHold(each, facts) === true)
}

/** Undefined = a condition that this storey cannot read. */
function conditionsHold(statement: Statement, facts: TrustFacts): boolean | undefined {
  let held = true
  for (const [operator, block] of Object.entries(statement.conditions ?? {})) {
    const known = OPERATORS[operator]
    if (known === undefined) return undefined
    for (const [key, expected] of Object.entries(block)) {
      const name = key.toLowerCase()
      if (!(name in facts)) return undefined
      if (!holds(known, expected, facts[name])) held = false
    }
  }
  return held
}

function holds(
  operator: { readonly test: Test; readonly negative?: true },
  expected: unknown,
  actual: string | undefined,
): boolean {
  if (actual === undefined) return operator.negative === true
  const patterns = (Array.isArray(expected) ? expected : [expected]).map(String)
  const found = patterns.some((pattern) => operator.test(pattern, actual))
  return operator.negative === true ? !found : found
}
