import { COPY_LIMIT_BYTES, type Aim } from "../objects.ts"
import type { InventoryObject } from "./inventory.ts"
import type { RestorePart } from "../plan/restore-plan.ts"

/** Why an object is not given to a job and stays with the engine. */
export type LeftBehind =
  | "DELETE_MARKER"
  | "OVER_5_GB"
  | "ARCHIVED" // a copy must wait for its thaw: the engine refuses it by name
  | "STORAGE_CLASS" // jobs cannot write this class
  | "REPLACES" // jobs know no conditions: what stands there must not be overwritten unseen
  | "KEY_TOO_LONG"
  | "SSE_C" // told by an inventory only; from a plain listing such a task fails, by name
  | "NOT_REKEYABLE" // unencrypted or encrypted twice, as an inventory tells

/** The job that an object belongs to; jobs run in the order of their names. */
export type Assignment =
  | { readonly kind: "job"; readonly job: string; readonly storageClass: string }
  | { readonly kind: "left"; readonly why: LeftBehind }

/** S3 Batch Operations, PutObjectCopy, StorageClass [S3 Control API]. */
const WRITABLE: ReadonlySet<string> = new Set([
  "STANDARD",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER_IR",
  "GLACIER",
  "DEEP_ARCHIVE",
])
const NOT_REKEYABLE: ReadonlySet<string> = new Set(["NOT-SSE", "DSSE-KMS"])
const ARCHIVED: ReadonlySet<string> = new Set(["GLACIER", "DEEP_ARCHIVE"])

/** What of a part decides it. */
export type SplitBy = Pick<RestorePart, "operation" | "aim" | "mode" | "routing">

/** Decides who does it: one job or the engine. Old versions first, or they would lie on top of the current one. */
export function assign(part: SplitBy, object: InventoryObject): Assignment {
  if (object.deleteMarker === true) return { kind: "left", why: "DELETE_MARKER" }
  if (object.encryption === "SSE-C") return { kind: "left", why: "SSE_C" }
  if (part.operation === "rekey" && NOT_REKEYABLE.has(object.encryption ?? ""))
    return { kind: "left", why: "NOT_REKEYABLE" }
  if (part.operation === "rekey") return { kind: "job", job: "1-rekey", storageClass: "" }
  if (object.sizeBytes > COPY_LIMIT_BYTES) return { kind: "left", why: "OVER_5_GB" }
  if (ARCHIVED.has(object.storageClass) && part.routing.archived === "refuse") return { kind: "left", why: "ARCHIVED" }
  if (object.replaces !== undefined) return { kind: "left", why: "REPLACES" }
  const { storageClass: wanted } = part.aim
  const storageClass = wanted === "keep" ? object.storageClass || "STANDARD" : wanted
  if (!WRITABLE.has(storageClass)) return { kind: "left", why: "STORAGE_CLASS" }
  if (Buffer.byteLength(object.key) + (targetFolder(part.aim)?.length ?? -1) + 1 > 1_024)
    return { kind: "left", why: "KEY_TOO_LONG" }
  const old = part.mode.kind === "all" && object.current !== true
  return { kind: "job", job: `${old ? "1-noncurrent" : "2-current"}-${storageClass}`, storageClass }
}

/**
 * The folder that a job puts before whole keys, "" for none. Undefined when a job cannot do it: it puts something before keys
 * and takes nothing away.
 */
export function targetFolder({ source, destination }: Aim): string | undefined {
  if (!destination.prefix.endsWith(source.prefix)) return undefined
  const before = destination.prefix.slice(0, destination.prefix.length - source.prefix.length)
  if (before === "") return ""
  return before.endsWith("/") && before.length > 1 ? before.slice(0, -1) : undefined
}
