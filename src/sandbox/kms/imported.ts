import { createHash } from "node:crypto"
import { isPrimary, type ImportedMaterial, type KeyGroup, type KmsKey } from "./key.ts"
import { lacksMaterial } from "./material.ts"
import { relatedKeys, type KmsStore } from "./store.ts"

/** Depends on the key and on the material: the same bytes have another id in another key. Replicas share the key id. */
export const materialIdOf = (group: KeyGroup, bytes: Buffer): string =>
  createHash("sha256").update(`${group.account}/${group.id}/`).update(bytes).digest("hex")

/** Into one Region. The key becomes usable when this was the last one that it lacked. */
export function placeMaterial(store: KmsStore, key: KmsKey, id: string, material: ImportedMaterial): void {
  key.imported.set(id, material)
  scheduleExpiry(store, key, id)
  if (key.state === "PendingImport" && !lacksMaterial(key)) key.state = "Enabled"
}

export function scheduleExpiry(store: KmsStore, key: KmsKey, id: string): void {
  const at = key.imported.get(id)?.expiresAt
  if (at === undefined) return
  store.world.clock.schedule(at, () => {
    if (key.imported.get(id)?.expiresAt === at) dropMaterial(store, key, id)
  })
}

/**
 * Deleted or expired, in this Region. Material that still waited for its rotation goes everywhere when the primary
 * loses it, and is forgotten: it never belonged to the key. Source: SDK kms DeleteImportedKeyMaterial.
 */
export function dropMaterial(store: KmsStore, key: KmsKey, id: string): void {
  const { group } = key
  if (group.pendingMaterial === id) {
    if (!isPrimary(key)) key.imported.delete(id)
    else {
      for (const each of relatedKeys(store, group)) each.imported.delete(id)
      delete group.pendingMaterial
    }
    return
  }
  const { description } = key.imported.get(id) ?? {}
  key.imported.set(id, description === undefined ? {} : { description })
  if (key.state === "Enabled" || key.state === "Disabled") key.state = "PendingImport"
}
