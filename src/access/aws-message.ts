import type { Decision, Layer } from "./decision.ts"
import type { AccessRequest } from "./request.ts"

const TYPE: Readonly<Record<Layer, string>> = {
  operation: "resource-based policy",
  scp: "service control policy",
  rcp: "resource control policy",
  resource: "resource-based policy",
  identity: "identity-based policy",
  boundary: "permissions boundary",
  session: "session policy",
  endpoint: "VPC endpoint policy",
  grant: "resource-based policy",
  root: "identity-based policy",
}

/** What hides the resource from the caller: a key that was found through a ciphertext. */
export interface MessageOptions {
  readonly byCiphertext?: boolean
}

/** A refusal in AWS's own form. Source: IAM user guide, access denied error messages. */
export function toAwsMessage(request: AccessRequest, decision: Decision, options: MessageOptions = {}): string {
  const { principal, action, resource } = request
  const on =
    options.byCiphertext === true
      ? " on the resource associated with this ciphertext"
      : resource === "*" && decision.layer !== "scp"
        ? ""
        : ` on resource: ${resource}`
  return `User: ${principal} is not authorized to perform: ${action}${on} ${reasonOf(action, decision)}`
}

function reasonOf(action: string, { verdict, layer }: Decision): string {
  const trust = layer === "resource" && /^sts:/i.test(action)
  const type = trust ? "role trust policy" : TYPE[layer]
  if (verdict !== "explicit-deny") return `because no ${type} allows the ${action} action`
  const article = trust ? "the" : /^[aeiou]/.test(type) ? "an" : "a"
  return `with an explicit deny in ${article} ${type}`
}
