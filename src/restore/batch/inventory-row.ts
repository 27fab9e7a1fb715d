import type { Inventory, InventoryObject } from "./inventory.ts"
import { untrue } from "./inventory-error.ts"
import { decodeKey } from "./key-encoding.ts"

/** Without these there is no plan. */
const NEEDED = ["Bucket", "Key", "Size", "LastModifiedDate", "ETag", "StorageClass"]

/** Reads rows by the inventory's own schema. @throws DrError E_INVENTORY for a schema or a row that lacks something */
export function rowReader(
  { schema, sourceBucket }: Inventory,
  file: string,
): (row: readonly string[]) => InventoryObject {
  const missing = NEEDED.filter((name) => !schema.includes(name))
  if (missing.length > 0) throw untrue(file, `it has no ${missing.join(", ")}`)
  const at = new Map(schema.map((name, index) => [name, index]))
  return (row) => {
    const field = (name: string): string | undefined => {
      const index = at.get(name)
      return index === undefined ? undefined : row[index]
    }
    const key = decodeKey(field("Key") ?? "")
    const modifiedAt = Date.parse(field("LastModifiedDate") ?? "")
    if (row.length !== schema.length || field("Bucket") !== sourceBucket)
      throw untrue(file, "a row is not of this inventory")
    if (key === undefined || key === "" || Number.isNaN(modifiedAt)) throw untrue(file, "a row has no key or no date")
    return { key, modifiedAt, ...kindOf(field, file), ...versionOf(field) }
  }
}

type Field = (name: string) => string | undefined

function kindOf(
  field: Field,
  file: string,
): Pick<InventoryObject, "sizeBytes" | "etag" | "storageClass" | "deleteMarker"> {
  if (field("IsDeleteMarker") === "true") return { sizeBytes: 0, etag: "", storageClass: "", deleteMarker: true }
  const size = field("Size") ?? ""
  if (!/^\d+$/.test(size)) throw untrue(file, "a row has no size")
  return {
    sizeBytes: Number(size),
    etag: `"${field("ETag") ?? ""}"`,
    storageClass: field("StorageClass") || "STANDARD",
  }
}

/** Empty in a bucket that never had versions; `null` is the name of one. */
function versionOf(field: Field): Partial<Pick<InventoryObject, "versionId" | "current" | "encryption">> {
  const [versionId, latest, encryption] = [field("VersionId"), field("IsLatest"), field("EncryptionStatus")]
  return {
    ...(versionId === undefined || versionId === "" ? {} : { versionId }),
    ...(latest === "true" ? { current: true } : {}),
    ...(encryption === undefined || encryption === "" ? {} : { encryption }),
  }
}
