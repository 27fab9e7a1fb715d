import type { Call, Service, ServiceName } from "../core/exchange.ts"
import type { Input } from "./input.ts"
import { jsonAnswer, jsonError, readJson, targetOperation } from "./json.ts"

export type JsonHandler = (call: Call, input: Input) => object | undefined

/** A service of the JSON protocol 1.1 from its closed table of operations. */
export function jsonService(name: ServiceName, target: string, operations: ReadonlyMap<string, JsonHandler>): Service {
  return {
    name,
    operations: [...operations.keys()],
    operationOf(request) {
      const operation = targetOperation(request, target)
      return operation !== undefined && operations.has(operation) ? operation : undefined
    },
    handle: (call, operation) => jsonAnswer(operations.get(operation)?.(call, readJson(call.request)), call.requestId),
    errorResponse: (error, _request, requestId) => jsonError(error, requestId),
  }
}

/** As the JSON protocol has moments. */
export const epochSeconds = (millis: number): number => millis / 1000
