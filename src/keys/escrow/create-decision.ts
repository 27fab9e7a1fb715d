import { isMissing, type EscrowPlace, type FoundPlace } from "./places.ts"
import { refused } from "./refused.ts"
import type { EscrowRecord } from "./set.ts"

export type CreateDecision =
  /** `abandon`: sets whose material never reached the key. */
  | { readonly kind: "fresh"; readonly primary: FoundPlace; readonly abandon: readonly EscrowRecord[] }
  /** `learned`: what the record of an interrupted run could not know yet. */
  | { readonly kind: "refused"; readonly error: Error; readonly learned?: EscrowRecord }

/**
 * What `escrow create` may do, by the key and by the sets there are. Pure. Material is made only for a key that never had
 * any: a second material would be one more that must never be lost.
 */
export function decideCreate(
  places: readonly EscrowPlace[],
  records: readonly EscrowRecord[],
  { key, env }: { readonly key: string; readonly env: string },
): CreateDecision {
  const no = (error: Error, learned?: EscrowRecord): CreateDecision => ({
    kind: "refused",
    error,
    ...(learned === undefined ? {} : { learned }),
  })
  const [first] = places
  if (first === undefined || first.kind === "absent")
    return no(
      refused("E_ESCROW_UNKNOWN", `there is no key ${key} in ${first?.region ?? env} yet`, {
        hints: [`dr keys apply -e ${env} makes it`],
      }),
    )
  if (first.kind === "unread") return no(refused("E_ESCROW_UNKNOWN", `cannot read key ${key}: ${first.why}`))
  if (first.origin !== "EXTERNAL")
    return no(
      refused("E_ESCROW_KEY", `${first.arn} has the origin ${first.origin}: KMS takes no material for it`, {
        hints: ["a key's origin never changes: make a new key with origin: EXTERNAL, and re-encrypt"],
      }),
    )
  if (!first.primary) return no(refused("E_ESCROW_KEY", `${first.arn} is a replica: the first import is the primary's`))
  const own = records.filter(({ set }) => set.keyArn === first.arn)
  if (first.materials.length > 0) return hasMaterial(first, places, own, { key, env })
  if (first.state !== "PendingImport")
    return no(refused("E_ESCROW_KEY", `${first.arn} is ${first.state}, expected PendingImport`))
  const complete = own.find(({ stage }) => stage === "complete")
  if (complete !== undefined)
    return no(refused("E_ESCROW_EXISTS", `set ${complete.set.id} is complete, and ${first.arn} tells of no material`))
  return { kind: "fresh", primary: first, abandon: own.filter(({ stage }) => stage === "split") }
}

function hasMaterial(
  primary: FoundPlace,
  places: readonly EscrowPlace[],
  own: readonly EscrowRecord[],
  { key, env }: { readonly key: string; readonly env: string },
): CreateDecision {
  const record = ownerOf(primary, own)
  if (record === undefined) {
    return {
      kind: "refused",
      error: refused("E_ESCROW_EXISTS", `${primary.arn} has material already, of no set in this state folder`, {
        hints: [
          "whoever imported it must bring it back: look for its shares, or for another state folder (--state-dir)",
        ],
      }),
    }
  }
  const id = primary.materials.find(({ description }) => description === record.set.id)?.id
  const learned: EscrowRecord = {
    ...record,
    stage: "complete",
    set: { ...record.set, ...(id === undefined ? {} : { keyMaterialId: id }) },
  }
  const without = places.filter((place) => place.kind !== "found" || place.materials.some(isMissing))
  const recover = `dr keys escrow recover ${key} -e ${env} --share FILE … --identity FILE …`
  const error =
    without.length === 0
      ? refused("E_ESCROW_EXISTS", `set ${record.set.id} holds the material of ${primary.arn}`, {
          hints: [`dr keys escrow list -e ${env}`, "dr keys escrow verify SHARE --identity FILE"],
        })
      : refused(
          "E_ESCROW_UNFINISHED",
          `set ${record.set.id} is whole, and its material is missing in ${without.map(({ region }) => region).join(", ")}`,
          { hints: [`${recover}   # ${record.set.threshold} custodians bring it there`] },
        )
  return { kind: "refused", error, learned }
}

/** KMS keeps our set's id beside the material. A set whose import nobody saw end is found by it. */
function ownerOf({ materials }: FoundPlace, own: readonly EscrowRecord[]): EscrowRecord | undefined {
  return own.find(({ set }) =>
    materials.some(({ id, description }) => set.keyMaterialId === id || description === set.id),
  )
}
