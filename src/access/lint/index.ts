/** The linter: `lintPolicy` for one document, `lintInventory` for everything that an inventory holds. */
export { kindOf } from "./kind-of.ts"
export { lintPolicy, type PolicyLint } from "./lint-policy.ts"
export { lintInventory } from "./lint-inventory.ts"
export { RULES } from "./rules.ts"
export type { Judgement } from "./judge.ts"
export type { Expectations, Finding, LintFacts, Rule, Severity, Skipped } from "./rule.ts"
