import { COPY_LIMIT_BYTES, destinationKey, type Aim, type ListedObject, type Route } from "../objects.ts"
import type { RestorePart, Routing } from "./restore-plan.ts"

const MIB = 1024 ** 2
const SMALLEST_PART = 64 * MIB
/** S3 takes no smaller part but the last one, and no larger one. */
const PART_FLOOR = 5 * MIB
const PART_LIMIT = 5 * 1024 ** 3
/** S3 takes 10,000. */
const PARTS = 9_500
/** In UTF-8. */
const KEY_LIMIT_BYTES = 1_024

export const ROUTING: Routing = { multipartAboveBytes: COPY_LIMIT_BYTES, archived: "refuse" }

/** Classes whose bytes cannot be read before they are thawed. The archive tiers of INTELLIGENT_TIERING only HEAD tells. */
export const ARCHIVED: ReadonlySet<string> = new Set(["GLACIER", "DEEP_ARCHIVE"])

/** What of a part decides the routes of its objects. */
export type Way = Pick<RestorePart, "operation" | "aim" | "routing">

/**
 * How an object gets under the new key, as far as a listing can tell. Plan and run ask the same function, so a run never
 * goes another way than its plan said. A delete marker has no bytes: selections for re-keying leave it out.
 */
export function routeOf(object: ListedObject, { operation, aim, routing }: Way): Route {
  if (operation === "rekey") return { kind: "rekey" }
  if (Buffer.byteLength(destinationKey(aim, object.key)) > KEY_LIMIT_BYTES)
    return { kind: "cannot", why: "KEY_TOO_LONG" }
  if (object.deleteMarker) return { kind: "marker" }
  if (routing.archived === "refuse" && ARCHIVED.has(object.storageClass)) return { kind: "cannot", why: "NEEDS_THAW" }
  if (object.sizeBytes <= routing.multipartAboveBytes) return { kind: "copy" }
  return { kind: "multipart", partBytes: partBytesOf(object.sizeBytes, routing) }
}

/** Whole MiB; large enough that 9,500 of them hold the object, and 64 MiB unless parts begin below that. */
export function partBytesOf(sizeBytes: number, { multipartAboveBytes }: Routing): number {
  const smallest = Math.max(PART_FLOOR, Math.min(SMALLEST_PART, multipartAboveBytes))
  const wanted = Math.max(smallest, Math.ceil(sizeBytes / PARTS))
  return Math.min(PART_LIMIT, Math.ceil(wanted / MIB) * MIB)
}

/** How many requests of UploadPartCopy. */
export const partsOf = (sizeBytes: number, partBytes: number): number => Math.ceil(sizeBytes / partBytes)

/** The class that an object has at its destination. */
export const classAt = (aim: Aim, own: string): string => (aim.storageClass === "keep" ? own : aim.storageClass)
