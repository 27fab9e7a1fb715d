import type { Service } from "../core/exchange.ts"
import { jsonService, type JsonHandler } from "../protocol/json-service.ts"
import { COMPLIANCE_CALLS } from "./compliance-calls.ts"
import type { RecordedEstate } from "./estate.ts"
import { RECORDER_CALLS } from "./recorder-calls.ts"
import { RULE_CALLS } from "./rule-calls.ts"
import { placeIn, type ConfigStore } from "./store.ts"

/** Config: rules over the sandbox's own keys and buckets, judged when they are asked for. */
export function createConfig(store: ConfigStore, estate: RecordedEstate): Service {
  const operations = new Map<string, JsonHandler>()
  for (const [operation, handler] of [...RULE_CALLS, ...COMPLIANCE_CALLS, ...RECORDER_CALLS]) {
    operations.set(operation, (call, input) => {
      const place = placeIn(store, call.caller.account, call.region)
      return handler({ call, operation, input, place, estate })
    })
  }
  return jsonService("config", "StarlingDoveService", operations)
}
