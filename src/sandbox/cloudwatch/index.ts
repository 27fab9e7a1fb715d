import { gunzipSync } from "node:zlib"
import { isoStamp } from "../../kernel/clock.ts"
import { ServiceError, type SandboxRequest, type Service } from "../core/exchange.ts"
import { formTree } from "../protocol/form-tree.ts"
import { jsonAnswer, jsonError, readJson, targetOperation } from "../protocol/json.ts"
import { epochSeconds } from "../protocol/json-service.ts"
import { queryAnswer, queryError, readForm, type Xml } from "../protocol/query.ts"
import { ALARM_CALLS } from "./alarm-calls.ts"
import type { Handler } from "./cloudwatch-call.ts"
import { METRIC_CALLS } from "./metric-calls.ts"
import type { CloudWatchStore } from "./store.ts"

const NAMESPACE = "http://monitoring.amazonaws.com/doc/2010-08-01/"
const TARGET = "GraniteServiceVersion20100801"

const OPERATIONS: ReadonlyMap<string, Handler> = new Map([...METRIC_CALLS, ...ALARM_CALLS])

/** CloudWatch speaks JSON 1.0 to newer clients and the query protocol to older ones. */
export function createCloudWatch(store: CloudWatchStore): Service {
  return {
    name: "monitoring",
    operations: [...OPERATIONS.keys()],
    operationOf(request) {
      const operation = isJson(request) ? targetOperation(request, TARGET) : readForm(unpacked(request)).get("Action")
      return operation !== undefined && OPERATIONS.has(operation) ? operation : undefined
    },
    handle(call, operation) {
      const request = unpacked(call.request)
      const input = isJson(request) ? readJson(request) : formTree(readForm(request))
      const place = { account: call.caller.account, region: call.region }
      const output = OPERATIONS.get(operation)?.({ call, input, store, place })
      if (isJson(request)) return jsonAnswer(written(output, epochSeconds) as object, call.requestId, "1.0")
      return queryAnswer(NAMESPACE, operation, written(output, isoStamp) as Xml, call.requestId)
    },
    errorResponse(error, request, requestId) {
      if (!isJson(request)) return queryError(NAMESPACE, error, requestId)
      const answer = jsonError(inJsonWords(error), requestId, "1.0")
      return { ...answer, headers: { ...answer.headers, "x-amzn-query-error": `${error.code};Sender` } }
    },
  }
}

const isJson = (request: SandboxRequest): boolean => request.headers["x-amz-target"] !== undefined

/** The SDKs compress PutMetricData. */
function unpacked(request: SandboxRequest): SandboxRequest {
  if (request.headers["content-encoding"] !== "gzip") return request
  const { "content-encoding": _packed, ...headers } = request.headers
  try {
    return { ...request, headers, body: gunzipSync(request.body) }
  } catch {
    throw new ServiceError("SerializationException", "the body is no gzip")
  }
}

/** Moments as the protocol has them. */
function written(value: unknown, stamp: (at: number) => unknown): unknown {
  if (value instanceof Date) return stamp(value.getTime())
  if (Array.isArray(value)) return value.map((each) => written(each, stamp))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, written(each, stamp)]))
}

/** The names of the errors' shapes; the query protocol's codes go into a header. */
const JSON_NAMES: Readonly<Record<string, string>> = {
  InvalidParameterValue: "InvalidParameterValueException",
  MissingParameter: "MissingRequiredParameterException",
}

function inJsonWords(error: ServiceError): ServiceError {
  const code = JSON_NAMES[error.code]
  return code === undefined ? error : new ServiceError(code, error.message, error.status)
}
