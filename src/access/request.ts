import { tryParseArn } from "./arn.ts"
import { actionStatus, isCrossAccountOperation } from "./catalog/actions.ts"
import type { CompiledPolicy } from "./compile.ts"
import type { Facts } from "./context.ts"
import type { Decision, Decisive } from "./decision.ts"
import type { Grant } from "./grants.ts"
import { PolicyError } from "./policy-error.ts"
import type { Asked } from "./scan.ts"

/** One question: may this principal do this action on this resource? */
export interface AccessRequest {
  /** ARN of a role, session, user, root or OIDC provider, a service principal, or `*` for anybody. */
  readonly principal: string
  /** One IAM action, `kms:ReEncryptFrom`: no API operation, no wildcard. */
  readonly action: string
  /** One ARN, or `*` for an action without a resource. */
  readonly resource: string
  /** Who owns the resource: S3 ARNs do not say. */
  readonly resourceAccount: string
  /** Condition keys of the request, names in any case. What AWS derives may be left out; a given value wins. */
  readonly facts: Facts
  /** Keys (or prefixes ending in `*`) of which nobody can tell whether and with what value they are in the request. */
  readonly unknown?: readonly string[]
  /** Epoch milliseconds; undefined = the time of the request is no fact. */
  readonly now?: number
}

/** One level of the organisation with the policies attached there. */
export interface Level {
  /** Root, OU or account id. */
  readonly target: string
  readonly policies: readonly CompiledPolicy[]
}

/** Every policy that AWS would ask. Left out = there is none; an empty list of levels = nothing restricts. */
export interface PolicyStack {
  /** Of the principal; for a session, of its role. */
  readonly identity: readonly CompiledPolicy[]
  /** Undefined = no boundary is attached; an attached one that does not allow denies. */
  readonly boundary?: readonly CompiledPolicy[]
  /** Undefined = none was passed with AssumeRole. */
  readonly session?: readonly CompiledPolicy[]
  /** Key policy, bucket policy or trust policy; undefined = this resource has none. */
  readonly resource?: CompiledPolicy
  /** Of the principal's account, from the root downward. */
  readonly scps: readonly Level[]
  /** Of the resource's account. `RCPFullAWSAccess` is implied. */
  readonly rcps: readonly Level[]
  readonly endpoint?: readonly CompiledPolicy[]
  readonly grants?: readonly Grant[]
  /** SCPs do not bind its principals, RCPs do not bind its resources. */
  readonly managementAccount?: string
  /** Of a key that AWS manages: RCPs do not bind it. */
  readonly awsManagedKey?: boolean
}

const accepted = new Set<string>()
const MOST_ACCEPTED = 4096

/** @throws PolicyError for a wildcard, an API operation that is no IAM action, and an action that does not exist */
export function mustBeAction(action: string): void {
  if (accepted.has(action)) return
  if (!/^[A-Za-z0-9-]+:[A-Za-z0-9]+$/.test(action))
    throw new PolicyError(`${JSON.stringify(action)} is no action: expected one service:Name without wildcards`)
  const status = actionStatus(action)
  if (status.kind === "operation-not-action")
    throw new PolicyError(`${action} is an API operation, not an IAM action`, [`use ${status.use}`])
  if (status.kind === "unknown-action" || status.kind === "unknown-service") {
    throw new PolicyError(
      `unknown action ${action}`,
      status.suggestion === undefined ? [] : [`did you mean ${status.suggestion}?`],
    )
  }
  if (accepted.size >= MOST_ACCEPTED) accepted.clear()
  accepted.add(action)
}

/** Twice the longest ARN that AWS takes. */
const LONGEST_RESOURCE = 4_096
/** Services whose ARNs name the account that owns the resource. An access point's may belong to another. */
const OWNED: ReadonlySet<string> = new Set(["kms", "iam", "sts"])

/** @throws PolicyError for a request that means nothing: no single action, no owner, an owner that its ARN denies */
export function mustBeRequest({ action, resource, resourceAccount }: AccessRequest): void {
  mustBeAction(action)
  if (resource === "" || resource.length > LONGEST_RESOURCE)
    throw new PolicyError(`the resource has ${resource.length} characters: expected one ARN or "*"`)
  if (!/^\d{12}$/.test(resourceAccount))
    throw new PolicyError(`resourceAccount ${JSON.stringify(resourceAccount.slice(0, 64))} is no account id`)
  if (resource.includes(resourceAccount) || resource === "*") return
  const arn = tryParseArn(resource)
  if (arn !== undefined && OWNED.has(arn.service) && /^\d{12}$/.test(arn.account))
    throw new PolicyError(`the resource belongs to account ${arn.account}, not to ${resourceAccount}`, [
      "resourceAccount is the account that owns the resource",
    ])
}

/** What no policy decides. */
export function ruleOf({ principal, action }: Asked): Decision | undefined {
  // Source: STS API reference, GetCallerIdentity: not even an explicit Deny stops it.
  if (action === "sts:getcalleridentity" && principal.account !== undefined)
    return { verdict: "allowed", layer: "operation", decisive: [rule("anybody may ask who they are")] }
  return undefined
}

/** What no policy can allow. */
export function barOf({ principal, action }: Asked, { resourceAccount }: AccessRequest): Decision | undefined {
  if (principal.kind === "root" && action === "sts:assumerole") return barred("no role can be assumed by a root user")
  const foreign = principal.account !== undefined && principal.account !== resourceAccount
  if (foreign && action.startsWith("kms:") && !isCrossAccountOperation(action))
    return barred("this operation works only for principals of the key's own account, whatever the policies say")
  return undefined
}

const rule = (text: string): Decisive => ({ kind: "rule", layer: "operation", rule: text })
const barred = (text: string): Decision => ({ verdict: "implicit-deny", layer: "operation", decisive: [rule(text)] })
