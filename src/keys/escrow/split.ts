import { combine, split } from "shamir-secret-sharing"
import { EXIT } from "../../kernel/exit-codes.ts"
import { refused } from "./refused.ts"
import { hasDigest, secretFrom, wipe, type SecretBytes } from "./secret-bytes.ts"

/** A y for each byte of the secret, and the x of the point behind them. */
const shareSize = (secretSize: number): number => secretSize + 1

/**
 * Splits into n shares of which any m give the secret again and fewer tell nothing. With three people at least, one loss is
 * survivable; with two at least, nobody recovers alone. The caller wipes the shares.
 * @throws DrError E_ESCROW_SPLIT (64)
 */
export async function splitSecret(secret: SecretBytes, n: number, m: number): Promise<SecretBytes[]> {
  if (!Number.isInteger(n) || !Number.isInteger(m) || n < 3 || n > 255 || m < 2 || m > n) {
    throw refused("E_ESCROW_SPLIT", `no split into ${n} shares of which ${m} recover: 3 to 255, and 2 to as many`, {
      exit: EXIT.usage,
    })
  }
  const shares = (await split(secret, n, m)) as SecretBytes[]
  await mustCombine(secret, shares.slice(0, m))
  await mustCombine(secret, shares.slice(-m))
  return shares
}

/** The library and the memory are trusted after they have shown it: what does not combine now never will. */
async function mustCombine(secret: SecretBytes, shares: readonly SecretBytes[]): Promise<void> {
  const back = secretFrom(await combine([...shares]))
  const same = back.length === secret.length && back.every((byte, at) => byte === secret[at])
  wipe(back)
  if (!same) throw refused("E_ESCROW_SPLIT", "shares that were just made do not combine: nothing was imported")
}

/**
 * The secret, or an error: combining does not notice wrong, altered or too few shares, so the outcome counts only when its
 * SHA-256 is the commitment. More shares than m are welcome; each must fit. The caller wipes the result.
 * @throws DrError E_ESCROW_QUORUM (77), E_ESCROW_SHARE, E_ESCROW_DUPLICATE, E_ESCROW_COMMITMENT
 */
export async function combineShares(
  shares: readonly SecretBytes[],
  { threshold, commitment, size = 32 }: { threshold: number; commitment: string; size?: number },
): Promise<SecretBytes> {
  if (shares.length < threshold) throw tooFew(shares.length, threshold)
  const points = new Set<number>()
  for (const [at, share] of shares.entries()) {
    const x = share.at(-1)
    if (share.length !== shareSize(size) || x === undefined || x === 0)
      throw refused("E_ESCROW_SHARE", `share ${at + 1} of those given has a form that no share has`)
    if (points.has(x)) throw refused("E_ESCROW_DUPLICATE", `share ${at + 1} of those given is another one once more`)
    points.add(x)
  }
  const secret = (await combine([...shares])) as SecretBytes
  if (hasDigest(secret, commitment)) return secret
  wipe(secret)
  throw refused(
    "E_ESCROW_COMMITMENT",
    "the shares combine to something other than what was split: one of them is not of this set, or was altered",
    { hints: ["prove each share by itself: dr keys escrow verify SHARE --identity FILE"] },
  )
}

export const tooFew = (given: number, threshold: number): Error =>
  refused("E_ESCROW_QUORUM", `${given} ${given === 1 ? "share" : "shares"} of the ${threshold} that are needed`, {
    exit: EXIT.noPermission,
    hints: ["--share FILE once for each custodian"],
  })
