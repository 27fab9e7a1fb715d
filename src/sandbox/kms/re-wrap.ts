import type { Conditions, EncryptionContext } from "../core/world.ts"
import { authorizeUse, findKey, findKeyOfBlob, mustEncipher, openWith, sealingWith, type Found } from "./envelope.ts"
import type { Asker } from "./question.ts"
import type { KmsStore } from "./store.ts"
import { recordUse } from "./usage.ts"

/** A data key as a service holds it: in plain where the service's own key guards it, or wrapped by KMS. */
export type HeldDataKey = Buffer | { readonly wrapped: Buffer; readonly context: EncryptionContext }

/**
 * The same data key under another key, for S3's UpdateObjectEncryption. Which calls AWS makes is not documented, which
 * rights it wants is: all of them are asked, so that a rehearsal fails where AWS might.
 */
export function reWrap(
  store: KmsStore,
  by: Asker,
  from: HeldDataKey,
  keyRef: string,
  context: EncryptionContext,
): { keyArn: string; wrapped: Buffer } {
  const target = findKey(store, by, keyRef)
  const source = Buffer.isBuffer(from) ? undefined : findKeyOfBlob(store, by, from.wrapped, undefined, "Decrypt")
  const more = source === undefined ? {} : { "kms:ReEncryptOnSameKey": String(source.key === target.key) }
  const plaintext = Buffer.isBuffer(from) ? from : unwrap(store, by, from, source as Found, more)
  authorizeUse(store, by, target, { action: "ReEncryptTo", context, more })
  authorizeUse(store, by, target, { action: "GenerateDataKey", context })
  authorizeUse(store, by, target, { action: "Encrypt", context })
  mustEncipher(target, { action: "Encrypt", context })
  const wrapped = sealingWith(store, target, context).seal(plaintext)
  recordUse(store, target.key, "ReEncrypt", by)
  return { keyArn: target.key.arn, wrapped }
}

function unwrap(
  store: KmsStore,
  by: Asker,
  { wrapped, context }: Exclude<HeldDataKey, Buffer>,
  source: Found,
  more: Conditions,
): Buffer {
  authorizeUse(store, by, source, { action: "Decrypt", context })
  authorizeUse(store, by, source, { action: "ReEncryptFrom", context, more })
  mustEncipher(source, { action: "Decrypt", context })
  const { plaintext } = openWith(source, wrapped, context)
  recordUse(store, source.key, "ReEncrypt", by)
  return plaintext
}
