import { keyIdOf } from "../../access/arn.ts"
import type { ResolvedEnvironment } from "../../estate/topology.ts"
import type { RegionName } from "../../kernel/brands.ts"
import { identify, regionOf, type KnownKey } from "../plan/identify.ts"
import { wantedStates, type WantedState } from "../plan/wanted-state.ts"
import type { EstateKey, KeyFacts, KeyInventory } from "../status/key-inventory.ts"

/** A key as dr.yaml wants it, beside what AWS has of it. */
export interface ExportedKey {
  readonly wanted: WantedState
  /** Empty when nothing was read, or no such key exists yet. */
  readonly live: ReadonlyMap<RegionName, KeyFacts>
}

/** Why no import block can be written for a key: with a configuration alone Terraform would make a second one. */
export interface Obstacle {
  readonly key: string
  readonly message: string
  /** AWS did not tell: the Region gave no answer, or refused one. */
  readonly unread?: "silent" | "refused"
}

/** Without an inventory no key is known. */
export function exportedKeys(
  environment: ResolvedEnvironment,
  inventory: KeyInventory | undefined,
): { readonly keys: readonly ExportedKey[]; readonly obstacles: readonly Obstacle[] } {
  const obstacles: Obstacle[] = []
  const keys = wantedStates(environment).map((wanted): ExportedKey => {
    const seen = inventory?.keys.find(({ name, side }) => name === wanted.name && side === wanted.side)
    if (seen === undefined) return { wanted, live: new Map() }
    const found = identify(wanted, seen)
    const refused = seen.places.some((place) => place.kind === "unread" && !place.unreachable)
    const stop = (message: string, unread = false): void =>
      void obstacles.push({
        key: `${wanted.side} key ${wanted.name}`,
        message,
        ...(unread ? { unread: refused ? "refused" : "silent" } : {}),
      })
    if (found.kind === "unclear")
      for (const { code, message } of found.problems) stop(message, code === "not-read" || code === "strays-unknown")
    if (found.kind !== "key") return { wanted, live: new Map() }
    for (const message of unreadOf(seen, found.key)) stop(message, true)
    for (const message of misfits(wanted, found.key)) stop(message)
    return { wanted, live: found.key.regions }
  })
  return { keys, obstacles }
}

function* unreadOf(seen: EstateKey, known: KnownKey): Generator<string> {
  for (const place of seen.places) {
    if (!place.wanted || known.regions.has(place.region)) continue
    if (place.kind === "unread") yield `nobody can say what is in ${place.region}: ${place.why}`
  }
  for (const { region, aliases, grants, tags, gaps } of known.regions.values()) {
    if (aliases !== undefined && grants !== undefined && tags !== undefined) continue
    yield gaps.map(({ what, why }) => `${what} in ${region} could not be read: ${why}`).join("; ")
  }
}

/** What Terraform could only mend by making another key. */
function* misfits(wanted: WantedState, known: KnownKey): Generator<string> {
  const [home] = wanted.regions
  const primary = known.primary === undefined ? undefined : regionOf(known.primary)
  if (wanted.multiRegion && primary === undefined)
    yield `${known.keyId} is a single-Region key and cannot become multi-Region`
  if (!wanted.multiRegion && primary !== undefined)
    yield `${known.keyId} is multi-Region, dr.yaml says multiRegion: false`
  if (primary !== undefined && primary !== home) yield `its primary is in ${primary}, dr.yaml wants it in ${home}`
  for (const [region, { state, origin }] of known.regions) {
    if (!wanted.regions.includes(region)) continue
    if (!ADOPTABLE.has(state)) yield `${known.keyId} is ${state} in ${region}: Terraform would not find it`
    if (origin !== wanted.origin) yield `its material is ${origin}, dr.yaml says ${wanted.origin}`
  }
}

const ADOPTABLE: ReadonlySet<string> = new Set(["Enabled", "Disabled", "PendingImport", "Updating"])

export const importIdOf = ({ arn }: Pick<KeyFacts, "arn">): string => keyIdOf(arn) ?? arn
