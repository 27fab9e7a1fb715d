import type { Service } from "../core/exchange.ts"
import type { JsonHandler } from "../protocol/json-service.ts"
import { jsonService } from "../protocol/json-service.ts"
import { ACCOUNT_CALLS } from "./account-calls.ts"
import { ATTACHMENT_CALLS } from "./attachment-calls.ts"
import type { Handler } from "./org-call.ts"
import { createOrganization, ORGANIZATION_CALLS, organizationFor } from "./organization-calls.ts"
import type { OrganizationStore } from "./organization.ts"
import { POLICY_CALLS } from "./policy-calls.ts"
import { TAG_CALLS } from "./tag-calls.ts"
import { TREE_CALLS } from "./tree-calls.ts"

/** Of an organisation that exists; what is in no table answers 501. */
const HANDLERS: ReadonlyArray<readonly [string, Handler]> = [
  ...ORGANIZATION_CALLS,
  ...ACCOUNT_CALLS,
  ...TREE_CALLS,
  ...POLICY_CALLS,
  ...ATTACHMENT_CALLS,
  ...TAG_CALLS,
]

export function createOrganizations(store: OrganizationStore): Service {
  const operations = new Map<string, JsonHandler>([
    ["CreateOrganization", (call, input) => createOrganization(store, call, input)],
  ])
  for (const [operation, handler] of HANDLERS) {
    operations.set(operation, (call, input) => {
      const organization = organizationFor(store, call, operation)
      const answer = handler({ call, operation, organization, store, input })
      if (!/^(List|Describe)/.test(operation)) organization.revision++
      return answer
    })
  }
  return jsonService("organizations", "AWSOrganizationsV20161128", operations)
}
