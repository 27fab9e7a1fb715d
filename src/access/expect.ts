import { ask, type Answer } from "./ask.ts"
import { actionStatus, findAction, matchingActions } from "./catalog/index.ts"
import { classesOf } from "./classes.ts"
import { decide, SITUATIONAL, type Circumstances } from "./decide.ts"
import type { Verdict } from "./decision.ts"
import type { AccessRules, Call, Claim, Rule } from "./expect-schema.ts"
import { decisiveText, residualText } from "./explain.ts"
import { gapText } from "./gaps.ts"
import { isGone } from "./grants.ts"
import type { CompiledInventory } from "./inventory-stack.ts"
import { PolicyError } from "./policy-error.ts"
import { findPrincipals, findResource, findRole } from "./refs.ts"
import { targetOf } from "./target.ts"

/** `unknown`: something that nobody could tell decides. It is not a pass. */
type RuleVerdict = "pass" | "fail" | "unknown"

export interface RuleResult {
  readonly name: string
  readonly kind: "must" | "mustNot" | "onlyVia"
  readonly verdict: RuleVerdict
  /** How many questions the rule came down to. */
  readonly asked: number
  /** Those that did not pass, with the reason. */
  readonly findings: readonly Finding[]
}

export interface Finding {
  readonly principal: string
  readonly action: string
  readonly resource: string
  readonly verdict: Exclude<RuleVerdict, "pass">
  readonly why: string
}

export interface Expectation {
  readonly source: string
  readonly takenAt?: string
  readonly rules: readonly RuleResult[]
  readonly passed: boolean
}

/** Holds an inventory to rules. A name that the inventory does not know makes its rule unknown, never passed. */
export function expectAccess(compiled: CompiledInventory, { rules }: AccessRules): Expectation {
  const results = rules.map((rule) => judge(compiled, rule))
  const { source, takenAt } = compiled.inventory
  return {
    source,
    ...(takenAt === undefined ? {} : { takenAt }),
    rules: results,
    passed: results.every(({ verdict }) => verdict === "pass"),
  }
}

type Check = Finding | "pass"

function judge(compiled: CompiledInventory, { name, must, mustNot, onlyVia }: Rule): RuleResult {
  if (must !== undefined)
    return result(
      name,
      "must",
      checksOf(compiled, must, (...asked) => mustCheck(compiled, must, ...asked)),
    )
  if (mustNot !== undefined)
    return result(
      name,
      "mustNot",
      checksOf(compiled, mustNot, (...asked) => mustNotCheck(compiled, mustNot, ...asked)),
    )
  if (onlyVia !== undefined)
    return result(
      name,
      "onlyVia",
      checksOf(compiled, onlyVia, (...asked) => onlyViaCheck(compiled, onlyVia, ...asked)),
    )
  return result(name, "must", [])
}

function result(name: string, kind: RuleResult["kind"], checks: readonly Check[]): RuleResult {
  const findings = checks.filter((check) => check !== "pass")
  const failed = findings.some(({ verdict }) => verdict === "fail")
  const verdict = failed ? "fail" : findings.length > 0 || checks.length === 0 ? "unknown" : "pass"
  return { name, kind, verdict, asked: checks.length, findings }
}

/** Every action with every resource; what cannot be asked is a finding of its own, told once. */
function checksOf(
  compiled: CompiledInventory,
  claim: Claim,
  check: (action: string, resource: string) => readonly Check[],
): readonly Check[] {
  const told = new Set<string>()
  const tried = (action: string, resource: string, act: () => readonly Check[]): readonly Check[] => {
    try {
      return act()
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error
      const why = [error.message, ...error.hints].join("; ")
      if (told.has(why)) return []
      told.add(why)
      return [{ principal: claim.principals.join(", "), action, resource, verdict: "unknown", why }]
    }
  }
  const strangers = tried(claim.actions.join(", "), claim.resources.join(", "), () => {
    for (const each of claim.principals) findPrincipals(compiled, each)
    return []
  })
  if (strangers.length > 0) return strangers
  const resources = claim.resources.flatMap((each) => allOf(compiled, each))
  return claim.actions.flatMap((pattern) =>
    resources.flatMap((resource) =>
      tried(pattern, resource, () =>
        actionsFor(pattern, resource).flatMap((action) => tried(action, resource, () => check(action, resource))),
      ),
    ),
  )
}

/** An alias without its Region means the key in every Region. */
function allOf(compiled: CompiledInventory, ref: string): readonly string[] {
  const keys = ref === "*" || ref.includes("://") ? [] : compiled.findKeys(ref)
  return keys.length > 1 ? keys.map(({ arn }) => arn) : [ref]
}

/** A pattern stands for the actions that it covers on such a resource. */
function actionsFor(pattern: string, resource: string): readonly string[] {
  if (!/[*?]/.test(pattern)) return [pattern]
  const type = resource.startsWith("s3://") ? (/^s3:\/\/[^/]+$/.test(resource) ? "bucket" : "object") : undefined
  const service = pattern.slice(0, pattern.indexOf(":")).toLowerCase()
  const wanted = type ?? (service === "kms" ? "key" : service === "sts" ? "role" : undefined)
  const found = matchingActions(pattern).filter((name) => {
    const uses = findAction(name)?.resources ?? []
    return wanted === undefined || resource === "*" || uses.some((use) => use.type === wanted)
  })
  if (found.length > 0) return found
  throw new PolicyError(`${pattern} covers no action on ${resource}`)
}

