import { compilePolicy, type CompiledPolicy, type CompiledStatement } from "./compile.ts"
import { contextOf, type Context } from "./context.ts"
import type { Decision, Layer } from "./decision.ts"
import { evaluate } from "./evaluate.ts"
import { readOperator } from "./operators.ts"
import { readPrincipal } from "./principal.ts"
import type { AccessRequest, PolicyStack } from "./request.ts"
import type { ConditionTest, PolicyKind } from "./statement.ts"

/** A change that was tried: with it the same evaluation says allowed. */
export interface Hint {
  readonly change: "add-allow" | "set-fact" | "narrow-deny"
  readonly text: string
}

interface Candidate {
  readonly hint: Hint
  readonly request: AccessRequest
  readonly stack: PolicyStack
}

/**
 * Every change, of those that come to mind, that turns the verdict into allowed. Each one was evaluated. Where an Allow
 * stands that waits for facts, they are the change: another Allow beside it would undo what its conditions guard.
 */
export function whatWouldFlip(request: AccessRequest, stack: PolicyStack, decision: Decision): Hint[] {
  if (decision.verdict === "allowed") return []
  const flips = (candidates: readonly Candidate[]): Hint[] =>
    candidates
      .filter((candidate) => evaluate(candidate.request, candidate.stack).verdict === "allowed")
      .map((candidate) => candidate.hint)
  if (decision.verdict === "explicit-deny")
    return flips([...escapes(request, stack), ...changes(request, stack, decision)])
  const met = flips(fulfilments(request, stack))
  return met.length > 0 ? met : flips(changes(request, stack, decision))
}

const statementsFor = (request: AccessRequest, stack: PolicyStack, allow: boolean): CompiledStatement[] =>
  policiesOf(stack).flatMap(([, { statements }]) =>
    statements.filter((statement) => statement.allow === allow && concerns(statement, request)),
  )

/** The facts, all together, that one Allow waits for. */
function fulfilments(request: AccessRequest, stack: PolicyStack): Candidate[] {
  return distinct(
    statementsFor(request, stack, true).map((statement): Candidate | undefined => {
      const given: Array<readonly [key: string, value: string]> = []
      let met = request
      for (const test of statement.tests) {
        if (test.holds(contextFor(met)) === true) continue
        const value = satisfying(test.source, true)
        if (value === undefined) return undefined
        given.push([test.source.key, value])
        met = withFact(met, test.source.key, value)
      }
      return given.length === 0 ? undefined : candidate(given, met, stack)
    }),
  )
}

/** A fact that makes a Deny let go: one test that fails is enough. */
function escapes(request: AccessRequest, stack: PolicyStack): Candidate[] {
  return distinct(
    statementsFor(request, stack, false).flatMap(({ source }) =>
      source.conditions.map((test): Candidate | undefined => {
        const value = satisfying(test, false)
        return value === undefined
          ? undefined
          : candidate([[test.key, value]], withFact(request, test.key, value), stack)
      }),
    ),
  )
}

const candidate = (
  given: ReadonlyArray<readonly [key: string, value: string]>,
  request: AccessRequest,
  stack: PolicyStack,
): Candidate => ({
  hint: { change: "set-fact", text: `if ${given.map(([key, value]) => `${key} = ${value}`).join(" and ")}` },
  request,
  stack,
})

const distinct = (candidates: ReadonlyArray<Candidate | undefined>): Candidate[] => [
  ...new Map(candidates.flatMap((each) => (each === undefined ? [] : [[each.hint.text, each] as const]))).values(),
]

const contextFor = (request: AccessRequest): Context =>
  contextOf({ ...request, principal: readPrincipal(request.principal) })

function concerns(statement: CompiledStatement, request: AccessRequest): boolean {
  return (
    statement.source.conditions.length > 0 &&
    statement.names(readPrincipal(request.principal)) !== undefined &&
    statement.covers(request.action.toLowerCase()) !== false &&
    statement.on(request.resource, contextFor(request)) !== false
  )
}

/** A value that makes the test hold (or fail); undefined = no single value comes to mind. */
function satisfying(test: ConditionTest, hold: boolean): string | undefined {
  const operator = readOperator(test.operator)
  const [value] = test.values
  if (operator === undefined || value === undefined || value.includes("${")) return undefined
  if (operator.comparison === "null") return (value === "true") === hold ? undefined : "(any value)"
  if (operator.comparison === "bool") return hold ? value : String(value.toLowerCase() !== "true")
  if (operator.negated === hold) return undefined
  if (operator.comparison === "numeric") return numberFor(operator.relation, Number(value), hold)
  return operator.comparison === "date" || operator.comparison === "ip" ? undefined : value
}

function numberFor(relation: string, value: number, hold: boolean): string {
  if (hold) return String(relation === "<" ? value - 1 : relation === ">" ? value + 1 : value)
  if (relation === "=") return String(value + 1)
  if (relation === "<=") return String(value + 1)
  return String(relation === ">=" ? value - 1 : value)
}

const withFact = (request: AccessRequest, key: string, value: string): AccessRequest => {
  const others = Object.entries(request.facts).filter(([name]) => name.toLowerCase() !== key.toLowerCase())
  return { ...request, facts: { ...Object.fromEntries(others), [key]: value } }
}

