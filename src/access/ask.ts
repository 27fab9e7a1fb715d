import { assumedRoleArn, roleNameOf, tryParseArn } from "./arn.ts"
import type { Facts } from "./context.ts"
import type { Verdict } from "./decision.ts"
import { ASSUMED } from "./decide.ts"
import { explain, type Explained } from "./explain.ts"
import { gapText, gapsFor, unknownFacts, withGaps } from "./gaps.ts"
import type { CompiledInventory } from "./inventory-stack.ts"
import type { NamedPolicy } from "./inventory.ts"
import { mergeFacts } from "./merge-facts.ts"
import { expand, type OperationTarget, type Step } from "./operations.ts"
import { PolicyError } from "./policy-error.ts"
import type { AccessRequest } from "./request.ts"

/** May this principal make this call? */
export interface Question {
  readonly principal: string
  /** Roles that it assumes on the way, one after the other. */
  readonly via: readonly string[]
  /** An IAM action, or an API operation that is authorised in steps. */
  readonly action: string
  /** Decide the action alone, also when a call of the same name needs more. */
  readonly actionOnly?: boolean
  readonly target: OperationTarget
  readonly facts: Facts
  readonly unknown: readonly string[]
  /** Passed with the last AssumeRole, or with the one that made `principal`. Undefined = none. */
  readonly session?: readonly NamedPolicy[]
  readonly sessionTags?: Readonly<Record<string, string>>
  readonly sourceIdentity?: string
}

/** One authorisation with its reasons. */
export interface StepAnswer {
  readonly verdict: Verdict
  readonly explained: Explained
  /** What the inventory could not tell. */
  readonly gaps: readonly string[]
  /** What the inventory does not hold at all: it has no policies here, and may have some. */
  readonly strangers: readonly string[]
  readonly assumes: readonly string[]
}

export interface Answer {
  /** The worst of the steps: a call needs all of them. */
  readonly verdict: Verdict
  readonly steps: readonly StepAnswer[]
}

const SEVERITY: readonly Verdict[] = ["allowed", "depends", "implicit-deny", "explicit-deny"]

export const worst = (verdicts: readonly Verdict[]): Verdict =>
  SEVERITY[Math.max(0, ...verdicts.map((verdict) => SEVERITY.indexOf(verdict)))] ?? "depends"

/**
 * Decides a call: caller, then each AssumeRole on the way (trust policy and the caller's identity), then every
 * authorisation of the call itself under the last session. All steps are decided, also behind one that is denied.
 * @throws PolicyError when the question means nothing
 */
export function ask(compiled: CompiledInventory, question: Question): Answer {
  const hops: StepAnswer[] = []
  let caller: Caller = { arn: question.principal, facts: question.facts }
  for (const role of question.via) {
    const steps = expand("sts:AssumeRole", { on: role, facts: mergeFacts(caller.facts, assumeFacts(question)) })
    for (const step of steps)
      hops.push(answer(compiled, caller, withFacts(step, assumeFacts(question)), question.unknown))
    caller = sessionOf(role, question)
  }
  const last: Caller = question.session === undefined ? caller : { ...caller, session: question.session }
  const { action, actionOnly, target } = question
  const steps =
    actionOnly === true ? expandNothing(action, target) : expand(action, { ...target, facts: question.facts })
  const answers = [...hops, ...steps.map((step) => answer(compiled, last, step, question.unknown))]
  return { verdict: worst(answers.map(({ verdict }) => verdict)), steps: answers }
}

interface Caller {
  readonly arn: string
  readonly facts: Facts
  readonly session?: readonly NamedPolicy[]
}

const expandNothing = (action: string, { on }: OperationTarget): readonly Step[] => [
  { action, resource: on, facts: {}, unknown: [], assumes: [] },
]

const withFacts = (step: Step, facts: Facts): Step => ({ ...step, facts: mergeFacts(step.facts, facts) })