function mustCheck(compiled: CompiledInventory, call: Call, action: string, resource: string): Check[] {
  return answersTo(compiled, call, action, resource, false).map(({ principal, answer }) => {
    if (answer.verdict === "allowed") return "pass"
    const verdict = answer.verdict === "depends" ? ("unknown" as const) : ("fail" as const)
    return { principal, action, resource, verdict, why: whyNot(answer) }
  })
}

function mustNotCheck(compiled: CompiledInventory, call: Call, action: string, resource: string): Check[] {
  const isAction = actionStatus(action).kind !== "operation-not-action"
  return answersTo(compiled, call, action, resource, isAction).map(({ principal, answer }) => {
    if (answer.verdict === "allowed")
      return { principal, action, resource, verdict: "fail" as const, why: whyAllowed(answer) }
    if (answer.verdict === "depends")
      return { principal, action, resource, verdict: "unknown" as const, why: whyNot(answer) }
    const strangers = answer.verdict === "implicit-deny" ? answer.steps.flatMap((step) => step.strangers) : []
    if (strangers.length > 0)
      return { principal, action, resource, verdict: "unknown" as const, why: strangers.join("; ") }
    return "pass"
  })
}

function answersTo(
  compiled: CompiledInventory,
  call: Call,
  action: string,
  resource: string,
  actionOnly: boolean,
): Array<{ principal: string; answer: Answer }> {
  const { from, key, fromKey, bucketKey } = call
  const target = targetOf(compiled, action, { on: resource, from, key, fromKey, bucketKey })
  const via = call.via.map((each) => findRole(compiled, each))
  return call.principals
    .flatMap((each) => findPrincipals(compiled, each))
    .map((principal) => ({
      principal,
      answer: ask(compiled, { principal, via, action, actionOnly, target, facts: call.with, unknown: SITUATIONAL }),
    }))
}

/** The first step that stands in the way. */
function whyNot({ verdict, steps }: Answer): string {
  const step = steps.find((each) => each.verdict === verdict) ?? steps[0]
  if (step === undefined) return "nothing was asked"
  const { request, decision } = step.explained
  const reasons =
    decision.verdict === "depends" ? (decision.depends ?? []).map(residualText) : decision.decisive.map(decisiveText)
  const open = verdict === "depends" && decision.verdict !== "depends"
  return `${request.action} on ${request.resource}: ${[...new Set(open ? step.gaps : reasons)].join("; ")}`
}

const whyAllowed = ({ steps }: Answer): string =>
  steps.flatMap(({ explained }) => explained.decision.decisive.map(decisiveText)).join("; ")

/** Nobody but the named: no other principal of the inventory, no class that a policy means, no grantee. */
function onlyViaCheck(compiled: CompiledInventory, claim: Claim, action: string, ref: string): Check[] {
  const spared = new Set(claim.principals.flatMap((each) => findPrincipals(compiled, each)))
  const resource = findResource(compiled, ref, action)
  const circumstances: Circumstances = { facts: claim.with, unknown: SITUATIONAL }
  const grantees = (compiled.key(resource)?.grants ?? [])
    .map(({ grantee }) => grantee)
    .filter((each) => !/^\d{12}$/.test(each) && !isGone(each))
  const names = new Set([...compiled.inventory.principals.map(({ arn }) => arn), ...grantees])
  const byName = [...names]
    .filter((arn) => !spared.has(arn))
    .map((principal): Check => {
      const { verdict, decision, gaps } = decide(compiled, principal, action, resource, circumstances)
      const reasons =
        decision.verdict === "depends"
          ? (decision.depends ?? []).map(residualText)
          : decision.decisive.map(decisiveText)
      const why = decision.verdict === verdict ? reasons : gaps.map(gapText)
      return otherMay(verdict, { principal, action, resource, why: [...new Set(why)].join("; ") })
    })
  const classes = resource === "*" ? [] : classesOf(compiled, action, resource, circumstances)
  const byClass = classes
    .filter(({ representative }) => !spared.has(representative))
    .map(({ who, verdict, through, conditions }) =>
      otherMay(verdict, { principal: who, action, resource, why: [through, ...conditions].join("; ") }),
    )
  return [...byName, ...byClass, ...unread(compiled, action, resource)]
}

const otherMay = (verdict: Verdict, finding: Omit<Finding, "verdict">): Check =>
  verdict === "allowed"
    ? { ...finding, verdict: "fail" }
    : verdict === "depends"
      ? { ...finding, verdict: "unknown" }
      : "pass"

/** A policy that could not be read may mean anybody, whom no list names. */
function unread({ inventory }: CompiledInventory, action: string, resource: string): Check[] {
  return (inventory.gaps ?? [])
    .filter(({ subject, what }) => subject === resource && ["policy", "grants", "trust"].includes(what))
    .map((gap) => ({ principal: "anybody", action, resource, verdict: "unknown" as const, why: gapText(gap) }))
}
