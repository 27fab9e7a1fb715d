import { EXIT, type ExitCode } from "../kernel/exit-codes.ts"
import type { verdictOf } from "../keys/escrow/recover.ts"
import type { EscrowRecord, EscrowSet } from "../keys/escrow/set.ts"

/** Material that opens nothing that was shown is not proven, which is no success. */
export const EXIT_OF_VERDICT: Readonly<Record<ReturnType<typeof verdictOf>, ExitCode>> = {
  proven: EXIT.ok,
  "not-proven": EXIT.checkSaysNo,
  failed: EXIT.failed,
}

/** A set as `--json` tells it; never a share, and nothing that is sealed. */
export interface SetSummary {
  readonly id: string
  readonly env: string
  readonly key: string
  readonly keyArn: string
  readonly n: number
  readonly m: number
  readonly custodians: readonly string[]
  readonly keyMaterialId?: string
  readonly kcv: string
  readonly commitment: string
  readonly createdAt: string
  readonly lastProofAt?: string
  readonly result: string
}

export function setSummary(set: EscrowSet, result: string, record?: Pick<EscrowRecord, "proofs">): SetSummary {
  const lastProofAt = record?.proofs
    .map(({ at }) => at)
    .toSorted()
    .at(-1)
  return {
    id: set.id,
    env: set.env,
    key: set.key,
    keyArn: set.keyArn,
    n: set.custodians.length,
    m: set.threshold,
    custodians: set.custodians.map(({ name }) => name),
    ...(set.keyMaterialId === undefined ? {} : { keyMaterialId: set.keyMaterialId }),
    kcv: set.material.kcv,
    commitment: set.commitment,
    createdAt: set.createdAt,
    ...(lastProofAt === undefined ? {} : { lastProofAt }),
    result,
  }
}
