import { parseArn } from "../../access/arn.ts"
import type { AccountId, KeyArn, RegionName } from "../../kernel/brands.ts"
import { mapBounded } from "../../kernel/concurrency.ts"
import type { AccountReader, KeyMaterial } from "../inventory-port.ts"
import { attempt, isNotFound } from "../status/attempt.ts"

/** The key in one Region, as far as its material matters. */
export type EscrowPlace =
  | {
      readonly kind: "found"
      readonly region: RegionName
      readonly arn: KeyArn
      readonly state: string
      readonly origin: string
      readonly primary: boolean
      readonly related: readonly KeyArn[]
      readonly materials: readonly KeyMaterial[]
    }
  | { readonly kind: "absent"; readonly region: RegionName }
  /** Nobody could say. */
  | { readonly kind: "unread"; readonly region: RegionName; readonly why: string }

export type FoundPlace = Extract<EscrowPlace, { kind: "found" }>

/** A multi-Region key has the same id everywhere. */
export const arnIn = (arn: KeyArn, region: RegionName): KeyArn => arn.split(":").with(3, region).join(":") as KeyArn

export const regionOf = (arn: KeyArn): RegionName => parseArn(arn).region as RegionName
export const accountOf = (arn: KeyArn): AccountId => parseArn(arn).account as AccountId

/** By alias in the first Region, or by ARN. Read anew in each Region, as none knows what another holds. */
export async function readPlaces(
  reader: AccountReader,
  keyRef: (region: RegionName) => string,
  regions: readonly RegionName[],
  signal: AbortSignal,
): Promise<EscrowPlace[]> {
  return mapBounded(regions, 4, (region) => readPlace(reader, keyRef(region), region, signal), signal)
}

export async function readPlace(
  reader: AccountReader,
  keyRef: string,
  region: RegionName,
  signal: AbortSignal,
): Promise<EscrowPlace> {
  const described = await attempt(signal, () => reader.describeKey(region, keyRef))
  if (!described.ok) {
    if (isNotFound(described.error)) return { kind: "absent", region }
    return { kind: "unread", region, why: described.error.message }
  }
  const { arn, state, origin = "unknown", multiRegionType, related } = described.value
  const materials = await attempt(signal, () => reader.materials(region, arn))
  if (!materials.ok) return { kind: "unread", region, why: materials.error.message }
  const primary = multiRegionType !== "REPLICA"
  return { kind: "found", region, arn, state, origin, primary, related, materials: materials.value }
}

/** Source: SDK kms RotationsListEntry ImportState. */
export const isMissing = ({ importState }: KeyMaterial): boolean => importState === "PENDING_IMPORT"
