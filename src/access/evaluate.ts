import { isRcpService } from "./catalog/services.ts"
import type { CompiledPolicy } from "./compile.ts"
import { contextOf } from "./context.ts"
import { both, either, refOf, type Decision, type Layer, type Tri } from "./decision.ts"
import { matchingGrants } from "./grants.ts"
import { mustBeReadable } from "./policy-error.ts"
import { isServiceLinked, readPrincipal } from "./principal.ts"
import { barOf, mustBeRequest, ruleOf, type AccessRequest, type Level, type PolicyStack } from "./request.ts"
import { rightOf, type Sides } from "./right.ts"
import { residuals, scan, type Asked, type Scan } from "./scan.ts"

/**
 * Decides one request as AWS does: an explicit Deny anywhere wins; then every level of SCPs must allow; then resource
 * side, identity side, boundary and session policy as the ownership of the resource demands; then the endpoint's policy.
 * Pure: time is a fact of the request. Source: IAM user guide (policy evaluation), KMS developer guide (key policies, grants).
 * @throws PolicyError when the request or a policy means nothing: it is refused before evaluation
 */
export function evaluate(request: AccessRequest, stack: PolicyStack): Decision {
  mustBeRequest(request)
  mustAllBeReadable(stack)
  const asked = askedOf(request, stack)
  const settled = ruleOf(asked)
  if (settled !== undefined) return settled

  const scps = levels(bindsScps(asked, stack) ? stack.scps : [], asked)
  const rcps = levels(bindsRcps(asked, request, stack) ? stack.rcps : [], asked)
  const sides: Sides = {
    resource: stack.resource === undefined ? undefined : scan([stack.resource], asked),
    identity: scan(stack.identity, asked),
    boundary: stack.boundary === undefined ? undefined : scan(stack.boundary, asked),
    session: stack.session === undefined ? undefined : scan(stack.session, asked),
    grants: matchingGrants(stack.grants ?? [], asked.principal, asked.action, request.resource, asked.context),
  }
  const endpoint = stack.endpoint === undefined ? undefined : scan(stack.endpoint, asked)
  const layers = layersOf(scps, rcps, sides, endpoint)

  for (const [layer, found] of layers) {
    if (found.deny !== undefined) return { verdict: "explicit-deny", layer, decisive: [refOf(found.deny, layer)] }
  }
  const barred = barOf(asked, request)
  if (barred !== undefined) return barred

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
  if (allowed === true && layers.every(([, found]) => found.maybeDenies.length === 0))
    return { verdict: "allowed", layer: right.layer, decisive: right.decisive }
  const depends = residuals(layers, sides.grants, allowed)
  return { verdict: "depends", layer: depends[0]?.layer ?? right.layer, decisive: right.decisive, depends }
}

function mustAllBeReadable(stack: PolicyStack): void {
  const check = (policies: readonly CompiledPolicy[]): void => {
    for (const policy of policies) if (policy.refused.length > 0) mustBeReadable(policy)
  }
  check(stack.identity)
  if (stack.resource !== undefined) mustBeReadable(stack.resource)
  if (stack.boundary !== undefined) check(stack.boundary)
  if (stack.session !== undefined) check(stack.session)
  if (stack.endpoint !== undefined) check(stack.endpoint)
  for (const level of stack.scps) check(level.policies)
  for (const level of stack.rcps) check(level.policies)
}

function askedOf(request: AccessRequest, stack: PolicyStack): Asked {
  const { resource, action } = request
  // Only of a session can a given aws:PrincipalArn tell more than its own ARN does.
  const given = request.principal.includes(":assumed-role/") ? givenPrincipalArn(request) : undefined
  const principal = readPrincipal(request.principal, given)
  const context = contextOf({ ...request, principal })
  return { principal, bounded: stack.boundary !== undefined, action: action.toLowerCase(), resource, context }
}

function givenPrincipalArn({ facts }: AccessRequest): string | undefined {
  for (const name of Object.keys(facts)) {
    const value = facts[name]
    if (name.length === 16 && name.toLowerCase() === "aws:principalarn" && typeof value === "string") return value
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

interface ScannedLevel {
  readonly target: string
  readonly scan: Scan
}

const levels = (given: readonly Level[], asked: Asked): readonly ScannedLevel[] =>
  given.map(({ target, policies }) => ({ target, scan: scan(policies, asked) }))

/** In the order in which a Deny is told. */
function layersOf(
  scps: readonly ScannedLevel[],
  rcps: readonly ScannedLevel[],
  { resource, identity, boundary, session }: Sides,
  endpoint: Scan | undefined,
): Array<readonly [Layer, Scan]> {
  const layers: Array<readonly [Layer, Scan]> = []
  for (const level of scps) layers.push(["scp", level.scan])
  for (const level of rcps) layers.push(["rcp", level.scan])
  if (resource !== undefined) layers.push(["resource", resource])
  layers.push(["identity", identity])
  if (boundary !== undefined) layers.push(["boundary", boundary])
  if (session !== undefined) layers.push(["session", session])
  if (endpoint !== undefined) layers.push(["endpoint", endpoint])
  return layers
}

const missing = (layer: Layer, target?: string): Decision => ({
  verdict: "implicit-deny",
  layer,
  decisive: [{ kind: "missing-allow", layer, ...(target === undefined ? {} : { target }) }],
})
