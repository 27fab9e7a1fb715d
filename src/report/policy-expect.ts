import type { Expectation, RuleResult } from "../access/expect.ts"
import { junit } from "./junit.ts"

/** One case a rule. What is not proven is a failure: CI shows skipped cases as green. */
export function expectJunit({ source, rules }: Expectation): string {
  return junit([
    {
      name: `access of ${source}`,
      cases: rules.map((rule) => ({ name: rule.name, classname: `access.${rule.kind}`, ...failureOf(rule) })),
    },
  ])
}

function failureOf({ verdict, findings, asked }: RuleResult): { failure?: string } {
  if (verdict === "pass") return {}
  const head = verdict === "fail" ? "the rule does not hold" : "not proven"
  return {
    failure: [
      `${head}: ${findings.length} of ${asked} questions`,
      ...findings.map((each) => `${each.verdict}: ${each.principal}: ${each.action} on ${each.resource}: ${each.why}`),
    ].join("\n"),
  }
}
