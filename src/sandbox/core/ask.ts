import { tryParseArn } from "../../access/arn.ts"
import type { AccountId } from "../../kernel/brands.ts"
import type { Call } from "./exchange.ts"
import type { Conditions } from "./world.ts"

export interface AskedAbout {
  readonly context?: Conditions
  readonly tags?: ReadonlyMap<string, string>
}

/**
 * Asks the authorizer for a resource that has no policy of its own. Its account stands in the ARN; `*` and what AWS
 * itself owns are the caller's. @throws ServiceError AccessDenied
 */
export function ask(call: Call, action: string, resource = "*", about: AskedAbout = {}): void {
  const owner = tryParseArn(resource)?.account ?? ""
  call.world.authorizer.authorize({
    caller: call.caller,
    action,
    resource,
    resourceAccount: /^\d{12}$/.test(owner) ? (owner as AccountId) : call.caller.account,
    region: call.region,
    context: about.context ?? {},
    ...(about.tags === undefined ? {} : { resourceTags: about.tags }),
  })
}

/** Tags in a request, as conditions name them. */
export function requestTags(tags: ReadonlyMap<string, string>): Conditions {
  if (tags.size === 0) return {}
  const keys: Record<string, string | readonly string[]> = { "aws:TagKeys": [...tags.keys()] }
  for (const [key, value] of tags) keys[`aws:RequestTag/${key}`] = value
  return keys
}
