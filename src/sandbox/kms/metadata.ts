import { isPrimary, type KmsKey } from "./key.ts"
import { KEY_SPECS } from "./key-spec.ts"
import { relatedKeys, type KmsStore } from "./store.ts"

/** Timestamps are seconds. */
export const seconds = (epochMillis: number): number => Math.round(epochMillis) / 1000

/** KeyMetadata, as CreateKey, DescribeKey and ReplicateKey answer it. */
export function metadataOf(store: KmsStore, key: KmsKey): object {
  return {
    AWSAccountId: key.account,
    KeyId: key.group.id,
    Arn: key.arn,
    CreationDate: seconds(key.createdAt),
    Enabled: key.state === "Enabled",
    Description: key.description,
    KeyUsage: KEY_SPECS[key.group.spec].usage,
    KeyState: key.state,
    ...(key.deletionAt === undefined ? {} : { DeletionDate: seconds(key.deletionAt) }),
    ...(key.pendingWindowDays === undefined ? {} : { PendingDeletionWindowInDays: key.pendingWindowDays }),
    Origin: key.group.origin,
    KeyManager: key.manager,
    CustomerMasterKeySpec: key.group.spec,
    KeySpec: key.group.spec,
    ...capabilities(key),
    ...expiration(key),
    MultiRegion: key.group.multiRegion,
    ...(key.group.multiRegion ? { MultiRegionConfiguration: configuration(store, key) } : {}),
  }
}

function capabilities(key: KmsKey): object {
  const { mac } = KEY_SPECS[key.group.spec]
  if (mac !== undefined) return { MacAlgorithms: [mac.algorithm] }
  const current = key.group.materials.at(-1)
  return {
    EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
    ...(current === undefined ? {} : { CurrentKeyMaterialId: current.id }),
  }
}

/** Of imported material in this Region: the earliest date counts, for then the whole key is dead. */
function expiration(key: KmsKey): object {
  const present = key.group.materials.flatMap(({ id }) => {
    const imported = key.imported.get(id)
    return imported?.bytes === undefined ? [] : [imported.expiresAt ?? Infinity]
  })
  if (present.length === 0) return {}
  const first = Math.min(...present)
  if (first === Infinity) return { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" }
  return { ExpirationModel: "KEY_MATERIAL_EXPIRES", ValidTo: seconds(first) }
}

function configuration(store: KmsStore, key: KmsKey): object {
  const related = relatedKeys(store, key.group)
  const named = (each: KmsKey): object => ({ Arn: each.arn, Region: each.region })
  const primary = related.find(isPrimary)
  return {
    MultiRegionKeyType: isPrimary(key) ? "PRIMARY" : "REPLICA",
    ...(primary === undefined ? {} : { PrimaryKey: named(primary) }),
    ReplicaKeys: related.filter((each) => !isPrimary(each)).map(named),
  }
}
