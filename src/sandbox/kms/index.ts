import { ServiceError, type Service } from "../core/exchange.ts"
import { jsonAnswer, jsonError, readJson, targetOperation } from "../protocol/json.ts"
import { createAlias, deleteAlias, listAliases, updateAlias } from "./aliases.ts"
import { createGrant } from "./create-grant.ts"
import { createKey } from "./create-key.ts"
import { decrypt, encrypt, generateDataKey, generateDataKeyWithoutPlaintext, generateRandom } from "./crypto.ts"
import { deleteImportedKeyMaterial } from "./delete-material.ts"
import { retireGrant, revokeGrant } from "./end-grant.ts"
import { grantTokensOf } from "./grants.ts"
import { importKeyMaterial } from "./import-material.ts"
import { getParametersForImport } from "./import-parameters.ts"
import { describeKey, disableKey, enableKey, listKeys, updateKeyDescription } from "./keys.ts"
import type { Handler } from "./kms-call.ts"
import { listGrants, listRetirableGrants } from "./list-grants.ts"
import { listKeyRotations } from "./list-rotations.ts"
import { generateMac, verifyMac } from "./mac.ts"
import { getKeyPolicy, listKeyPolicies, putKeyPolicy } from "./policies.ts"
import { updatePrimaryRegion } from "./primary-region.ts"
import { reEncrypt } from "./re-encrypt.ts"
import { replicateKey } from "./replicate.ts"
import { rotateKeyOnDemand } from "./rotate-on-demand.ts"
import { disableKeyRotation, enableKeyRotation, getKeyRotationStatus } from "./rotation.ts"
import { cancelKeyDeletion, scheduleKeyDeletion } from "./schedule-deletion.ts"
import type { KmsStore } from "./store.ts"
import { listResourceTags, tagResource, untagResource } from "./tags.ts"
import { getKeyLastUsage } from "./usage.ts"

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
  ["UpdatePrimaryRegion", updatePrimaryRegion],
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
  ["RotateKeyOnDemand", rotateKeyOnDemand],
  ["ListKeyRotations", listKeyRotations],
  ["GetParametersForImport", getParametersForImport],
  ["ImportKeyMaterial", importKeyMaterial],
  ["DeleteImportedKeyMaterial", deleteImportedKeyMaterial],
  ["CreateGrant", createGrant],
  ["ListGrants", listGrants],
  ["ListRetirableGrants", listRetirableGrants],
  ["RetireGrant", retireGrant],
  ["RevokeGrant", revokeGrant],
  ["GetKeyLastUsage", getKeyLastUsage],
  ["Encrypt", encrypt],
  ["Decrypt", decrypt],
  ["ReEncrypt", reEncrypt],
  ["GenerateDataKey", generateDataKey],
  ["GenerateDataKeyWithoutPlaintext", generateDataKeyWithoutPlaintext],
  ["GenerateRandom", generateRandom],
  ["GenerateMac", generateMac],
  ["VerifyMac", verifyMac],
])

export function createKms(store: KmsStore): Service {
  return {
    name: "kms",
    operations: [...KMS_OPERATIONS.keys()],
    operationOf(request) {
      const operation = targetOperation(request, "TrentService")
      return operation !== undefined && KMS_OPERATIONS.has(operation) ? operation : undefined
    },
    handle(call, operation) {
      const handler = KMS_OPERATIONS.get(operation)
      if (handler === undefined)
        throw new ServiceError("NotImplemented", `the sandbox has no kms:${operation} yet`, 501)
      const { caller, region, requestId } = call
      const input = readJson(call.request)
      const grantTokens = grantTokensOf(store, input)
      const answer = handler({ store, caller, region, requestId, input, grantTokens })
      if (answer instanceof Promise) return answer.then((later) => jsonAnswer(later, requestId))
      return jsonAnswer(answer, requestId)
    },
    errorResponse: (error, _request, requestId) => jsonError(error, requestId),
  }
}