function assumeFacts({ sessionTags, sourceIdentity }: Question): Facts {
  const tags = Object.entries(sessionTags ?? {})
  return {
    ...Object.fromEntries(tags.map(([name, value]) => [`aws:RequestTag/${name}`, value])),
    ...(tags.length === 0 ? {} : { "aws:TagKeys": tags.map(([name]) => name) }),
    ...(sourceIdentity === undefined ? {} : { "sts:SourceIdentity": sourceIdentity }),
  }
}

/** What the role's session carries: its own tags and identity, never the factor with which its caller signed in. */
function sessionOf(role: string, { facts, sessionTags, sourceIdentity }: Question): Caller {
  const parsed = tryParseArn(role)
  const name = roleNameOf(role)
  if (parsed === undefined || name === undefined) throw new PolicyError(`${role} is no role: nobody can assume it`)
  const kept = Object.entries(facts).filter(
    ([key]) => !/^aws:(principal(?!org)|multifactorauth|userid|username)/i.test(key),
  )
  return {
    arn: assumedRoleArn(parsed.account, name, SESSION_NAME, parsed.partition),
    facts: mergeFacts(Object.fromEntries(kept), {
      "aws:PrincipalArn": role,
      "aws:MultiFactorAuthPresent": "false",
      ...Object.fromEntries(
        Object.entries(sessionTags ?? {}).map(([tag, value]) => [`aws:PrincipalTag/${tag}`, value]),
      ),
      ...(sourceIdentity === undefined ? {} : { "aws:SourceIdentity": sourceIdentity }),
    }),
  }
}

const SESSION_NAME = "dr-policy-check"

/** A step that may take several forms is decided in each; where they differ it stays open. */
function answer(compiled: CompiledInventory, caller: Caller, step: Step, unknown: readonly string[]): StepAnswer {
  const forms = (step.alternatives ?? []).map((facts) =>
    answerOnce(compiled, caller, { ...step, facts: mergeFacts(step.facts, facts), unknown: [] }, unknown),
  )
  const [first, ...others] = forms
  if (first !== undefined && others.every(({ verdict }) => verdict === first.verdict))
    return { ...first, assumes: [...first.assumes, "with and without bucket keys"] }
  return answerOnce(compiled, caller, step, unknown)
}

function answerOnce(compiled: CompiledInventory, caller: Caller, step: Step, unknown: readonly string[]): StepAnswer {
  const { action, resource } = step
  const request: AccessRequest = {
    principal: caller.arn,
    action,
    resource,
    resourceAccount: compiled.ownerOf(resource, accountOf(compiled, caller.arn)),
    facts: mergeFacts(ASSUMED, compiled.factsFor(caller.arn, resource), step.facts, caller.facts),
    unknown: [...unknown, ...step.unknown, ...unknownFacts(compiled, caller.arn, resource)],
  }
  const explained = explain(request, compiled.stackFor(caller.arn, resource, caller.session))
  const gaps = gapsFor(compiled, caller.arn, resource)
  return {
    verdict: withGaps(explained.decision, gaps),
    explained,
    gaps: gaps.map(gapText),
    strangers: strangersIn(compiled, caller.arn, resource),
    assumes: step.assumes,
  }
}

const accountOf = (compiled: CompiledInventory, arn: string): string | undefined =>
  compiled.principal(arn)?.account ?? tryParseArn(arn)?.account

/** Nobody can tell the policies of what the inventory does not hold. */
function strangersIn(compiled: CompiledInventory, principal: string, resource: string): string[] {
  const arn = tryParseArn(principal)
  const known = arn === undefined || arn.resource === "root" || compiled.principal(principal) !== undefined
  const target = tryParseArn(resource)
  const found =
    target === undefined ||
    (target.service === "kms" && (target.resource.startsWith("alias/") || compiled.key(resource) !== undefined)) ||
    (target.service === "s3" && compiled.bucketOf(resource) !== undefined) ||
    (target.service === "iam" && compiled.principal(resource) !== undefined) ||
    !["kms", "s3", "iam"].includes(target.service)
  return [
    ...(known ? [] : [`the inventory does not hold ${principal}: it has no identity policy here`]),
    ...(found ? [] : [`the inventory does not hold ${resource}: it has no policy here`]),
  ]
}
