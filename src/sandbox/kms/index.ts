import { ServiceError, type Service } from "../core/exchange.ts"
import { jsonAnswer, jsonError, readJson, targetOperation } from "../protocol/json.ts"
import { createAlias, deleteAlias, listAliases, updateAlias } from "./aliases.ts"
import {
  decrypt,
  encrypt,
  generateDataKey,
  generateDataKeyWithoutPlaintext,
  generateRandom,
  reEncrypt,
} from "./crypto.ts"
import {
  cancelKeyDeletion,
  createKey,
  describeKey,
  disableKey,
  enableKey,
  listKeys,
  scheduleKeyDeletion,
  updateKeyDescription,
} from "./keys.ts"
import type { Handler } from "./kms-call.ts"
import { getKeyPolicy, listKeyPolicies, putKeyPolicy } from "./policies.ts"
import { replicateKey } from "./replicate.ts"
import { disableKeyRotation, enableKeyRotation, getKeyRotationStatus } from "./rotation.ts"
import type { KmsStore } from "./store.ts"
import { listResourceTags, tagResource, untagResource } from "./tags.ts"

/** The closed table: what is not here answers 501. */
const KMS_OPERATIONS: ReadonlyMap<string, Handler> = new Map([
  ["CreateKey", createKey],
  ["DescribeKey", describeKey],
  ["ListKeys", listKeys],
  ["UpdateKeyDescription", updateKeyDescription],
  ["EnableKey", enableKey],
  ["DisableKey", disableKey],
  ["ScheduleKeyDeletion", scheduleKeyDeletion],
  ["CancelKeyDeletion", cancelKeyDeletion],
  ["ReplicateKey", replicateKey],
  ["CreateAlias", createAlias],
  ["UpdateAlias", updateAlias],
  ["DeleteAlias", deleteAlias],
  ["ListAliases", listAliases],
  ["TagResource", tagResource],
  ["UntagResource", untagResource],
  ["ListResourceTags", listResourceTags],
  ["GetKeyPolicy", getKeyPolicy],
  ["PutKeyPolicy", putKeyPolicy],
  ["ListKeyPolicies", listKeyPolicies],
  ["EnableKeyRotation", enableKeyRotation],
  ["DisableKeyRotation", disableKeyRotation],
  ["GetKeyRotationStatus", getKeyRotationStatus],
  ["Encrypt", encrypt],
  ["Decrypt", decrypt],
  ["ReEncrypt", reEncrypt],
  ["GenerateDataKey", generateDataKey],
  ["GenerateDataKeyWithoutPlaintext", generateDataKeyWithoutPlaintext],
  ["GenerateRandom", generateRandom],
])

export function createKms(store: KmsStore): Service {
  return {
    name: "kms",
    operationOf(request) {
      const operation = targetOperation(request, "TrentService")
      return operation !== undefined && KMS_OPERATIONS.has(operation) ? operation : undefined
    },
    handle(call, operation) {
      const handler = KMS_OPERATIONS.get(operation)
      if (handler === undefined)
        throw new ServiceError("NotImplemented", `the sandbox has no kms:${operation} yet`, 501)
      const { caller, region, requestId } = call
      return jsonAnswer(handler({ store, caller, region, requestId, input: readJson(call.request) }), requestId)
    },
    errorResponse: (error, _request, requestId) => jsonError(error, requestId),
  }
}
