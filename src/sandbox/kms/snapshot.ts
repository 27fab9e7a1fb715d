import type { Alias, KeyGroup, KmsKey } from "./key.ts"
import { addKey, aliasKey, scheduleDeletion, scheduleRotation, type KmsStore } from "./store.ts"

type DumpedKey = Omit<KmsKey, "group" | "tags"> & {
  readonly groupId: string
  readonly tags: ReadonlyArray<[string, string]>
}
type DumpedGroup = Omit<KeyGroup, "materials"> & {
  readonly materials: ReadonlyArray<{ id: string; bytes: string; createdAt: number }>
}

export interface DumpedKms {
  readonly groups: readonly DumpedGroup[]
  readonly keys: readonly DumpedKey[]
  readonly aliases: readonly Alias[]
}

/** Key material in base64: a snapshot is as secret as the rehearsal's data, so its file is written 0600. */
export function dumpKms(store: KmsStore): DumpedKms {
  const keys = [...store.keys.values()].flatMap((each) => [...each.values()])
  const groups = [...new Set(keys.map((key) => key.group))]
  return {
    groups: groups.map((group) => ({
      ...group,
      materials: group.materials.map((each) => ({ ...each, bytes: each.bytes.toString("base64") })),
    })),
    keys: keys.map(({ group, tags, ...rest }) => ({ ...rest, groupId: group.id, tags: [...tags] })),
    aliases: [...store.aliases.values()],
  }
}

export function loadKms(store: KmsStore, dumped: DumpedKms): void {
  const groups = new Map(
    dumped.groups.map((group): [string, KeyGroup] => [
      group.id,
      { ...group, materials: group.materials.map((each) => ({ ...each, bytes: Buffer.from(each.bytes, "base64") })) },
    ]),
  )
  store.keys.clear()
  store.aliases.clear()
  for (const { groupId, tags, ...rest } of dumped.keys) {
    const group = groups.get(groupId)
    if (group === undefined) continue
    const key: KmsKey = { ...rest, group, tags: new Map(tags) }
    if (key.state === "Creating") key.state = "Enabled"
    addKey(store, key)
    scheduleDeletion(store, key)
  }
  for (const group of groups.values()) scheduleRotation(store, group)
  for (const alias of dumped.aliases) store.aliases.set(aliasKey(alias.region, alias.account, alias.name), alias)
}
