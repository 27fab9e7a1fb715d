import { ServiceError } from "../core/exchange.ts"
import type { Conditions, EncryptionContext } from "../core/world.ts"
import { open, readHeader, seal, type BlobHeader } from "./blob.ts"
import { incorrectKey, invalidCiphertext, stateError, wrongAlgorithm, wrongUsage } from "./errors.ts"
import type { KmsKey } from "./key.ts"
import { contextFacts, type Facts } from "./key-facts.ts"
import { KEY_SPECS } from "./key-spec.ts"
import { authorizeKey, mustBeEnabled } from "./kms-call.ts"
import { secretOf } from "./material.ts"
import type { Asker } from "./question.ts"
import { resolveKey } from "./resolve.ts"
import { keyIn, type KmsStore } from "./store.ts"

/** The one place where KMS encrypts and decrypts, for its API and for S3 alike. */

export const SYMMETRIC = "SYMMETRIC_DEFAULT"

/** What is asked of a key: the IAM action, and what may stand in the way. */
export interface Use {
  readonly action: string
  /** The API operation, for messages; the action unless given. */
  readonly operation?: string
  readonly context: EncryptionContext
  readonly algorithm?: string
  readonly more?: Conditions
}

/** A key as one request found it. */
export interface Found {
  readonly key: KmsKey
  readonly ref: string | undefined
  /** Undefined = no ciphertext came along, or none that can be read. */
  readonly header?: BlobHeader | undefined
}

export function findKey(store: KmsStore, by: Asker, ref: string): Found {
  return { key: resolveKey(store, by.region, by.caller.account, ref), ref }
}

/** Without `ref` the key is found by the id in the blob, in this Region and any account. */
export function findKeyOfBlob(
  store: KmsStore,
  by: Asker,
  blob: Buffer,
  ref: string | undefined,
  action: string,
): Found {
  const header = readHeader(blob)
  if (ref !== undefined) return { ...findKey(store, by, ref), header }
  return { key: keyOfBlob(store, by, header?.keyId, action), ref, header }
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

export function authorizeUse(store: KmsStore, by: Asker, found: Found, use: Use): void {
  const context: Facts = contextFacts(use.context)
  context["kms:EncryptionAlgorithm"] = use.algorithm ?? SYMMETRIC
  if (use.more !== undefined) Object.assign(context, use.more)
  authorizeKey(store, by, found.key, use.action, { ref: found.ref, byCiphertext: found.ref === undefined, context })
}

/** Usage, algorithm, then state: as AWS orders them. */
export function mustEncipher({ key }: Found, use: Use): void {
  const { spec } = key.group
  if (KEY_SPECS[spec].usage !== "ENCRYPT_DECRYPT") throw wrongUsage(key, use.operation ?? use.action)
  if (use.algorithm !== undefined && use.algorithm !== SYMMETRIC) throw wrongAlgorithm(use.algorithm, spec)
  mustBeEnabled(key)
}

export interface Sealing {
  readonly key: KmsKey
  readonly materialId: string
  seal(plaintext: Buffer): Buffer
}

export function sealingWith(store: KmsStore, { key }: Found, context: EncryptionContext): Sealing {
  const material = key.group.materials.at(-1)
  const secret = material === undefined ? undefined : secretOf(key, material)
  if (material === undefined || secret === undefined) throw stateError({ ...key, state: "PendingImport" })
  const header = { keyId: key.group.id, materialId: material.id }
  return {
    key,
    materialId: material.id,
    seal: (plaintext) => seal(header, secret, plaintext, context, store.world.random),
  }
}

export interface Opened {
  readonly key: KmsKey
  readonly materialId: string
  readonly plaintext: Buffer
}

export function openWith({ key, header }: Found, blob: Buffer, context: EncryptionContext): Opened {
  if (header === undefined) throw invalidCiphertext()
  if (header.keyId !== key.group.id) throw incorrectKey()
  const material = key.group.materials.find((each) => each.id === header.materialId)
  const secret = material === undefined ? undefined : secretOf(key, material)
  const plaintext = secret === undefined ? undefined : open(blob, secret, context)
  if (plaintext === undefined) throw invalidCiphertext()
  return { key, materialId: header.materialId, plaintext }
}

/** All of it for one key that encrypts. */
export function sealingKey(store: KmsStore, by: Asker, ref: string, use: Use): Sealing {
  const found = findKey(store, by, ref)
  authorizeUse(store, by, found, use)
  mustEncipher(found, use)
  return sealingWith(store, found, use.context)
}

/** All of it for one key that decrypts. */
export function openBlob(store: KmsStore, by: Asker, blob: Buffer, ref: string | undefined, use: Use): Opened {
  const found = findKeyOfBlob(store, by, blob, ref, use.action)
  authorizeUse(store, by, found, use)
  mustEncipher(found, use)
  return openWith(found, blob, use.context)
}
