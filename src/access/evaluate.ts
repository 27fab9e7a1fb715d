import { isCrossAccountOperation, isRcpService } from "./catalog/index.ts"
import { mustBeReadable, type CompiledPolicy, type CompiledStatement } from "./compile.ts"
import { both, either, type Tri } from "./condition.ts"
import { refOf, type Decision, type Decisive, type Layer, type Residual } from "./decision.ts"
import { contextOf } from "./derive.ts"
import { constraintTests, matchingGrant, type MatchedGrant } from "./grants.ts"
import { isServiceLinked, readPrincipal } from "./principal.ts"
import { mustBeAction, type AccessRequest, type Level, type PolicyStack } from "./request.ts"
import { rightOf, type Sides } from "./right.ts"
import { scan, type Asked, type Scan } from "./scan.ts"

/**
 * Decides one request as AWS does: an explicit Deny anywhere wins; then every level of SCPs must allow; then resource
 * side, identity side, boundary and session policy as the ownership of the resource demands; then the endpoint's policy.
 * Pure: time is a fact of the request. Source: IAM user guide (policy evaluation), KMS developer guide (key policies, grants).
 * @throws PolicyError when the request or a policy means nothing: it is refused before evaluation
 */
export function evaluate(request: AccessRequest, stack: PolicyStack): Decision {
  mustBeAction(request.action)
  for (const policy of policiesOf(stack)) if (policy.refused.length > 0) mustBeReadable(policy)
  const given = givenPrincipalArn(request)
  const principal = readPrincipal(request.principal, given)
  const context = contextOf({ ...request, principal })
  const asked: Asked = { principal, action: request.action.toLowerCase(), resource: request.resource, context }

  const scps = levels(bindsScps(asked, stack) ? stack.scps : [], asked)
  const rcps = levels(bindsRcps(asked, request, stack) ? stack.rcps : [], asked)
  const sides: Sides = {
    resource: stack.resource === undefined ? undefined : scan([stack.resource], asked),
    identity: scan(stack.identity, asked),
    boundary: stack.boundary === undefined ? undefined : scan(stack.boundary, asked),
    session: stack.session === undefined ? undefined : scan(stack.session, asked),
    grant: matchingGrant(stack.grants ?? [], principal, asked.action, request.resource, context),
  }
  const endpoint = stack.endpoint === undefined ? undefined : scan(stack.endpoint, asked)
  const layers: Array<readonly [Layer, Scan | undefined]> = [
    ...scps.map((level) => ["scp", level.scan] as const),
    ...rcps.map((level) => ["rcp", level.scan] as const),
    ["resource", sides.resource],
    ["identity", sides.identity],
    ["boundary", sides.boundary],
    ["session", sides.session],
    ["endpoint", endpoint],
  ]

  for (const [layer, found] of layers) {
    if (found?.deny !== undefined) return { verdict: "explicit-deny", layer, decisive: [refOf(found.deny, layer)] }
  }
  const foreign = foreignOperation(asked, request)
  if (foreign !== undefined) return foreign

  let allowed: Tri = true
  for (const level of scps) {
    const says = level.scan.says("direct")
    if (says === false) return missing("scp", level.target)
    allowed = both(allowed, says)
  }
  const right = rightOf(asked, request.resourceAccount, sides)
  if (right.tri === false) return { verdict: "implicit-deny", layer: right.layer, decisive: right.decisive }
  allowed = both(allowed, right.tri)
  if (endpoint !== undefined) {
    const says = either(endpoint.says("direct"), either(endpoint.says("role"), endpoint.says("account")))
    if (says === false) return missing("endpoint")
    allowed = both(allowed, says)
  }
  const depends = residuals(layers, sides.grant, allowed)
  if (depends.length > 0)
    return { verdict: "depends", layer: depends[0]?.layer ?? right.layer, decisive: right.decisive, depends }
  return { verdict: "allowed", layer: right.layer, decisive: right.decisive }
}

