import { constants, privateDecrypt } from "node:crypto"
import { ServiceError } from "../core/exchange.ts"
import {
  incorrectMaterial,
  invalidCiphertext,
  invalidState,
  notPrimary,
  stateError,
  validation,
  wrongOrigin,
} from "./errors.ts"
import { materialIdOf, placeMaterial } from "./imported.ts"
import { expirationFacts, readImport, type Import } from "./import-input.ts"
import { readToken, type ImportToken } from "./import-token.ts"
import { isPrimary, type KmsKey } from "./key.ts"
import { KEY_SPECS } from "./key-spec.ts"
import { keyFor, mustBeCustomers, type Handler } from "./kms-call.ts"
import type { KmsStore } from "./store.ts"

export const importKeyMaterial: Handler = (call) => {
  const { store } = call
  const wanted = readImport(call)
  const key = keyFor(call, wanted.keyRef, "ImportKeyMaterial", expirationFacts(wanted))
  mustBeCustomers(call, key, "ImportKeyMaterial")
  if (key.group.origin !== "EXTERNAL") throw wrongOrigin(key)
  if (key.state !== "PendingImport" && key.state !== "Enabled") throw stateError(key)
  const bytes = unwrap(store, tokenFor(store, key, wanted.token), wanted.wrapped)
  if (bytes.length !== KEY_SPECS[key.group.spec].materialBytes)
    throw incorrectMaterial(`Key material of ${key.arn} must have 256 bits.`)
  const id = materialIdOf(key.group, bytes)
  const known = key.group.materials.length > 0 || key.group.pendingMaterial !== undefined
  const type = wanted.type ?? (known ? "EXISTING_KEY_MATERIAL" : "NEW_KEY_MATERIAL")
  if (type === "NEW_KEY_MATERIAL") admitNew(key, id, wanted)
  else admitExisting(key, id, wanted)
  const description = wanted.description ?? key.imported.get(id)?.description
  placeMaterial(store, key, id, {
    bytes,
    ...(wanted.expiresAt === undefined ? {} : { expiresAt: wanted.expiresAt }),
    ...(description === undefined ? {} : { description }),
  })
  return { KeyId: key.arn, KeyMaterialId: id }
}

function tokenFor(store: KmsStore, key: KmsKey, given: Buffer): ImportToken {
  const token = readToken(store, given)
  if (token === undefined || token.keyArn !== key.arn) throw new ServiceError("InvalidImportTokenException", "")
  if (token.validTo <= store.world.clock.now()) throw new ServiceError("ExpiredImportTokenException", "")
  return token
}

/** @throws ServiceError InvalidCiphertextException when the material was not wrapped for this token */
function unwrap(store: KmsStore, token: ImportToken, wrapped: Buffer): Buffer {
  const key = store.wrapping.keys.get(token.wrappingKeySpec)
  if (key === undefined) throw new ServiceError("InvalidImportTokenException", "")
  const oaepHash = token.wrappingAlgorithm === "RSAES_OAEP_SHA_1" ? "sha1" : "sha256"
  try {
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, wrapped)
  } catch {
    throw invalidCiphertext()
  }
}

/** The first material is the key's at once; each later one waits for RotateKeyOnDemand, one at a time. */
function admitNew(key: KmsKey, id: string, wanted: Import): void {
  const { group } = key
  if (wanted.materialId !== undefined)
    throw validation("KeyMaterialId cannot be specified when ImportType is NEW_KEY_MATERIAL.")
  if (!isPrimary(key)) throw notPrimary(key)
  if (group.materials.some((each) => each.id === id))
    throw incorrectMaterial(`The key material is already associated with ${key.arn}.`)
  const waiting = group.pendingMaterial
  if (waiting !== undefined && waiting !== id) {
    throw invalidState(
      `New key material (id: ${id}) cannot be imported into KMS key ${group.id}, because another key material (id: ${waiting}) is pending rotation.`,
    )
  }
  if (group.materials.length === 0) group.materials.push({ id })
  else group.pendingMaterial = id
}

function admitExisting(key: KmsKey, id: string, wanted: Import): void {
  const { materials, pendingMaterial } = key.group
  const known = id === pendingMaterial || materials.some((each) => each.id === id)
  if (!known || (wanted.materialId !== undefined && wanted.materialId !== id))
    throw incorrectMaterial(`The key material is not the one that was imported into ${key.arn}.`)
}
