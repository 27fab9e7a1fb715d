import type { ResolvedEnvironment } from "../../estate/topology.ts"
import type { AccountId, KeyArn } from "../../kernel/brands.ts"
import type { KeyAccess } from "./key-access.ts"
import type { EstateKey, KeyInventory } from "./key-inventory.ts"
import { recoveryCells } from "./recovery-key-cells.ts"
import { sceneOf } from "./recoverability-scene.ts"
import { workloadCells } from "./workload-key-cells.ts"

/**
 * What may strike a key. `deleted` and `account-hostile` take it in every Region; the others take it in the Region of
 * its data and leave its replicas as they are, since state, policy and imported material belong to one Region each
 * (source: KMS multi-region-keys-overview). Two incidents at once are not judged.
 */
export const INCIDENTS = [
  "disabled",
  "pending-deletion",
  "deleted",
  "material-lost",
  "policy-lock-out",
  "region-lost",
  "account-hostile",
] as const
export type Incident = (typeof INCIDENTS)[number]

/**
 * How what the key protects comes back, best first.
 * - `instant`: another Region's key reads it, nothing need be done
 * - `minutes`: one person, or the custodians, with calls that work now
 * - `from-copy`: the key is not waited for: the data are read elsewhere under another key, or copied again
 * - `support-case`: nobody of ours can; AWS Support can, in hours or days
 * - `unrecoverable`: there is no way back
 * - `cannot-happen`: no class at all: KMS made the material itself and loses none of it; shown as "-"
 */
export type RecoveryClass = "instant" | "minutes" | "from-copy" | "support-case" | "unrecoverable" | "cannot-happen"

export interface RecoverabilityCell {
  readonly incident: Incident
  readonly class: RecoveryClass
  /** For people: why this class and none better. */
  readonly reason: string
  /** ARNs of the roles and keys, and URLs of the buckets, that carry it. */
  readonly by: readonly string[]
  /** What must be done or stay true, in the order of doing; calls are `service:Operation …`. */
  readonly needs: readonly string[]
  /** The last time that a drill showed it; of several datasets the one whose last proof is oldest. Undefined = not every one was shown. */
  readonly proof?: Proof
  /** It has happened: what AWS says of the key now. */
  readonly current?: string
}

export interface Proof {
  /** ISO 8601. */
  readonly at: string
  readonly run: string
  readonly simulated: boolean
}

/** One row of the table. */
export interface KeyRecoverability {
  /** dr.yaml's. */
  readonly key: string
  readonly side: "workload" | "recovery"
  readonly account: AccountId
  readonly alias: string
  /** In the order of `INCIDENTS`. */
  readonly cells: readonly RecoverabilityCell[]
}

/** The last drill that read a dataset's objects from the recovery side, under the recovery key alone. */
export interface DatasetProof extends Proof {
  readonly dataset: string
  readonly drill: string
}

/** One set of shares of imported material. A key with several materials needs a set for each. */
export interface EscrowFacts {
  readonly set: string
  /** Of any Region: related keys share material. */
  readonly keyArn: KeyArn
  readonly materialIds: readonly string[]
  readonly custodians: number
  readonly threshold: number
  /** The last time that enough shares were put together. */
  readonly proof?: Proof
}

export interface RecoverabilityFacts {
  readonly environment: ResolvedEnvironment
  /** Of the same inventory: `keyAccess`. */
  readonly access: KeyAccess
  /** By dr.yaml's name of the key; none = there is no set. */
  readonly escrow: ReadonlyMap<string, readonly EscrowFacts[]>
  readonly proofs: readonly DatasetProof[]
  /** Epoch milliseconds. */
  readonly now: number
}

/**
 * Every key and incident, from what was read. A replica or recovery key that is absent, not Enabled or not read carries
 * nothing, and a right that is not surely allowed is none. Pure.
 */
export function recoverability(inventory: KeyInventory, facts: RecoverabilityFacts): KeyRecoverability[] {
  const counterparts = new Map(inventory.keys.map((key) => [`${key.side}/${key.name}`, key]))
  return inventory.keys.map((key) => {
    const other = key.side === "workload" ? "recovery" : "workload"
    return recoverabilityOf(key, counterparts.get(`${other}/${key.name}`), facts)
  })
}

/** `counterpart`: the recovery key of a workload key, and the other way round. */
function recoverabilityOf(
  key: EstateKey,
  counterpart: EstateKey | undefined,
  facts: RecoverabilityFacts,
): KeyRecoverability {
  const scene = sceneOf(key, counterpart, facts)
  const { name, side, account, alias } = key
  return { key: name, side, account, alias, cells: side === "workload" ? workloadCells(scene) : recoveryCells(scene) }
}
