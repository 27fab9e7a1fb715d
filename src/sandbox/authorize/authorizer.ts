import { toAwsMessage } from "../../access/aws-message.ts"
import { compilePolicy, type CompiledPolicy } from "../../access/compile.ts"
import type { Facts } from "../../access/context.ts"
import type { Decision } from "../../access/decision.ts"
import { evaluate } from "../../access/evaluate.ts"
import type { AccessRequest, Level, PolicyStack } from "../../access/request.ts"
import type { PolicyKind } from "../../access/statement.ts"
import { ServiceError, type Caller } from "../core/exchange.ts"
import type {
  AccessQuestion,
  Authorizer,
  IdentityDirectory,
  OrganizationDirectory,
  PolicyLevel,
  StoredPolicy,
  VirtualClock,
} from "../core/world.ts"
import { denialOf, type Denial } from "./denial.ts"

export type Enforcement = "on" | "log" | "off"

export interface AuthorizerParts {
  readonly clock: VirtualClock
  readonly identities: IdentityDirectory
  /** Asked at every call: the organisation may be made while the sandbox runs. */
  readonly organization: () => OrganizationDirectory | undefined
  readonly enforcement: Enforcement
  /** What `log` would have denied. */
  readonly wouldDeny: (question: AccessQuestion, denial: Denial) => void
}

/**
 * Decides every call with the access engine, as AWS does: trust, identity, key and bucket policies, SCPs, RCPs,
 * boundaries, session policies and grants. Policies are compiled once per text.
 */
export function createAuthorizer(parts: AuthorizerParts): Authorizer {
  const compiled = policyCache()
  const decide = (question: AccessQuestion): { request: AccessRequest; decision: Decision } => {
    const request = requestOf(question, parts)
    return { request, decision: evaluate(request, stackOf(question, parts, compiled)) }
  }
  return {
    allows: (question) => decide(question).decision.verdict === "allowed",
    authorize(question) {
      if (parts.enforcement === "off") return
      const { request, decision } = decide(question)
      if (decision.verdict === "allowed") return
      const denial = denialOf(question.action, decision)
      if (parts.enforcement === "log") return parts.wouldDeny(question, denial)
      const message = toAwsMessage(request, decision, { byCiphertext: question.byCiphertext === true })
      throw refused(question.action, message, denial)
    },
  }
}

/** Services that speak JSON call it AccessDeniedException. */
const JSON_SERVICES: ReadonlySet<string> = new Set(["kms", "organizations", "cloudtrail", "config", "servicequotas"])

function refused(action: string, message: string, denial: Denial): ServiceError {
  const service = action.slice(0, action.indexOf(":"))
  if (service === "ec2") return new ServiceError("UnauthorizedOperation", message, 403, {}, denial)
  return JSON_SERVICES.has(service)
    ? new ServiceError("AccessDeniedException", message, 400, {}, denial)
    : new ServiceError("AccessDenied", message, 403, {}, denial)
}

function requestOf(question: AccessQuestion, parts: AuthorizerParts): AccessRequest {
  return {
    principal: question.caller.arn,
    action: question.action,
    resource: question.resource,
    resourceAccount: question.resourceAccount,
    facts: factsOf(question, parts),
    now: parts.clock.now(),
  }
}

/** What AWS itself puts into every request, beside what the service knows. */
function factsOf(question: AccessQuestion, parts: AuthorizerParts): Facts {
  const { caller, context, resourceTags, resourceAccount, region } = question
  const facts: Record<string, Facts[string]> = {
    // Loopback stands in for AWS's TLS endpoint.
    "aws:SecureTransport": "true",
    "aws:SourceIp": "127.0.0.1",
    "aws:RequestedRegion": region,
    "aws:userid": caller.userId,
  }
  addCaller(facts, caller, parts)
  const organization = parts.organization()
  if (organization !== undefined) {
    const own = caller.kind === "service" ? undefined : organization.pathOf(caller.account)
    const owner = organization.pathOf(resourceAccount)
    if (own !== undefined) {
      facts["aws:PrincipalOrgID"] = organization.id
      facts["aws:PrincipalOrgPaths"] = [own]
    }
    if (owner !== undefined) {
      facts["aws:ResourceOrgID"] = organization.id
      facts["aws:ResourceOrgPaths"] = [owner]
    }
  }
  if (resourceTags !== undefined) for (const [key, value] of resourceTags) facts[`aws:ResourceTag/${key}`] = value
  return Object.assign(facts, context)
}

