import { ServiceError, type Service } from "../core/exchange.ts"
import { queryAnswer, queryError, readForm, type Xml } from "../protocol/query.ts"
import { assumeRole, type StsCall } from "./assume-role.ts"

const STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"

const OPERATIONS: ReadonlyMap<string, (sts: StsCall) => Xml> = new Map([
  ["AssumeRole", assumeRole],
  [
    "GetCallerIdentity",
    ({ call }) => ({ Arn: call.caller.arn, UserId: call.caller.userId, Account: call.caller.account }),
  ],
  [
    "GetAccessKeyInfo",
    ({ form, credentials }) => {
      const found = credentials.find(form.get("AccessKeyId") ?? "")
      if (found === undefined) throw new ServiceError("AccessDenied", "Access Denied", 403)
      return { Account: found.caller.account }
    },
  ],
])

export function createSts(parts: Pick<StsCall, "roles" | "credentials">): Service {
  return {
    name: "sts",
    operations: [...OPERATIONS.keys()],
    operationOf(request) {
      const action = readForm(request).get("Action")
      return action !== undefined && OPERATIONS.has(action) ? action : undefined
    },
    handle(call, operation) {
      const result = OPERATIONS.get(operation)?.({ ...parts, call, form: readForm(call.request) })
      return queryAnswer(STS_NAMESPACE, operation, result, call.requestId)
    },
    errorResponse: (error, _request, requestId) => queryError(STS_NAMESPACE, error, requestId),
  }
}
