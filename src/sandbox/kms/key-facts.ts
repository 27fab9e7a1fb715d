import type { Conditions, EncryptionContext } from "../core/world.ts"
import { isPrimary, type KeyGroup, type KmsKey } from "./key.ts"
import { KEY_SPECS } from "./key-spec.ts"
import { aliasesOf, type KmsStore } from "./store.ts"

/** Condition keys that a question of access is built from, still open. */
export type Facts = Record<string, string | readonly string[]>

/** The condition keys that tell what the key is. Kept: every call asks for them. */
export function factsOf(store: KmsStore, key: KmsKey): Conditions {
  const known = store.facts.get(key)
  if (known !== undefined) return known
  const aliases = aliasesOf(store, key).map((alias) => alias.name)
  const facts = propertyFacts(key.group, isPrimary(key) ? "PRIMARY" : "REPLICA")
  if (aliases.length > 0) facts["kms:ResourceAliases"] = aliases
  store.facts.set(key, facts)
  return facts
}

/** The same for a key that is still to be made. */
export function propertyFacts(
  { spec, origin, multiRegion }: Pick<KeyGroup, "spec" | "origin" | "multiRegion">,
  type: "PRIMARY" | "REPLICA",
): Facts {
  const facts: Facts = {
    "kms:KeySpec": spec,
    "kms:KeyUsage": KEY_SPECS[spec].usage,
    "kms:KeyOrigin": origin,
    "kms:MultiRegion": String(multiRegion),
  }
  if (multiRegion) facts["kms:MultiRegionKeyType"] = type
  return facts
}

export function contextFacts(context: EncryptionContext): Facts {
  const facts: Facts = {}
  const names = Object.keys(context)
  if (names.length > 0) facts["kms:EncryptionContextKeys"] = names
  for (const name of names) facts[`kms:EncryptionContext:${name}`] = context[name] ?? ""
  return facts
}

export function tagFacts(tags: ReadonlyMap<string, string>): Facts {
  const facts: Facts = {}
  if (tags.size > 0) facts["aws:TagKeys"] = [...tags.keys()]
  for (const [name, value] of tags) facts[`aws:RequestTag/${name}`] = value
  return facts
}
