import { createPrivateKey } from "node:crypto"
import { scheduleRotation } from "./auto-rotation.ts"
import { scheduleDeletion } from "./deletion.ts"
import { scheduleExpiry } from "./imported.ts"
import type { Alias, ImportedMaterial, KeyGroup, KeyMaterial, KmsKey } from "./key.ts"
import { finishUpdate } from "./primary-region.ts"
import { finishReplica } from "./replicate.ts"
import { addKey, aliasKey, forgetFacts, type KmsStore } from "./store.ts"

type InBase64<T> = Omit<T, "bytes"> & { readonly bytes?: string }

type DumpedKey = Omit<KmsKey, "group" | "tags" | "imported"> & {
  readonly groupId: string
  readonly tags: ReadonlyArray<[string, string]>
  readonly imported: ReadonlyArray<[string, InBase64<ImportedMaterial>]>
}
type DumpedGroup = Omit<KeyGroup, "materials"> & { readonly materials: ReadonlyArray<InBase64<KeyMaterial>> }

export interface DumpedKms {
  readonly groups: readonly DumpedGroup[]
  readonly keys: readonly DumpedKey[]
  readonly aliases: readonly Alias[]
  readonly grantTokens: ReadonlyArray<[string, string]>
  /** Import tokens that were handed out stay good. Private keys in PEM. */
  readonly wrapping: { readonly secret?: string; readonly keys: ReadonlyArray<[string, string]> }
}

/** Key material in base64: a snapshot is as secret as the rehearsal's data, so its file is written 0600. */
export function dumpKms(store: KmsStore): DumpedKms {
  const keys = [...store.keys.values()].flatMap((each) => [...each.values()])
  const groups = [...new Set(keys.map((key) => key.group))]
  const { secret, keys: wrappingKeys } = store.wrapping
  return {
    groups: groups.map((group) => ({ ...group, materials: group.materials.map(toBase64) })),
    keys: keys.map(({ group, tags, imported, ...rest }) => ({
      ...rest,
      groupId: group.id,
      tags: [...tags],
      imported: [...imported].map(([id, each]) => [id, toBase64(each)]),
    })),
    aliases: [...store.aliases.values()],
    grantTokens: [...store.grantTokens],
    wrapping: {
      ...(secret === undefined ? {} : { secret: secret.toString("base64") }),
      keys: [...wrappingKeys].map(([spec, key]) => [spec, String(key.export({ type: "pkcs8", format: "pem" }))]),
    },
  }
}

const toBase64 = <T extends { readonly bytes?: Buffer }>({ bytes, ...rest }: T): InBase64<T> => ({
  ...rest,
  ...(bytes === undefined ? {} : { bytes: bytes.toString("base64") }),
})

const fromBase64 = <T extends { readonly bytes?: string }>({ bytes, ...rest }: T) => ({
  ...rest,
  ...(bytes === undefined ? {} : { bytes: Buffer.from(bytes, "base64") }),
})

export function loadKms(store: KmsStore, dumped: DumpedKms): void {
  const groups = new Map(
    dumped.groups.map((group): [string, KeyGroup] => [
      group.id,
      { ...group, materials: group.materials.map(fromBase64) },
    ]),
  )
  store.keys.clear()
  store.aliases.clear()
  forgetFacts(store)
  for (const each of dumped.keys) {
    const group = groups.get(each.groupId)
    if (group !== undefined) loadKey(store, group, each)
  }
  for (const group of groups.values()) scheduleRotation(store, group)
  for (const alias of dumped.aliases) store.aliases.set(aliasKey(alias.region, alias.account, alias.name), alias)
  for (const [token, id] of dumped.grantTokens) store.grantTokens.set(token, id)
  loadWrapping(store, dumped.wrapping)
}

/** What was under way when the world stopped is done now. */
function loadKey(store: KmsStore, group: KeyGroup, dumped: DumpedKey): void {
  const imported = dumped.imported.map(([id, each]): [string, ImportedMaterial] => [id, fromBase64(each)])
  const key: KmsKey = { ...dumped, group, tags: new Map(dumped.tags), imported: new Map(imported) }
  finishReplica(key)
  finishUpdate(key)
  addKey(store, key)
  scheduleDeletion(store, key)
  for (const id of key.imported.keys()) scheduleExpiry(store, key, id)
}

function loadWrapping(store: KmsStore, { secret, keys }: DumpedKms["wrapping"]): void {
  if (secret !== undefined) store.wrapping.secret = Buffer.from(secret, "base64")
  for (const [spec, pem] of keys) store.wrapping.keys.set(spec, createPrivateKey(pem))
}
