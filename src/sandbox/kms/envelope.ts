import { ServiceError } from "../core/exchange.ts"
import type { Conditions, EncryptionContext } from "../core/world.ts"
import { open, readHeader, seal } from "./blob.ts"
import { incorrectKey, invalidCiphertext, stateError } from "./errors.ts"
import type { KeyMaterial, KmsKey } from "./key.ts"
import { authorizeKey, contextKeys, mustBeEnabled, type Asker } from "./kms-call.ts"
import { keyIn, resolveKey, type KmsStore } from "./store.ts"

/** The one place where KMS encrypts and decrypts, for its API and for S3 alike. */

export interface Sealing {
  readonly key: KmsKey
  readonly materialId: string
  seal(plaintext: Buffer): Buffer
}

/** Order of checks: key lookup, authorisation, state. */
export function sealingKey(
  store: KmsStore,
  by: Asker,
  ref: string,
  action: string,
  context: EncryptionContext,
  more: Conditions = {},
): Sealing {
  const key = resolveKey(store, by.region, by.caller.account, ref)
  authorizeKey(store, by, key, action, { ...contextKeys(context), ...more })
  mustBeEnabled(key)
  const material = key.group.materials.at(-1)
  if (material === undefined) throw stateError({ ...key, state: "PendingImport" })
  return {
    key,
    materialId: material.id,
    seal: (plaintext) => seal(key.group.id, material, plaintext, context, store.world.random),
  }
}

export interface Opened {
  readonly key: KmsKey
  readonly material: KeyMaterial
  readonly plaintext: Buffer
}

/** Without `ref` the key is found by the id in the blob, in this Region and any account, and only then authorised. */
export function openBlob(
  store: KmsStore,
  by: Asker,
  blob: Buffer,
  ref: string | undefined,
  action: string,
  context: EncryptionContext,
  more: Conditions = {},
): Opened {
  const header = readHeader(blob)
  const key =
    ref === undefined
      ? keyOfBlob(store, by, header?.keyId, action)
      : resolveKey(store, by.region, by.caller.account, ref)
  authorizeKey(store, by, key, action, { ...contextKeys(context), ...more })
  mustBeEnabled(key)
  if (header === undefined) throw invalidCiphertext()
  if (header.keyId !== key.group.id) throw incorrectKey()
  const material = key.group.materials.find((each) => each.id === header.materialId)
  const plaintext = material === undefined ? undefined : open(blob, material, context)
  if (material === undefined || plaintext === undefined) throw invalidCiphertext()
  return { key, material, plaintext }
}

function keyOfBlob(store: KmsStore, by: Asker, keyId: string | undefined, action: string): KmsKey {
  if (keyId === undefined) throw invalidCiphertext()
  const key = keyIn(store, by.region, keyId)
  if (key !== undefined) return key
  throw new ServiceError(
    "AccessDeniedException",
    `User: ${by.caller.arn} is not authorized to perform: kms:${action} on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
  )
}
