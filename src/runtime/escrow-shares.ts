import { DrError } from "../kernel/errors.ts"
import { openShare, type ProvenShare } from "../keys/escrow/open-share.ts"
import { accountOf } from "../keys/escrow/places.ts"
import { materialOf, quorumOf, type KeyName } from "../keys/escrow/quorum.ts"
import { wipe, type SecretBytes } from "../keys/escrow/secret-bytes.ts"
import type { EscrowRecord, EscrowSet } from "../keys/escrow/set.ts"
import { gatherIdentities, readShareFiles } from "./escrow-files.ts"

export interface SharesWanted extends KeyName {
  readonly shares: readonly string[]
  readonly identities: readonly string[]
  readonly account: string
  readonly records: readonly EscrowRecord[]
  readonly silent: boolean
  readonly codesFromStdin: boolean
  readonly signal: AbortSignal
}

export interface GivenMaterial {
  readonly set: EscrowSet
  readonly record: EscrowRecord | undefined
  readonly custodians: readonly string[]
  /** The caller wipes it. */
  readonly material: SecretBytes
}

/**
 * From files and identities to the material, all of it offline: what is wrong with a share is told before AWS hears
 * anything. @throws DrError E_ESCROW_…, each naming file and custodian
 */
export async function materialFromShares(wanted: SharesWanted): Promise<GivenMaterial> {
  const { shares: paths, records, signal } = wanted
  const files = await readShareFiles(paths, signal)
  const identities = await gatherIdentities({ ...wanted, shares: paths })
  const shares: ProvenShare[] = []
  try {
    for (const file of files) shares.push(await openShare(file, identities, records))
    const set = quorumOf(shares, wanted)
    if (accountOf(set.keyArn) !== wanted.account)
      throw new DrError({
        code: "E_ESCROW_SET",
        message: `set ${set.id} is of ${set.keyArn}, and dr.yaml has the key in account ${wanted.account}`,
      })
    const record = records.find((known) => known.set.id === set.id)
    const known = set.keyMaterialId ?? record?.set.keyMaterialId
    return {
      set: { ...set, ...(known === undefined ? {} : { keyMaterialId: known }) },
      record,
      custodians: shares.map(({ custodian }) => custodian),
      material: await materialOf(shares, set),
    }
  } finally {
    wipe(...shares.map(({ share }) => share))
  }
}

/** The record after a recovery: what it proved, and the set itself where the state folder had lost it. Pure. */
export function afterRecovery(
  { record, custodians }: Pick<GivenMaterial, "record" | "custodians">,
  set: EscrowSet,
  { at, by }: { readonly at: string; readonly by: string },
): EscrowRecord {
  const known = record ?? { set, stage: "complete" as const, proofs: [], quorums: [] }
  return {
    ...known,
    set,
    stage: "complete",
    proofs: [...known.proofs, ...custodians.map((custodian) => ({ custodian, at }))],
    quorums: [...known.quorums, { custodians: [...custodians], at, by }],
  }
}
