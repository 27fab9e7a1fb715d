import type { ListedObject } from "../../../src/restore/objects.ts"
import { firstCalls } from "./fake-faults.ts"
import { planned, restoreOne, type RouteWorld } from "./route-world.ts"

interface Named {
  readonly bucket: string
  readonly owner: string
  readonly requestPayer?: true
}

/** Every bucket that a call names, wherever in its request. */
export function bucketsIn(value: unknown): Named[] {
  if (typeof value !== "object" || value === null || value instanceof Map) return []
  const own = "bucket" in value ? [value as Named] : []
  return [...own, ...Object.values(value).flatMap((inner) => bucketsIn(inner))]
}

/** A journey that makes every kind of call there is. */
export async function everyCallOf(world: RouteWorld): Promise<void> {
  const { s3 } = world
  const small = s3.put("live", "data/small", { bytes: "ab" })
  const large = s3.put("live", "data/large", { bytes: "0123456789", tags: { t: "1" } })
  world.plane.faults = firstCalls("CopyObject", { class: "transient", committed: true })
  await restoreOne(world, planned(small, true))
  await restoreOne(world, planned(large), { verify: "full" })
  world.plane.faults = firstCalls("UploadPartCopy", { class: "refused" })
  s3.remove("copies", "restored/large")
  await restoreOne(world, planned(large))
  const chain: ListedObject[] = [planned(s3.put("live", "data/chain", { bytes: "1" }), true)]
  chain.push({ ...planned(s3.putMarker("live", "data/chain"), true), deleteMarker: true })
  await restoreOne(world, chain[1] as ListedObject, { chainOf: () => chain })
  await restoreOne(world, planned(small, true), { operation: "rekey" })
}
