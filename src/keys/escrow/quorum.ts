import { display } from "../../kernel/display.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { identityOf, open } from "./age.ts"
import { mustBe } from "./material.ts"
import { sameSet, type ProvenShare } from "./open-share.ts"
import { refused } from "./refused.ts"
import { wipe, type SecretBytes } from "./secret-bytes.ts"
import type { EscrowSet } from "./set.ts"
import { combineShares, tooFew } from "./split.ts"

/** The key that the shares must be of; left out = whichever they are of. */
export interface KeyName {
  readonly env: string
  readonly key: string
}

/**
 * The set that all these shares are of, when they are enough. Pure; nothing is combined.
 * @throws DrError E_ESCROW_SET, E_ESCROW_DUPLICATE, E_ESCROW_QUORUM (77), each naming file and custodian
 */
export function quorumOf(shares: readonly ProvenShare[], wanted?: KeyName): EscrowSet {
  const [first, ...others] = shares
  if (first === undefined) throw tooFew(0, 2)
  for (const share of shares) mustBeOf(share, wanted)
  for (const other of others) mustAgree(first, other)
  const holders = new Map<number, ProvenShare>()
  for (const share of shares) {
    const twice = holders.get(share.index)
    if (twice !== undefined) throw duplicate(twice, share)
    holders.set(share.index, share)
  }
  const { threshold, custodians } = first.set
  if (shares.length < threshold) {
    const missing = custodians.filter((_, at) => !holders.has(at + 1)).map(({ name }) => display(name))
    throw refused(
      "E_ESCROW_QUORUM",
      `${shares.length} of the ${threshold} shares that are needed (${[...holders.values()].map(told).join(", ")})`,
      {
        exit: EXIT.noPermission,
        hints: [`${threshold - shares.length} more of ${missing.join(", ")}: --share FILE for each`],
      },
    )
  }
  // Whichever share knows the material's id: one may have been written before the import.
  return shares.find(({ set }) => set.keyMaterialId !== undefined)?.set ?? first.set
}

const told = ({ from, index, custodian }: ProvenShare): string =>
  `${display(from)} (share ${index}, ${display(custodian)})`

function mustBeOf(share: ProvenShare, wanted: KeyName | undefined): void {
  const { env, key, id } = share.set
  if (wanted === undefined || (env === wanted.env && key === wanted.key)) return
  throw refused(
    "E_ESCROW_SET",
    `${told(share)} is of set ${display(id)}, of key ${display(key)} in ${display(env)}, and not of ${wanted.key} in ${wanted.env}`,
  )
}

function mustAgree(first: ProvenShare, other: ProvenShare): void {
  if (first.set.id !== other.set.id) {
    throw refused(
      "E_ESCROW_SET",
      `shares of two sets: ${told(other)} is of ${display(other.set.id)}, ${told(first)} of ${display(first.set.id)}`,
    )
  }
  const [one, two] = [first.set.keyMaterialId, other.set.keyMaterialId]
  if (sameSet(first.set, other.set) && (one === undefined || two === undefined || one === two)) return
  throw refused("E_ESCROW_SET", `${told(other)} and ${told(first)} do not say the same of their set`)
}

function duplicate(one: ProvenShare, two: ProvenShare): Error {
  return refused("E_ESCROW_DUPLICATE", `${told(two)} is the same share as ${told(one)}`, {
    hints: ["each custodian counts once: take another's share"],
  })
}

/**
 * The material: shares to identity, identity to material, each held against what the set says of it. Nothing of it leaves
 * the process. The caller wipes the result; the shares stay the caller's too.
 * @throws DrError E_ESCROW_COMMITMENT, E_ESCROW_MATERIAL, and those of combining
 */
export async function materialOf(shares: readonly ProvenShare[], set: EscrowSet): Promise<SecretBytes> {
  const scalar = await combineShares(
    shares.map(({ share }) => share),
    { threshold: set.threshold, commitment: set.commitment },
  )
  try {
    const identity = await identityOf(scalar)
    if (identity.recipient !== set.recipient)
      throw refused("E_ESCROW_COMMITMENT", "the identity that the shares give is not the recorded recipient's")
    const opened = await open(set.material.sealed, [identity])
    if (opened.kind !== "opened")
      throw refused("E_ESCROW_MATERIAL", "the sealed material of the set does not open: it was altered")
    mustBe(opened.secret, set.material)
    return opened.secret
  } finally {
    wipe(scalar)
  }
}
