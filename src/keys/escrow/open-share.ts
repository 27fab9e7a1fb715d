import { canonicalJson } from "../../kernel/canonical-json.ts"
import { display } from "../../kernel/display.ts"
import { open, type AgeIdentity } from "./age.ts"
import { refused } from "./refused.ts"
import { hasDigest, wipe } from "./secret-bytes.ts"
import type { EscrowRecord, EscrowSet } from "./set.ts"
import { readShareText, type OpenedShare } from "./share-text.ts"

/** A file as it was named, and what stands in it: armored age, so no secret. */
export interface ShareFile {
  readonly from: string
  readonly text: string
}

/** A share that is what was written, for all that it and the record say. The caller wipes `share`. */
export interface ProvenShare extends OpenedShare {
  readonly from: string
  /** Opened by the identity that the set names for the custodian, and not by a later one. */
  readonly byRecorded: boolean
}

/**
 * Opens one file with whichever identity fits and holds it against the digests of its set.
 * @throws DrError E_ESCROW_IDENTITY (no identity fits), E_ESCROW_SHARE (altered), E_ESCROW_SET (not as recorded)
 */
export async function openShare(
  { from, text }: ShareFile,
  identities: readonly AgeIdentity[],
  records: readonly EscrowRecord[],
): Promise<ProvenShare> {
  const file = display(from)
  const opened = await open(text, identities)
  if (opened.kind === "broken") throw refused("E_ESCROW_SHARE", `${file} is damaged: ${opened.why}`)
  if (opened.kind === "no-identity") {
    throw refused("E_ESCROW_IDENTITY", `no identity given opens ${file}: it is somebody else's, or it was altered`, {
      hints: ["--identity FILE, of the custodian that it was handed to"],
    })
  }
  try {
    const share = readShareText(opened.secret, file)
    const problem = problemOf(share, file, records)
    if (problem === undefined) {
      const byRecorded = share.set.custodians[share.index - 1]?.recipient === opened.by.recipient
      return { ...share, from, byRecorded }
    }
    wipe(share.share)
    throw problem
  } finally {
    wipe(opened.secret)
  }
}

function problemOf(share: OpenedShare, file: string, records: readonly EscrowRecord[]): Error | undefined {
  const { set, index, custodian } = share
  const whose = `${file} (share ${index}, ${display(custodian)})`
  const named = set.custodians[index - 1]
  if (named?.name !== custodian)
    return refused("E_ESCROW_SHARE", `${whose} is altered: its set names ${display(named?.name ?? "nobody")} there`)
  if (!hasDigest(share.share, named.share))
    return refused("E_ESCROW_SHARE", `${whose} is altered: it is not the share that ${display(set.id)} names there`)
  const known = records.find((record) => record.set.id === set.id)
  if (known === undefined || sameSet(known.set, set)) return undefined
  return refused("E_ESCROW_SET", `${whose} says of set ${display(set.id)} something other than its record`)
}

/** But for the material's id, which a share may have been written without. */
export const sameSet = (a: EscrowSet, b: EscrowSet): boolean => factsOf(a) === factsOf(b)

const factsOf = (set: EscrowSet): string => canonicalJson({ ...set, keyMaterialId: undefined })
