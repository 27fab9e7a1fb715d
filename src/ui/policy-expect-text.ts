import type { Expectation, Finding, RuleResult } from "../access/expect.ts"
import { display } from "../kernel/display.ts"

const MARK = { pass: "✓ pass", fail: "✕ fail", unknown: "? not proven" } as const
const SHOWN = 20

/** The rules with their verdicts, and under each what stands against it. */
export function expectText({ source, takenAt, rules }: Expectation): string {
  const count = (verdict: RuleResult["verdict"]): number => rules.filter((rule) => rule.verdict === verdict).length
  return [
    `rules held against ${display(source)}${takenAt === undefined ? "" : ` as of ${takenAt}`}`,
    ...rules.flatMap(ruleLines),
    `${count("pass")} pass, ${count("fail")} fail, ${count("unknown")} not proven`,
  ].join("\n")
}

function ruleLines({ name, verdict, asked, findings }: RuleResult): string[] {
  const more = findings.length - SHOWN
  return [
    `${MARK[verdict]}  ${display(name)} (${asked} asked)`,
    ...findings.slice(0, SHOWN).map(findingLine),
    ...(more > 0 ? [`    and ${more} more: --json tells all`] : []),
  ]
}

const findingLine = ({ principal, action, resource, verdict, why }: Finding): string =>
  `    ${verdict === "fail" ? "✕" : "?"} ${display(principal)}: ${action} on ${display(resource)}: ${display(why)}`
