import type { RegionName } from "../../kernel/brands.ts"
import { DAY } from "../../kernel/units.ts"
import { isMissing, type EscrowPlace } from "./places.ts"
import type { EscrowRecord } from "./set.ts"

/** Days before the end at which a person should hear of it again. */
const WARN_DAYS = [60, 30, 14, 7, 1] as const
/** From here on `--check` says no: an import needs m people at one table. */
const CHECK_DAYS = 30
/** A quarter. */
const PROOF_DAYS = 92

interface CustodianState {
  readonly name: string
  readonly recipient: string
  /** ISO 8601. */
  readonly lastProofAt?: string
  readonly overdue: boolean
  /** dr.yaml names somebody else, or another recipient. */
  readonly changed: boolean
}

export interface PlaceExpiry {
  readonly region: RegionName
  /** KMS's state of the key there; `absent`, `unread`. */
  readonly state: string
  readonly missing: boolean
  readonly expiresAt?: string
  /** Whole days that are left, cut down: 0 on the last day. Negative = over. */
  readonly daysLeft?: number
  /** The narrowest of 60, 30, 14, 7, 1 that the days have fallen to. */
  readonly warning?: number
}

export interface SetState {
  readonly id: string
  readonly key: string
  readonly keyArn: string
  readonly n: number
  readonly m: number
  readonly stage: EscrowRecord["stage"]
  readonly createdAt: string
  readonly custodians: readonly CustodianState[]
  readonly lastQuorumAt?: string
  readonly places: readonly PlaceExpiry[]
  readonly problems: readonly string[]
}

export interface KeyWithEscrow {
  readonly key: string
  /** As dr.yaml has them. */
  readonly custodians: Readonly<Record<string, string>>
  /** Undefined = AWS was not asked. */
  readonly places?: readonly EscrowPlace[]
}

/** How every set stands, and what is wrong with it. Pure. `problems` is what `--check` says no for. */
export function overviewOf(
  keys: readonly KeyWithEscrow[],
  records: readonly EscrowRecord[],
  now: number,
): { sets: SetState[]; problems: string[] } {
  const living = records.filter(({ stage }) => stage !== "abandoned")
  const sets = living.map((record) =>
    stateOf(
      record,
      keys.find(({ key }) => key === record.set.key),
      now,
    ),
  )
  const without = keys
    .filter(({ key }) => !living.some(({ set }) => set.key === key))
    .map(({ key }) => `${key}: imported material, and no set in this state folder`)
  return { sets, problems: [...sets.flatMap(({ problems }) => problems), ...without] }
}

function stateOf(record: EscrowRecord, key: KeyWithEscrow | undefined, now: number): SetState {
  const { set, stage } = record
  const custodians = custodiansOf(record, key, now)
  const places = (key?.places ?? []).map((place) => expiryOf(place, set.keyMaterialId, now))
  const overdue = custodians.filter((each) => each.overdue).map(({ name }) => name)
  const lastQuorumAt = latest(record.quorums.map(({ at }) => at))
  const unlike = custodians.filter(({ changed }) => changed).map(({ name }) => name)
  const of = `${set.key}, ${set.id}`
  return {
    id: set.id,
    key: set.key,
    keyArn: set.keyArn,
    n: set.custodians.length,
    m: set.threshold,
    stage,
    createdAt: set.createdAt,
    custodians,
    ...(lastQuorumAt === undefined ? {} : { lastQuorumAt }),
    places,
    problems: [
      ...(stage === "split" ? [`${of}: never imported, as far as this state folder knows`] : []),
      ...(key === undefined ? [`${of}: dr.yaml has no such key with imported material`] : []),
      ...(overdue.length === 0 ? [] : [`${of}: no proof in ${PROOF_DAYS} days by ${overdue.join(", ")}`]),
      ...(unlike.length === 0 ? [] : [`${of}: ${unlike.join(", ")} not as dr.yaml names them`]),
      ...places.flatMap((place) => placeProblems(of, place)),
    ],
  }
}

function placeProblems(of: string, { region, state, missing, daysLeft, expiresAt }: PlaceExpiry): string[] {
  if (state === "unread") return [`${of}: ${region} could not be read`]
  if (state === "absent") return [`${of}: no key in ${region}`]
  if (missing) return [`${of}: the material is missing in ${region}`]
  if (daysLeft === undefined || daysLeft > CHECK_DAYS) return []
  return [`${of}: the material in ${region} expires ${expiresAt}, in ${daysLeft} d`]
}

function custodiansOf(record: EscrowRecord, key: KeyWithEscrow | undefined, now: number): CustodianState[] {
  return record.set.custodians.map(({ name, recipient }) => {
    const lastProofAt = latest([
      ...record.proofs.filter(({ custodian }) => custodian === name).map(({ at }) => at),
      ...record.quorums.filter(({ custodians }) => custodians.includes(name)).map(({ at }) => at),
    ])
    const since = now - Date.parse(lastProofAt ?? record.set.createdAt)
    return {
      name,
      recipient,
      ...(lastProofAt === undefined ? {} : { lastProofAt }),
      overdue: since > PROOF_DAYS * DAY,
      changed: key !== undefined && key.custodians[name] !== recipient,
    }
  })
}

function expiryOf(place: EscrowPlace, materialId: string | undefined, now: number): PlaceExpiry {
  if (place.kind !== "found") return { region: place.region, state: place.kind, missing: false }
  const { region, state, materials } = place
  const missing = materials.length === 0 || materials.some(isMissing)
  const own = materials.find(({ id }) => id === materialId) ?? materials.at(-1)
  const expiresAt = own?.expiresAt
  if (expiresAt === undefined) return { region, state, missing }
  const daysLeft = Math.floor((Date.parse(expiresAt) - now) / DAY)
  const warning = WARN_DAYS.findLast((days) => daysLeft <= days)
  return { region, state, missing, expiresAt, daysLeft, ...(warning === undefined ? {} : { warning }) }
}

const latest = (stamps: readonly string[]): string | undefined => stamps.toSorted().at(-1)
