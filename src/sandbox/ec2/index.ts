import { ask } from "../core/ask.ts"
import { ServiceError, type Service } from "../core/exchange.ts"
import { readForm } from "../protocol/query.ts"
import { EBS_CALLS, type Ec2Store, type Handler } from "./ebs-encryption.ts"
import { describeRegions } from "./regions.ts"
import { ec2Answer, ec2Error } from "./xml.ts"

const OPERATIONS: ReadonlyMap<string, Handler> = new Map([...EBS_CALLS, ["DescribeRegions", describeRegions]])

/** Of EC2 only how volumes are encrypted by default, and which Regions there are. */
export function createEc2(store: Ec2Store): Service {
  return {
    name: "ec2",
    operations: [...OPERATIONS.keys()],
    operationOf(request) {
      const action = readForm(request).get("Action")
      return action !== undefined && OPERATIONS.has(action) ? action : undefined
    },
    handle(call, operation) {
      const form = readForm(call.request)
      if (form.get("DryRun") === "true") {
        ask(call, `ec2:${operation}`)
        throw new ServiceError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
      }
      const result = OPERATIONS.get(operation)?.({ call, form, store }) ?? {}
      return ec2Answer(operation, result, call.requestId)
    },
    errorResponse: (error, _request, requestId) => ec2Error(error, requestId),
  }
}
