import type { KeyGroup, KeyMaterial, KmsKey } from "./key.ts"
import { KEY_SPECS } from "./key-spec.ts"
import type { KmsStore } from "./store.ts"

/** A material that KMS makes itself: random, and shared by all Regions at once. */
export function newMaterial(store: KmsStore, group: KeyGroup, rotation?: KeyMaterial["rotation"]): KeyMaterial {
  const { random } = store.world
  return {
    id: Buffer.from(random(32)).toString("hex"),
    bytes: Buffer.from(random(KEY_SPECS[group.spec].materialBytes)),
    ...(rotation === undefined ? {} : { rotation }),
  }
}

/** The bytes of one material as this Region has them; undefined = it has not. */
export function secretOf(key: KmsKey, material: KeyMaterial): Buffer | undefined {
  return material.bytes ?? key.imported.get(material.id)?.bytes
}

/** An imported key is dead in a Region as soon as any one of its materials is missing there. */
export function lacksMaterial(key: KmsKey): boolean {
  const { materials } = key.group
  return materials.length === 0 || materials.some((material) => secretOf(key, material) === undefined)
}
