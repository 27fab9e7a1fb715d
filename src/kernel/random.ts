import { createHash } from "node:crypto"

/** Bytes from outside: the real source stands in `runtime/`, tests give their own. */
export type RandomBytes = (size: number) => Uint8Array

/**
 * A uniform number in [0, 1) that depends only on seed and label: the order in which a drill samples objects. Anyone
 * who knows the seed (it is in the record) can draw the same sample again.
 */
export function seededFraction(seed: string, label: string): number {
  const hash = createHash("sha256").update(seed).update("\0").update(label).digest()
  return hash.readUIntBE(0, 6) / 2 ** 48
}
