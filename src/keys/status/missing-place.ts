import type { RegionName } from "../../kernel/brands.ts"
import type { KeyPlace } from "./key-inventory.ts"

/** Why a place carries nothing, for people. */
export function missing(place: KeyPlace | undefined, region: RegionName): string {
  if (place === undefined || place.kind === "absent") return `there is no such key in ${region}`
  if (place.kind === "found") return `the key in ${region} is ${place.facts.state}`
  return `the key in ${region} was not read${place.unreachable ? " (the Region does not answer)" : ""}`
}
