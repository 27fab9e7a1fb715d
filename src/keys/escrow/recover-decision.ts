import { DAY, type Millis } from "../../kernel/units.ts"
import type { KeyMaterial } from "../inventory-port.ts"
import { isMissing, type EscrowPlace, type FoundPlace } from "./places.ts"
import type { EscrowSet } from "./set.ts"

/** What is to be done in one Region. */
export type PlaceDecision =
  | { readonly kind: "import"; readonly place: FoundPlace; readonly why: "missing" | "expires-soon" }
  | { readonly kind: "held"; readonly place: FoundPlace }
  | { readonly kind: "impossible"; readonly why: string; readonly hint: string }

/** With the quorum at hand, material that is about to expire is brought again as well: the date moves. */
const SOON: Millis = 60 * DAY

/** Pure. */
export function decidePlace(place: EscrowPlace, set: EscrowSet, now: number): PlaceDecision {
  if (place.kind === "absent")
    return no("the key is not there", `dr keys apply -e ${set.env} makes the replica; then recover again`)
  if (place.kind === "unread") return no(place.why, "the other Regions are done; recover again when this one answers")
  const own = place.materials.find((material) => isOf(material, set))
  if (own === undefined) {
    if (place.materials.length === 0)
      return no("the key never had material", `dr keys escrow create ${set.key} -e ${set.env} brings it`)
    // A set whose import nobody saw: KMS alone can tell, and refuses what is not its own.
    if (set.keyMaterialId === undefined && place.materials.some(isMissing))
      return importable(place, "missing", place.state)
    return no(
      `the key holds ${place.materials.map(({ id }) => id).join(", ")}, and not the material of this set`,
      "take the shares of the set that holds it: dr keys escrow list",
    )
  }
  if (isMissing(own)) return importable(place, "missing", place.state)
  const left = own.expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(own.expiresAt) - now
  return left < SOON ? importable(place, "expires-soon", place.state) : { kind: "held", place }
}

const no = (why: string, hint: string): PlaceDecision => ({ kind: "impossible", why, hint })

/** Source: KMS key-state table. */
function importable(place: FoundPlace, why: "missing" | "expires-soon", state: string): PlaceDecision {
  if (state === "PendingImport" || state === "Enabled") return { kind: "import", place, why }
  if (state === "PendingDeletion" || state === "PendingReplicaDeletion")
    return no(`the key is ${state}`, "cancel its deletion first: aws kms cancel-key-deletion, as break-glass")
  return no(`the key is ${state}`, "recover again once it is PendingImport or Enabled")
}

const isOf = ({ id, description }: KeyMaterial, set: EscrowSet): boolean =>
  set.keyMaterialId === undefined ? description === set.id : id === set.keyMaterialId

/** Missing material that this set cannot bring, by id: while it is gone the whole key stays unusable. */
export const foreignMissing = (place: FoundPlace, ownId: string | undefined): string[] =>
  place.materials.filter((each) => isMissing(each) && each.id !== ownId).map(({ id }) => id)