/** An Allow more in the layer that lacks it, or the deciding Deny taken away. */
function changes(request: AccessRequest, stack: PolicyStack, decision: Decision): Candidate[] {
  const [first] = decision.decisive
  if (first?.kind === "statement" && decision.verdict === "explicit-deny") {
    const text = `narrow statement ${first.sid ?? first.index} of ${first.policy}, so that it spares this request`
    return [{ hint: { change: "narrow-deny", text }, request, stack: without(stack, first.policy, first.index) }]
  }
  const layer = decision.layer
  const added = allowIn(layer, request, stack)
  if (added === undefined) return []
  const place =
    first?.kind === "missing-allow" && first.target !== undefined ? `${PLACE[layer]} at ${first.target}` : PLACE[layer]
  const text = `add to the ${place}: ${JSON.stringify(added.statement)}`
  return [{ hint: { change: "add-allow", text }, request, stack: added.stack }]
}

const PLACE: Readonly<Record<Layer, string>> = {
  operation: "operation",
  scp: "service control policies",
  rcp: "resource control policies",
  resource: "resource's policy",
  identity: "principal's identity policy",
  boundary: "permissions boundary",
  session: "session policy",
  endpoint: "VPC endpoint policy",
  grant: "grants",
  root: "account",
}

/** The statement that the layer lacks. In a resource's policy it names the principal, for a session its role. */
export function missingStatement(layer: Layer, request: AccessRequest): object {
  const principal = readPrincipal(request.principal)
  const type = principal.kind === "service" ? "Service" : principal.kind === "federated" ? "Federated" : "AWS"
  const trust = /^sts:/i.test(request.action) && layer === "resource"
  return {
    Effect: "Allow",
    ...(layer === "resource" || layer === "endpoint" ? { Principal: { [type]: principal.arn } } : {}),
    Action: request.action,
    ...(trust ? {} : { Resource: layer === "resource" && request.action.startsWith("kms:") ? "*" : request.resource }),
  }
}

function allowIn(
  layer: Layer,
  request: AccessRequest,
  stack: PolicyStack,
): { statement: object; stack: PolicyStack } | undefined {
  const statement = missingStatement(layer, request)
  const policy = (kind: PolicyKind): CompiledPolicy =>
    compilePolicy({ Version: "2012-10-17", Statement: [statement] }, kind, { name: "added", asStored: true })
  switch (layer) {
    case "identity":
      return { statement, stack: { ...stack, identity: [...stack.identity, policy("identity")] } }
    case "boundary":
      return { statement, stack: { ...stack, boundary: [...(stack.boundary ?? []), policy("boundary")] } }
    case "session":
      return { statement, stack: { ...stack, session: [...(stack.session ?? []), policy("session")] } }
    case "endpoint":
      return { statement, stack: { ...stack, endpoint: [...(stack.endpoint ?? []), policy("endpoint")] } }
    case "scp":
      return {
        statement,
        stack: {
          ...stack,
          scps: stack.scps.map((level) => ({ ...level, policies: [...level.policies, policy("scp")] })),
        },
      }
    case "resource": {
      const kind = stack.resource?.kind ?? (/^kms:/i.test(request.action) ? "key" : "bucket")
      const added = policy(kind)
      const statements = [...(stack.resource?.statements ?? []), ...added.statements]
      return { statement, stack: { ...stack, resource: { ...(stack.resource ?? added), statements } } }
    }
    default:
      return undefined
  }
}

function without(stack: PolicyStack, name: string, index: number): PolicyStack {
  const cut = (policy: CompiledPolicy): CompiledPolicy =>
    policy.name === name
      ? { ...policy, statements: policy.statements.filter((each) => each.source.index !== index) }
      : policy
  const all = (list: readonly CompiledPolicy[]): readonly CompiledPolicy[] => list.map(cut)
  const levels = (list: PolicyStack["scps"]): PolicyStack["scps"] =>
    list.map((level) => ({ ...level, policies: all(level.policies) }))
  return {
    ...stack,
    identity: all(stack.identity),
    scps: levels(stack.scps),
    rcps: levels(stack.rcps),
    ...(stack.boundary === undefined ? {} : { boundary: all(stack.boundary) }),
    ...(stack.session === undefined ? {} : { session: all(stack.session) }),
    ...(stack.endpoint === undefined ? {} : { endpoint: all(stack.endpoint) }),
    ...(stack.resource === undefined ? {} : { resource: cut(stack.resource) }),
  }
}

/** Every policy with its layer, in the order of precedence. */
export function policiesOf(stack: PolicyStack): Array<readonly [Layer, CompiledPolicy]> {
  const of = (layer: Layer, list: readonly CompiledPolicy[] | undefined) =>
    (list ?? []).map((policy) => [layer, policy] as const)
  return [
    ...of(
      "scp",
      stack.scps.flatMap((level) => level.policies),
    ),
    ...of(
      "rcp",
      stack.rcps.flatMap((level) => level.policies),
    ),
    ...of("resource", stack.resource === undefined ? [] : [stack.resource]),
    ...of("identity", stack.identity),
    ...of("boundary", stack.boundary),
    ...of("session", stack.session),
    ...of("endpoint", stack.endpoint),
  ]
}
