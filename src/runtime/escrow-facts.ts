import type { ResolvedEnvironment } from "../estate/topology.ts"
import type { EscrowRecord } from "../keys/escrow/set.ts"
import type { EscrowFacts, Proof } from "../keys/status/recoverability.ts"
import { escrowStore } from "./escrow-store.ts"
import type { StateFolder } from "./state-folder.ts"

/** The sets of shares whose material is in KMS, by dr.yaml's name of the key. @throws DrError E_STATE for a damaged record */
export async function escrowFacts(
  state: StateFolder,
  environment: ResolvedEnvironment,
): Promise<Map<string, EscrowFacts[]>> {
  const facts = new Map<string, EscrowFacts[]>()
  for (const record of await escrowStore(state).list()) {
    const { set, stage } = record
    if (stage !== "complete" || set.env !== environment.name) continue
    const { id, keyArn, keyMaterialId, custodians, threshold } = set
    const proof = lastQuorum(record, environment.simulated)
    const fact: EscrowFacts = {
      set: id,
      keyArn,
      materialIds: keyMaterialId === undefined ? [] : [keyMaterialId],
      custodians: custodians.length,
      threshold,
      ...(proof === undefined ? {} : { proof }),
    }
    facts.set(set.key, [...(facts.get(set.key) ?? []), fact])
  }
  return facts
}

function lastQuorum({ quorums }: EscrowRecord, simulated: boolean): Proof | undefined {
  const newest = quorums.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))[0]
  return newest === undefined ? undefined : { at: newest.at, run: newest.by, simulated }
}
