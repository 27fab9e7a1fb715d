/** The linter: `lintPolicy` for one document, `lintInventory` for everything that an inventory holds. */
export { kindOf } from "./kind-of.ts"
export { lintPolicy } from "./lint-policy.ts"
export { lintInventory } from "./lint-inventory.ts"
export { fails, lintReport, placeOf, type LintedSubject, type LintReport } from "./lint-report.ts"
export { RULES, titleOf } from "./rules.ts"
export type { Expectations, Finding, Rule, Severity, Skipped } from "./rule.ts"
