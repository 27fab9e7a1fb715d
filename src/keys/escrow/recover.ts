import type { KeyArn, RegionName } from "../../kernel/brands.ts"
import type { DrError } from "../../kernel/errors.ts"
import type { Millis } from "../../kernel/units.ts"
import type { AccountReader } from "../inventory-port.ts"
import { attempt } from "../status/attempt.ts"
import { bringMaterial } from "./bring.ts"
import { stepTeller, type EscrowDeps } from "./deps.ts"
import { accountOf, arnIn, readPlace, readPlaces, regionOf, type EscrowPlace, type FoundPlace } from "./places.ts"
import { provePlace } from "./prove.ts"
import { decidePlace, foreignMissing } from "./recover-decision.ts"
import type { SecretBytes } from "./secret-bytes.ts"
import type { EscrowRecord, EscrowSet } from "./set.ts"

export interface RecoveredPlace {
  readonly region: RegionName
  /** `brought`: imported now. `held`: it was there. `failed`: it is not there. */
  readonly result: "brought" | "held" | "failed"
  readonly before: string
  readonly state: string
  readonly proof: "decrypted" | "no-canary" | "failed"
  /** Ids of missing material that this set cannot bring. */
  readonly foreign: readonly string[]
  readonly why?: string
  readonly hint?: string
}

export interface Recovered {
  readonly set: EscrowSet
  readonly places: readonly RecoveredPlace[]
}

export interface RecoverWanted {
  readonly set: EscrowSet
  /** Held against the set already. The caller wipes it. */
  readonly material: SecretBytes
  /** Dr.yaml's; Regions that the key itself names come along. */
  readonly regions: readonly RegionName[]
  readonly expires: Millis | undefined
  readonly canary: EscrowRecord["canary"]
}

/**
 * Brings the material to every Region that lacks it, and opens an old ciphertext in each. A Region that fails stops no
 * other: one that reads is worth more than none. May be done again at any time; what is there stays.
 * @throws DrError E_NO_IDENTITY, E_ASSUME_ROLE (77) when nobody may
 */
export async function recoverEscrow(deps: EscrowDeps, wanted: RecoverWanted): Promise<Recovered> {
  const { set } = wanted
  const account = accountOf(set.keyArn)
  const reader = await deps.actors.reader(account)
  const places = await allPlaces(deps, reader, wanted)
  const results: RecoveredPlace[] = []
  let id = set.keyMaterialId
  for (const place of places) {
    deps.signal.throwIfAborted()
    const done = await recoverPlace(deps, wanted, place, id)
    id ??= done.id
    results.push(done.result)
  }
  return { set: { ...set, ...(id === undefined ? {} : { keyMaterialId: id }) }, places: results }
}

/** The wanted Regions, and those that the key names besides. */
async function allPlaces(deps: EscrowDeps, reader: AccountReader, wanted: RecoverWanted): Promise<EscrowPlace[]> {
  const { set, regions } = wanted
  const ref = (region: RegionName): KeyArn => arnIn(set.keyArn, region)
  const home = regionOf(set.keyArn)
  const known = [...new Set([home, ...regions])]
  const places = await readPlaces(reader, ref, known, deps.signal)
  const named = places.flatMap((place) => (place.kind === "found" ? place.related.map(regionOf) : []))
  const more = [...new Set(named)].filter((region) => !known.includes(region))
  return [...places, ...(await readPlaces(reader, ref, more, deps.signal))]
}

async function recoverPlace(
  deps: EscrowDeps,
  { set, material, expires, canary }: RecoverWanted,
  place: EscrowPlace,
  id: string | undefined,
): Promise<{ result: RecoveredPlace; id?: string }> {
  const { region } = place
  const tell = stepTeller(deps.emit, set.id)
  const decision = decidePlace(place, { ...set, ...(id === undefined ? {} : { keyMaterialId: id }) }, deps.clock.now())
  if (decision.kind === "impossible") {
    tell("material imported", "failed", region)
    return { result: { ...failed(place), why: decision.why, hint: decision.hint } }
  }
  const found = decision.place
  let ownId = id
  if (decision.kind === "import") {
    const brought = await attempt(deps.signal, async () => {
      const admin = await deps.actors.admin(accountOf(found.arn), "break-glass")
      return bringMaterial(admin, found.arn, { set, material, type: "EXISTING_KEY_MATERIAL", expires })
    })
    tell("material imported", brought.ok ? "ok" : "failed", region)
    if (!brought.ok) {
      if (isNobody(brought.error)) throw brought.error
      return { result: { ...failed(place), why: brought.error.message, hint: "recover again: nothing is made twice" } }
    }
    ownId = brought.value
  }
  const after = await readPlace(await deps.actors.reader(accountOf(found.arn)), found.arn, region, deps.signal)
  const foreign = after.kind === "found" ? foreignMissing(after, ownId) : []
  const result = decision.kind === "import" ? ("brought" as const) : ("held" as const)
  const told = { region, result, before: found.state, foreign }
  if (after.kind === "found" && foreign.length > 0) return withId({ ...told, ...stillLacks(after, foreign) }, ownId)
  const proof = await provePlace(deps, accountOf(found.arn), found, canary)
  tell("old ciphertext opened", proof.proof === "decrypted" ? "ok" : "failed", region)
  return withId({ ...told, ...proof }, ownId)
}

const withId = (result: RecoveredPlace, id: string | undefined) => ({ result, ...(id === undefined ? {} : { id }) })

const stillLacks = (place: FoundPlace, foreign: readonly string[]) => ({
  state: place.state,
  proof: "failed" as const,
  why: `material ${foreign.join(", ")} is missing as well, and not of this set`,
  hint: "KMS needs every material of a key: recover with the shares of the set that holds it",
})

const failed = (place: EscrowPlace): RecoveredPlace => {
  const state = place.kind === "found" ? place.state : place.kind
  return { region: place.region, result: "failed", before: state, state, proof: "failed", foreign: [] }
}

/** Without a person behind the glass no Region can be done. */
const isNobody = ({ code }: DrError): boolean =>
  ["E_NO_IDENTITY", "E_ASSUME_ROLE", "E_NO_INPUT", "E_USAGE"].includes(code)

/** 0 = everywhere and proven; 3 = everywhere, and nothing proves it; 1 = missing somewhere. */
export function verdictOf(places: ReadonlyArray<Pick<RecoveredPlace, "proof">>): "proven" | "not-proven" | "failed" {
  if (places.some(({ proof }) => proof === "failed")) return "failed"
  return places.every(({ proof }) => proof === "decrypted") ? "proven" : "not-proven"
}
