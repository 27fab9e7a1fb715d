import { actionStatus } from "./catalog/index.ts"
import type { CompiledPolicy } from "./compile.ts"
import type { Facts } from "./context.ts"
import type { Grant } from "./grants.ts"
import { PolicyError } from "./policy-error.ts"

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
