import { formatArn, partitionOf } from "../../access/arn.ts"
import { optionalText, structure, text, texts, type Input } from "../protocol/input.ts"
import { allowed, paged, refused, type ConfigCall, type Handler } from "./config-call.ts"
import type { ConfigPlace, ConfigRule } from "./store.ts"

const arnOf = ({ account, region }: ConfigPlace, id: string): string =>
  formatArn({ partition: partitionOf(region), service: "config", region, account, resource: `config-rule/${id}` })

function parametersIn(rule: Input): Readonly<Record<string, string>> {
  const given = optionalText(rule, "InputParameters")
  if (given === undefined) return {}
  try {
    const parsed: unknown = JSON.parse(given)
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed))
      return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, String(value)]))
  } catch {
    // Told below.
  }
  throw refused("InvalidParameterValue", "InputParameters must be a JSON object.")
}

const putRule: Handler = (each) => {
  const { call, input, place } = each
  const rule = structure(input, "ConfigRule")
  const source = structure(rule ?? {}, "Source")
  if (rule === undefined || source === undefined)
    throw refused("InvalidParameterValue", "ConfigRule and its Source are required.")
  const name = text(rule, "ConfigRuleName")
  const owner = text(source, "Owner")
  const known = place.rules.get(name)
  const id = known?.id ?? `config-rule-${Buffer.from(call.world.random(3)).toString("hex")}`
  const arn = known?.arn ?? arnOf(place, id)
  allowed(each, arn)
  if (place.recorder === undefined)
    throw refused("NoAvailableConfigurationRecorder", "Configuration recorder is not available to put config rule.")
  if (owner !== "AWS" && owner !== "CUSTOM_LAMBDA" && owner !== "CUSTOM_POLICY")
    throw refused("InvalidParameterValue", `No such owner of a rule: ${owner}`)
  const { ConfigRuleName: _name, ConfigRuleArn: _arn, ConfigRuleId: _id, Source: _source, ...shown } = rule
  const wanted = {
    sourceIdentifier: owner === "CUSTOM_POLICY" ? "" : text(source, "SourceIdentifier"),
    owner,
    parameters: parametersIn(rule),
    shown,
  }
  const { account, region } = place
  if (known !== undefined) Object.assign(known, wanted)
  else place.rules.set(name, { account, region, name, arn, id, createdAt: call.world.clock.now(), ...wanted })
  return undefined
}

const ruleOut = (rule: ConfigRule): object => ({
  ...rule.shown,
  ConfigRuleName: rule.name,
  ConfigRuleArn: rule.arn,
  ConfigRuleId: rule.id,
  Source: {
    Owner: rule.owner,
    ...(rule.sourceIdentifier === "" ? {} : { SourceIdentifier: rule.sourceIdentifier }),
  },
  ConfigRuleState: "ACTIVE",
})

const noSuchRule = (name: string): Error =>
  refused(
    "NoSuchConfigRule",
    `The ConfigRule '${name}' provided in the request is invalid. Please check the configRule name`,
  )

/** The rules that a call names; all of the account when it names none. */
export function rulesNamed({ place }: ConfigCall, names: readonly string[]): ConfigRule[] {
  if (names.length === 0) return [...place.rules.values()]
  return names.map((name) => ruleNamed(place, name))
}

export function ruleNamed(place: ConfigPlace, name: string): ConfigRule {
  const rule = place.rules.get(name)
  if (rule === undefined) throw noSuchRule(name)
  return rule
}

const describeRules: Handler = (each) => {
  allowed(each)
  const rules = rulesNamed(each, texts(each.input, "ConfigRuleNames"))
  const page = paged(each, rules, (rule) => rule.name, 25)
  return { ConfigRules: page.items.map(ruleOut), NextToken: page.next }
}

const deleteRule: Handler = (each) => {
  const name = text(each.input, "ConfigRuleName")
  allowed(each, each.place.rules.get(name)?.arn ?? arnOf(each.place, "*"))
  each.place.rules.delete(ruleNamed(each.place, name).name)
  return undefined
}

export const RULE_CALLS: ReadonlyArray<readonly [string, Handler]> = [
  ["PutConfigRule", putRule],
  ["DescribeConfigRules", describeRules],
  ["DeleteConfigRule", deleteRule],
]
