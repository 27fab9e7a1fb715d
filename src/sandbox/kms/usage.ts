import { createHash } from "node:crypto"
import { DAY } from "../../kernel/units.ts"
import { eventIdOf } from "../core/event-id.ts"
import type { Conditions } from "../core/world.ts"
import { uuidOf } from "./blob.ts"
import { text } from "./input.ts"
import type { KeyUse, KmsKey } from "./key.ts"
import { keyFor, type Handler } from "./kms-call.ts"
import { seconds } from "./metadata.ts"
import type { Asker } from "./question.ts"
import type { KmsStore } from "./store.ts"

/** Call after a cryptographic operation has succeeded; per Region, so a replica counts for itself. */
export function recordUse(store: KmsStore, key: KmsKey, operation: string, by: Asker): void {
  key.lastUse = {
    operation,
    at: store.world.clock.now(),
    requestId: by.requestId,
    throughService: by.viaService !== undefined,
  }
}

/** Whole days since the last use; of a key never used, since it was made. For the guard rail on disable and deletion. */
export const trailingFacts = (store: KmsStore, key: KmsKey): Conditions => ({
  "kms:TrailingDaysWithoutKeyUsage": String(
    Math.floor((store.world.clock.now() - (key.lastUse?.at ?? key.createdAt)) / DAY),
  ),
})

/** The sandbox has tracked every key from its first day. */
export const getKeyLastUsage: Handler = (call) => {
  const key = keyFor(call, text(call.input, "KeyId"), "GetKeyLastUsage")
  return {
    KeyId: key.group.id,
    KeyLastUsage: key.lastUse === undefined ? {} : entryOf(key.lastUse),
    TrackingStartDate: seconds(key.createdAt),
    KeyCreationDate: seconds(key.createdAt),
  }
}

const entryOf = (use: KeyUse): object => ({
  Operation: use.operation,
  Timestamp: seconds(use.at),
  CloudTrailEventId: eventIdOf(use.requestId),
  KmsRequestId: use.throughService ? ownRequestId(use.requestId) : use.requestId,
})

/** A service that asks KMS has a request of its own for it: made from the caller's, so that it stays the same. */
const ownRequestId = (requestId: string): string =>
  uuidOf(createHash("sha256").update(`request/${requestId}`).digest("hex").slice(0, 32))
