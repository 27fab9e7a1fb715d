import type { KmsKey } from "./key.ts"
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
    KeyUsage: "ENCRYPT_DECRYPT",
    KeyState: key.state,
    ...(key.deletionAt === undefined ? {} : { DeletionDate: seconds(key.deletionAt) }),
    ...(key.pendingWindowDays === undefined ? {} : { PendingDeletionWindowInDays: key.pendingWindowDays }),
    Origin: key.group.origin,
    KeyManager: key.manager,
    CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
    KeySpec: "SYMMETRIC_DEFAULT",
    EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
    ...(key.group.materials.length === 0 ? {} : { CurrentKeyMaterialId: key.group.materials.at(-1)?.id }),
    MultiRegion: key.group.multiRegion,
    ...(key.group.multiRegion ? { MultiRegionConfiguration: configuration(store, key) } : {}),
  }
}

function configuration(store: KmsStore, key: KmsKey): object {
  const related = relatedKeys(store, key.group)
  const isPrimary = (each: KmsKey): boolean => each.region === key.group.primaryRegion
  const named = (each: KmsKey): object => ({ Arn: each.arn, Region: each.region })
  const primary = related.find(isPrimary)
  return {
    MultiRegionKeyType: isPrimary(key) ? "PRIMARY" : "REPLICA",
    ...(primary === undefined ? {} : { PrimaryKey: named(primary) }),
    ReplicaKeys: related.filter((each) => !isPrimary(each)).map(named),
  }
}