function addCaller(facts: Record<string, Facts[string]>, { arn, kind, session }: Caller, parts: AuthorizerParts): void {
  if (kind === "service") return
  const principal = session?.roleArn ?? arn
  facts["aws:PrincipalArn"] = principal
  const tags = parts.identities.principal(principal)?.tags
  for (const key in tags) facts[`aws:PrincipalTag/${key}`] = tags[key] ?? ""
  if (session === undefined) return
  // Credentials of AssumeRole never carry the factor that was used to get them.
  facts["aws:MultiFactorAuthPresent"] = "false"
  for (const key in session.tags) facts[`aws:PrincipalTag/${key}`] = session.tags[key] ?? ""
  if (session.sourceIdentity !== undefined) facts["aws:SourceIdentity"] = session.sourceIdentity
}

type Compile = (text: string, kind: PolicyKind, name: string) => CompiledPolicy

function stackOf(question: AccessQuestion, parts: AuthorizerParts, compile: Compile): PolicyStack {
  const { caller, resourcePolicy, action, grants } = question
  const record = parts.identities.principal(caller.session?.roleArn ?? caller.arn)
  const organization = parts.organization()
  const stored = (kind: PolicyKind) => (policy: StoredPolicy) => compile(policy.text, kind, policy.arn ?? policy.name)
  const levels = (given: readonly PolicyLevel[], kind: "scp" | "rcp"): Level[] =>
    given.map(({ target, policies }) => ({ target, policies: policies.map(stored(kind)) }))
  const sessionPolicy = caller.session?.sessionPolicy
  return {
    identity: (record?.policies ?? []).map(stored("identity")),
    scps:
      organization === undefined ? [] : levels(organization.levels(caller.account, "SERVICE_CONTROL_POLICY"), "scp"),
    rcps:
      organization === undefined
        ? []
        : levels(organization.levels(question.resourceAccount, "RESOURCE_CONTROL_POLICY"), "rcp"),
    ...(record?.boundary === undefined ? {} : { boundary: [stored("boundary")(record.boundary)] }),
    ...(sessionPolicy === undefined ? {} : { session: [compile(sessionPolicy, "session", "session policy")] }),
    ...(resourcePolicy === undefined
      ? {}
      : { resource: compile(resourcePolicy, resourceKind(action), RESOURCE_NAMES[resourceKind(action)]) }),
    ...(grants === undefined || grants.length === 0 ? {} : { grants }),
    ...(organization === undefined ? {} : { managementAccount: organization.managementAccount }),
  }
}

type ResourceKind = "trust" | "key" | "bucket"

const RESOURCE_NAMES: Readonly<Record<ResourceKind, string>> = {
  trust: "role trust policy",
  key: "key policy",
  bucket: "bucket policy",
}

function resourceKind(action: string): ResourceKind {
  if (action.startsWith("sts:")) return "trust"
  return action.startsWith("kms:") ? "key" : "bucket"
}

/** Texts repeat at every call; a text that no longer stands anywhere is forgotten with all others. */
function policyCache(): Compile {
  const caches = new Map<PolicyKind, Map<string, CompiledPolicy>>()
  const MOST = 4096
  return (text, kind, name) => {
    let cache = caches.get(kind)
    if (cache === undefined) caches.set(kind, (cache = new Map()))
    let policy = cache.get(text)
    if (policy === undefined) {
      policy = compilePolicy(text, kind, { name, asStored: true })
      if (cache.size >= MOST) cache.clear()
      cache.set(text, policy)
    }
    return policy
  }
}
