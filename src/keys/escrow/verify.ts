import { DrError } from "../../kernel/errors.ts"
import type { AgeIdentity } from "./age.ts"
import { openShare, type ProvenShare, type ShareFile } from "./open-share.ts"
import { materialOf, quorumOf } from "./quorum.ts"
import { wipe } from "./secret-bytes.ts"
import type { EscrowRecord, EscrowSet } from "./set.ts"

export type ShareProof =
  | {
      readonly from: string
      readonly ok: true
      readonly set: string
      readonly custodian: string
      readonly index: number
      /** By a later identity than the set names: the share was encrypted anew. */
      readonly byAnotherIdentity: boolean
      /** The state folder knows the set, and keeps the date of the proof. */
      readonly recorded: boolean
    }
  | { readonly from: string; readonly ok: false; readonly code: string; readonly why: string }

export interface QuorumProof {
  readonly set: string
  readonly custodians: readonly string[]
  readonly needed: number
  /** `combines`: these shares give the material that the set holds. `too-few`: not tried. */
  readonly result: "combines" | "too-few" | "failed"
  readonly why?: string
}

export interface Verified {
  readonly shares: readonly ShareProof[]
  readonly quorums: readonly QuorumProof[]
}

/**
 * What is wrong with one share spoils no other's proof. Shares of one set are combined when they are enough, held against
 * what the set says of them, and forgotten. Nothing of them is in the result.
 */
export async function verifyShares(
  files: readonly ShareFile[],
  identities: readonly AgeIdentity[],
  records: readonly EscrowRecord[],
): Promise<Verified> {
  const opened: ProvenShare[] = []
  const shares: ShareProof[] = []
  try {
    for (const file of files) {
      try {
        const share = await openShare(file, identities, records)
        opened.push(share)
        shares.push(proofOf(share, records))
      } catch (thrown) {
        if (!(thrown instanceof DrError)) throw thrown
        shares.push({ from: file.from, ok: false, code: thrown.code, why: thrown.message })
      }
    }
    const sets = new Map(opened.map(({ set }) => [set.id, set]))
    const quorums: QuorumProof[] = []
    for (const [id, set] of sets)
      quorums.push(
        await proveQuorum(
          set,
          opened.filter((each) => each.set.id === id),
        ),
      )
    return { shares, quorums }
  } finally {
    wipe(...opened.map(({ share }) => share))
  }
}

const proofOf = ({ from, set, custodian, index, byRecorded }: ProvenShare, records: readonly EscrowRecord[]) => ({
  from,
  ok: true as const,
  set: set.id,
  custodian,
  index,
  byAnotherIdentity: !byRecorded,
  recorded: records.some((record) => record.set.id === set.id),
})

async function proveQuorum({ id, threshold }: EscrowSet, shares: readonly ProvenShare[]): Promise<QuorumProof> {
  const custodians = shares.map(({ custodian }) => custodian)
  const told = { set: id, custodians, needed: threshold }
  try {
    wipe(await materialOf(shares, quorumOf(shares)))
    return { ...told, result: "combines" }
  } catch (thrown) {
    if (!(thrown instanceof DrError)) throw thrown
    if (thrown.code === "E_ESCROW_QUORUM") return { ...told, result: "too-few" }
    return { ...told, result: "failed", why: thrown.message }
  }
}

/** The records with what was proven at `at`; those that learned nothing are left out. Pure. */
export function withProofs(
  records: readonly EscrowRecord[],
  { shares, quorums }: Verified,
  { at, by }: { readonly at: string; readonly by: string },
): EscrowRecord[] {
  return records.flatMap((record) => {
    const { id } = record.set
    const proofs = shares.flatMap((share) => (share.ok && share.set === id ? [{ custodian: share.custodian, at }] : []))
    const combined = quorums.filter((quorum) => quorum.set === id && quorum.result === "combines")
    if (proofs.length === 0) return []
    const more = combined.map(({ custodians }) => ({ custodians: [...custodians], at, by }))
    return [{ ...record, proofs: [...record.proofs, ...proofs], quorums: [...record.quorums, ...more] }]
  })
}
