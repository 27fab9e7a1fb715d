import type { Service } from "../core/exchange.ts"
import { queryAnswer, queryError, readForm } from "../protocol/query.ts"
import { ATTACHMENT_CALLS } from "./attachment-calls.ts"
import type { Handler } from "./iam-call.ts"
import { IDENTITY_CALLS } from "./identity-calls.ts"
import { POLICY_CALLS } from "./policy-calls.ts"
import { ROLE_CALLS } from "./role-calls.ts"
import type { IamStore } from "./store.ts"
import { VERSION_CALLS } from "./version-calls.ts"

const IAM_NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"

/** The closed table: what is not here answers 501. */
const OPERATIONS: ReadonlyMap<string, Handler> = new Map([
  ...ROLE_CALLS,
  ...ATTACHMENT_CALLS,
  ...POLICY_CALLS,
  ...VERSION_CALLS,
  ...IDENTITY_CALLS,
])

export function createIam(store: IamStore): Service {
  return {
    name: "iam",
    operations: [...OPERATIONS.keys()],
    operationOf(request) {
      const action = readForm(request).get("Action")
      return action !== undefined && OPERATIONS.has(action) ? action : undefined
    },
    handle(call, operation) {
      const result = OPERATIONS.get(operation)?.({ call, form: readForm(call.request), store })
      return queryAnswer(IAM_NAMESPACE, operation, result, call.requestId)
    },
    errorResponse: (error, _request, requestId) => queryError(IAM_NAMESPACE, error, requestId),
  }
}
