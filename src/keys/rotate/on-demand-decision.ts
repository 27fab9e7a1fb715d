import { MINUTE } from "../../kernel/units.ts"
import type { DescribedKey, KeyMaterial, KeyRotation } from "../inventory-port.ts"

/** Of a key's life, not adjustable. Source: KMS resource quotas; SDK kms RotateKeyOnDemand. */
export const MOST_ON_DEMAND = 25
/** From here on people are told: a rotation is not given back. */
const FEW_LEFT = 20
/** KMS refuses while an automatic rotation is due within it. Source: SDK kms RotateKeyOnDemand. */
const BEFORE_AUTOMATIC = 20 * MINUTE

/** Written before RotateKeyOnDemand is sent, so that after a kill nobody has to guess whether it was. */
export interface OnDemandIntent {
  readonly key: string
  /** Ids of the materials that rotations on demand had brought by then. */
  readonly before: readonly string[]
}

export interface OnDemandFacts {
  readonly key: Pick<DescribedKey, "arn" | "state" | "origin" | "spec">
  readonly rotation: KeyRotation | undefined
  readonly materials: readonly KeyMaterial[]
  readonly intent: OnDemandIntent | undefined
  /** Epoch milliseconds. */
  readonly now: number
}

export type OnDemandDecision =
  | { readonly kind: "rotate"; readonly warning?: string }
  /** Ours, of a run whose answer was lost. */
  | { readonly kind: "done-before"; readonly material: KeyMaterial }
  | { readonly kind: "under-way"; readonly since: string }
  | { readonly kind: "refused"; readonly code: RefusalCode; readonly why: string; readonly later: boolean }

type RefusalCode = "not-enabled" | "does-not-rotate" | "none-left" | "no-material" | "automatic-due"

const isOnDemand = ({ rotation }: KeyMaterial): boolean => rotation?.type === "ON_DEMAND"

export const usedOnDemand = (materials: readonly KeyMaterial[]): number => materials.filter(isOnDemand).length

export const intentFor = (key: string, materials: readonly KeyMaterial[]): OnDemandIntent => ({
  key,
  before: materials.filter(isOnDemand).map(({ id }) => id),
})

/** The rotation on demand that came after the intent was written: told by its material, not by anybody's clock. */
export const broughtBy = ({ before }: OnDemandIntent, materials: readonly KeyMaterial[]): KeyMaterial | undefined =>
  materials.find((material) => isOnDemand(material) && !before.includes(material.id))

/** What `--on-demand` does next. Pure. */
export function decideOnDemand({ key, rotation, materials, intent, now }: OnDemandFacts): OnDemandDecision {
  const refuse = (code: RefusalCode, why: string, later = false): OnDemandDecision => ({
    kind: "refused",
    code,
    why,
    later,
  })
  if (intent?.key === key.arn) {
    const material = broughtBy(intent, materials)
    if (material !== undefined) return { kind: "done-before", material }
  }
  if (rotation?.onDemandAt !== undefined) return { kind: "under-way", since: rotation.onDemandAt }
  if (key.state !== "Enabled") return refuse("not-enabled", `it is ${key.state}, and only an enabled key rotates`)
  if (key.spec !== "SYMMETRIC_DEFAULT") return refuse("does-not-rotate", `keys of spec ${key.spec} do not rotate`)
  const used = usedOnDemand(materials)
  if (used >= MOST_ON_DEMAND)
    return refuse(
      "none-left",
      `all ${MOST_ON_DEMAND} rotations on demand of its life are used up; the automatic ones are not counted, and --manual makes a new key`,
    )
  if (key.origin === "EXTERNAL" && !materials.some(({ state }) => state === "PENDING_ROTATION"))
    return refuse(
      "no-material",
      "its material is imported and no new material waits in every Region: import it first (dr keys escrow)",
    )
  const due = rotation?.enabled === true && rotation.nextAt !== undefined ? Date.parse(rotation.nextAt) : Infinity
  if (due - now <= BEFORE_AUTOMATIC)
    return refuse(
      "automatic-due",
      `its automatic rotation is due at ${rotation?.nextAt}, and KMS takes no other now`,
      true,
    )
  return used < FEW_LEFT
    ? { kind: "rotate" }
    : {
        kind: "rotate",
        warning: `${MOST_ON_DEMAND - used - 1} of ${MOST_ON_DEMAND} rotations on demand are left after this one`,
      }
}
