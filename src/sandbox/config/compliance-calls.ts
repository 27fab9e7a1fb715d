import { text, texts } from "../protocol/input.ts"
import { epochSeconds } from "../protocol/json-service.ts"
import { allowed, paged, type ConfigCall, type Handler } from "./config-call.ts"
import { ruleNamed, rulesNamed } from "./rule-calls.ts"
import { MANAGED_RULES, type Finding } from "./rules.ts"
import type { ConfigRule } from "./store.ts"

/** Judged when somebody asks. Nothing is known while the recorder stands still, or of a rule that is not built. */
function findingsOf({ place, estate }: ConfigCall, rule: ConfigRule): readonly Finding[] {
  if (place.recorder?.recording !== true || rule.owner !== "AWS") return []
  return MANAGED_RULES.get(rule.sourceIdentifier)?.(estate, place.account, place.region, rule.parameters) ?? []
}

const MOST_COUNTED = 25

interface Compliance {
  readonly ComplianceType: "COMPLIANT" | "NON_COMPLIANT" | "INSUFFICIENT_DATA"
  readonly ComplianceContributorCount?: object
}

function complianceOf(findings: readonly Finding[]): Compliance {
  if (findings.length === 0) return { ComplianceType: "INSUFFICIENT_DATA" }
  const failing = findings.filter((each) => !each.compliant).length
  if (failing === 0) return { ComplianceType: "COMPLIANT" }
  return {
    ComplianceType: "NON_COMPLIANT",
    ComplianceContributorCount: { CappedCount: Math.min(failing, MOST_COUNTED), CapExceeded: failing > MOST_COUNTED },
  }
}

const byRule: Handler = (each) => {
  allowed(each)
  const types = texts(each.input, "ComplianceTypes")
  const rules = rulesNamed(each, texts(each.input, "ConfigRuleNames"))
    .map((rule) => ({ ConfigRuleName: rule.name, Compliance: complianceOf(findingsOf(each, rule)) }))
    .filter(({ Compliance }) => types.length === 0 || types.includes(Compliance.ComplianceType))
  const page = paged(each, rules, (rule) => rule.ConfigRuleName, 25)
  return { ComplianceByConfigRules: page.items, NextToken: page.next }
}

const details: Handler = (each) => {
  const name = text(each.input, "ConfigRuleName")
  allowed(each, each.place.rules.get(name)?.arn)
  const rule = ruleNamed(each.place, name)
  const types = texts(each.input, "ComplianceTypes")
  const at = epochSeconds(each.call.world.clock.now())
  const results = findingsOf(each, rule)
    .map((finding) => ({ ...finding, type: finding.compliant ? "COMPLIANT" : "NON_COMPLIANT" }))
    .filter(({ type }) => types.length === 0 || types.includes(type))
  const page = paged(each, results, (finding) => finding.resourceId, 100)
  return {
    EvaluationResults: page.items.map((finding) => ({
      EvaluationResultIdentifier: {
        EvaluationResultQualifier: {
          ConfigRuleName: name,
          ResourceType: finding.resourceType,
          ResourceId: finding.resourceId,
        },
        OrderingTimestamp: at,
      },
      ComplianceType: finding.type,
      ResultRecordedTime: at,
      ConfigRuleInvokedTime: at,
    })),
    NextToken: page.next,
  }
}

export const COMPLIANCE_CALLS: ReadonlyArray<readonly [string, Handler]> = [
  ["DescribeComplianceByConfigRule", byRule],
  ["GetComplianceDetailsByConfigRule", details],
]
