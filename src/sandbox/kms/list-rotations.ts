import { unsupported } from "./errors.ts"
import { oneOf, text } from "./input.ts"
import type { KeyMaterial, KmsKey } from "./key.ts"
import { keyFor, type Handler } from "./kms-call.ts"
import { seconds } from "./metadata.ts"
import { pageOf } from "./page.ts"
import { pendingState } from "./pending-material.ts"

const INCLUDE = ["ALL_KEY_MATERIAL", "ROTATIONS_ONLY"]

/** Oldest first. Rotations only, unless the first material and the one still to come are asked for as well. */
export const listKeyRotations: Handler = (call) => {
  const all = oneOf(call.input, "IncludeKeyMaterial", INCLUDE, "ROTATIONS_ONLY") === "ALL_KEY_MATERIAL"
  const key = keyFor(call, text(call.input, "KeyId"), "ListKeyRotations")
  const { group } = key
  if (group.spec !== "SYMMETRIC_DEFAULT") throw unsupported("")
  const current = group.materials.at(-1)
  const entries = group.materials
    .filter((material) => all || material.rotation !== undefined)
    .map((material) => entryOf(key, material, material === current ? "CURRENT" : "NON_CURRENT"))
  const waiting = group.pendingMaterial
  if (all && waiting !== undefined) {
    entries.push(entryOf(key, { id: waiting }, pendingState(call.store, group, waiting)))
  }
  const numbered = entries.map((entry, index) => ({ entry, at: String(index).padStart(6, "0") }))
  const page = pageOf(call, `rotations ${key.arn} ${all}`, numbered, ({ at }) => at, 1000, 100)
  return { Rotations: page.items.map(({ entry }) => entry), ...page.tail }
}

function entryOf(key: KmsKey, { id, rotation }: KeyMaterial, state: string): object {
  return {
    KeyId: key.group.id,
    KeyMaterialId: id,
    KeyMaterialState: state,
    ...(rotation === undefined ? {} : { RotationDate: seconds(rotation.at), RotationType: rotation.type }),
    ...(key.group.origin === "EXTERNAL" ? importFacts(key, id) : {}),
  }
}

function importFacts(key: KmsKey, id: string): object {
  const { bytes, expiresAt, description } = key.imported.get(id) ?? {}
  return {
    ...(description === undefined ? {} : { KeyMaterialDescription: description }),
    ImportState: bytes === undefined ? "PENDING_IMPORT" : "IMPORTED",
    ...(bytes === undefined ? {} : expirationOf(expiresAt)),
  }
}

const expirationOf = (at: number | undefined): object =>
  at === undefined
    ? { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" }
    : { ExpirationModel: "KEY_MATERIAL_EXPIRES", ValidTo: seconds(at) }
