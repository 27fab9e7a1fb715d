import { tryParseArn } from "./arn.ts"
import { isCrossAccountOperation } from "./catalog/index.ts"
import type { Decision, Decisive } from "./decision.ts"
import { PolicyError } from "./policy-error.ts"
import { mustBeAction, type AccessRequest } from "./request.ts"
import type { Asked } from "./scan.ts"

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
