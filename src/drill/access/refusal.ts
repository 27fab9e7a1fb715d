import type { Layer } from "../../access/decision.ts"

/** What AWS says about a refusal, as far as it says anything: HEAD has no body, and some answers are a bare "Access Denied". */
export interface Refused {
  readonly action?: string
  readonly resource?: string
  /** `deny`: a statement denies it, and no Allow helps. `unsaid`: AWS gives no reason. */
  readonly how: "no-allow" | "deny" | "unsaid"
  /** The type of policy that lacks the Allow, or that denies. */
  readonly layer?: Layer
}

const LAYERS: Readonly<Record<string, Layer>> = {
  "identity-based policy": "identity",
  "resource-based policy": "resource",
  "permissions boundary": "boundary",
  "session policy": "session",
  "service control policy": "scp",
  "resource control policy": "rcp",
  "VPC endpoint policy": "endpoint",
}

/** Reads AWS's wording of AccessDenied (IAM user guide, "Troubleshoot access denied error messages"). */
export function readRefusal(message: string): Refused {
  const action = /is not authorized to perform: ([\w-]+:\w+)/.exec(message)?.[1]
  const resource = /on resource: "?(arn:.+?)"?(?: because no | with an explicit deny |$)/.exec(message)?.[1]
  const [, lacking] = /because no ([a-zA-Z -]+?) allows/.exec(message) ?? []
  const [, denying] = /with an explicit deny in an? ([a-zA-Z -]+)/.exec(message) ?? []
  const layer = LAYERS[(denying ?? lacking ?? "").trim()]
  return {
    ...(action === undefined ? {} : { action }),
    ...(resource === undefined ? {} : { resource }),
    how: denying !== undefined ? "deny" : lacking !== undefined ? "no-allow" : "unsaid",
    ...(layer === undefined ? {} : { layer }),
  }
}
