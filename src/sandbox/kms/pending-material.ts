import type { KeyGroup } from "./key.ts"
import { relatedKeys, type KmsStore } from "./store.ts"

/** New material waits until every Region has it; only then the primary may rotate to it. Source: SDK RotationsListEntry. */
export function pendingState(
  store: KmsStore,
  group: KeyGroup,
  id: string,
): "PENDING_ROTATION" | "PENDING_MULTI_REGION_IMPORT_AND_ROTATION" {
  const everywhere = relatedKeys(store, group).every((key) => key.imported.get(id)?.bytes !== undefined)
  return everywhere ? "PENDING_ROTATION" : "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"
}
