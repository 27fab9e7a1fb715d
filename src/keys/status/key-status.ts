import type { ResolvedEnvironment } from "../../estate/topology.ts"
import type { AccountId } from "../../kernel/brands.ts"
import type { KeyInventory, EstateKey, KeyFacts } from "./key-inventory.ts"
import { placeStatus, type PlaceContext, type PlaceStatus } from "./place-status.ts"
import { policyDrift } from "./policy-drift.ts"
import type { DatasetProof, KeyRecoverability } from "./recoverability.ts"
import { keyProblems, type KeyProblem } from "./key-problems.ts"

/** What `dr keys status` says about one environment. */
export interface EnvironmentKeys {
  readonly env: string
  readonly simulated: boolean
  /** ISO 8601: when AWS was asked. */
  readonly takenAt: string
  readonly ageMs: number
  readonly source: "live" | "snapshot"
  /** Of a snapshot: fingerprint of the key that signed it. */
  readonly signer?: string
  readonly keys: readonly KeyStatus[]
}

export interface KeyStatus {
  /** dr.yaml's. */
  readonly name: string
  readonly side: "workload" | "recovery"
  readonly account: AccountId
  readonly accountName: string
  readonly alias: string
  readonly places: readonly PlaceStatus[]
  /** The newest passed drill of each dataset under the key, oldest first. */
  readonly proofs: readonly DatasetProof[]
  /** Datasets under the key of which no drill has read anything. */
  readonly unproven: readonly string[]
  readonly recoverability: KeyRecoverability["cells"]
  /** Keys with our tags that are not behind the alias. */
  readonly strays: ReadonlyArray<Pick<KeyFacts, "arn" | "region" | "state">>
  readonly straysUnknown?: string
  /** With any of them `--check` says no. */
  readonly problems: readonly KeyProblem[]
}

export interface StatusFacts {
  readonly environment: ResolvedEnvironment
  readonly source: EnvironmentKeys["source"]
  readonly signer?: string
  readonly proofs: readonly DatasetProof[]
  /** Of the same inventory. */
  readonly recoverability: readonly KeyRecoverability[]
  /** Epoch milliseconds. */
  readonly now: number
}

/** Everything that was read, judged. Pure. */
export function environmentKeys(inventory: KeyInventory, facts: StatusFacts): EnvironmentKeys {
  const { environment, source, signer, now } = facts
  const driftOf = policyDrift(environment)
  const rows = new Map(facts.recoverability.map((row) => [`${row.side}/${row.key}`, row]))
  return {
    env: inventory.env,
    simulated: environment.simulated,
    takenAt: inventory.takenAt,
    ageMs: now - Date.parse(inventory.takenAt),
    source,
    ...(signer === undefined ? {} : { signer }),
    keys: inventory.keys.map((key) =>
      keyStatus({ environment, key, driftOf, now }, facts.proofs, rows.get(`${key.side}/${key.name}`)?.cells ?? []),
    ),
  }
}

function keyStatus(
  context: PlaceContext,
  proofs: readonly DatasetProof[],
  recoverability: KeyRecoverability["cells"],
): KeyStatus {
  const { key, environment } = context
  const { name, side, account, alias } = key
  const places = key.places.map((place) => placeStatus(context, place))
  return {
    name,
    side,
    account,
    accountName: side === "workload" ? environment.workload.name : environment.recovery.name,
    alias,
    places,
    ...proven(environment, key, proofs),
    recoverability,
    strays: key.strays.map(({ arn, region, state }) => ({ arn, region, state })),
    ...(key.straysUnknown === undefined ? {} : { straysUnknown: key.straysUnknown }),
    problems: keyProblems(key, places, recoverability),
  }
}

function proven(
  environment: ResolvedEnvironment,
  key: EstateKey,
  proofs: readonly DatasetProof[],
): Pick<KeyStatus, "proofs" | "unproven"> {
  const names = environment.datasets.filter((dataset) => dataset.key === key.name).map((dataset) => dataset.name)
  const newest = names.flatMap((name) => newestOf(proofs.filter(({ dataset }) => dataset === name)))
  return {
    proofs: newest.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    unproven: names.filter((name) => newest.every(({ dataset }) => dataset !== name)),
  }
}

const newestOf = (proofs: readonly DatasetProof[]): DatasetProof[] =>
  [...proofs].sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, 1)