function* policiesOf(stack: PolicyStack): Iterable<CompiledPolicy> {
  yield* stack.identity
  if (stack.resource !== undefined) yield stack.resource
  if (stack.boundary !== undefined) yield* stack.boundary
  if (stack.session !== undefined) yield* stack.session
  if (stack.endpoint !== undefined) yield* stack.endpoint
  for (const level of stack.scps) yield* level.policies
  for (const level of stack.rcps) yield* level.policies
}

function givenPrincipalArn({ facts }: AccessRequest): string | undefined {
  for (const name in facts) {
    const value = facts[name]
    if (name.toLowerCase() === "aws:principalarn" && typeof value === "string") return value
  }
  return undefined
}

/** SCPs bind the principals of member accounts, root users included; not AWS's own, nor anybody from outside. */
const bindsScps = ({ principal }: Asked, stack: PolicyStack): boolean =>
  principal.account !== undefined && principal.account !== stack.managementAccount && !isServiceLinked(principal)

/** RCPs bind the resources of member accounts of the services that know them, whoever asks; not service-linked roles. */
function bindsRcps({ principal, action }: Asked, { resourceAccount }: AccessRequest, stack: PolicyStack): boolean {
  if (resourceAccount === stack.managementAccount || stack.awsManagedKey === true) return false
  if (isServiceLinked(principal) || action === "kms:retiregrant") return false
  return isRcpService(action.slice(0, action.indexOf(":")))
}

const levels = (given: readonly Level[], asked: Asked): Array<{ target: string; scan: Scan }> =>
  given.map(({ target, policies }) => ({ target, scan: scan(policies, asked) }))

const missing = (layer: Layer, target?: string): Decision => ({
  verdict: "implicit-deny",
  layer,
  decisive: [{ kind: "missing-allow", layer, ...(target === undefined ? {} : { target }) }],
})

const rule = (text: string): Decision => {
  const decisive: Decisive = { kind: "rule", layer: "operation", rule: text }
  return { verdict: "implicit-deny", layer: "operation", decisive: [decisive] }
}

/** What no policy can allow. */
function foreignOperation(
  { principal, action }: Asked,
  { resourceAccount, resource }: AccessRequest,
): Decision | undefined {
  if (principal.kind === "root" && action === "sts:assumerole") return rule("no role can be assumed by a root user")
  const foreign = principal.account !== undefined && principal.account !== resourceAccount
  if (foreign && resource !== "*" && action.startsWith("kms:") && !isCrossAccountOperation(action))
    return rule("this operation works only for principals of the key's own account, whatever the policies say")
  return undefined
}

/** On what an open verdict hangs: Denies that may apply, and Allows that may not. */
function residuals(
  layers: ReadonlyArray<readonly [Layer, Scan | undefined]>,
  granted: MatchedGrant | undefined,
  allowed: Tri,
): Residual[] {
  const of = (layer: Layer, statement: CompiledStatement, must: Residual["must"]): Residual => ({
    must,
    layer,
    policy: statement.policy.name,
    index: statement.source.index,
    tests: statement.source.conditions,
  })
  const denies = layers.flatMap(([layer, found]) =>
    (found?.maybeDenies ?? []).map((each) => of(layer, each, "not-hold")),
  )
  if (allowed === true) return denies
  const allows = layers.flatMap(([layer, found]) =>
    (found?.maybeAllows ?? []).map(({ statement }) => of(layer, statement, "hold")),
  )
  return [...allows, ...(granted?.satisfied === undefined ? grantResidual(granted) : []), ...denies]
}

function grantResidual(granted: MatchedGrant | undefined): Residual[] {
  if (granted === undefined) return []
  const { grant } = granted
  const policy = `grant ${grant.name ?? grant.id}`
  return [{ must: "hold", layer: "grant", policy, index: 0, tests: constraintTests(grant) }]
}
