import { createHash } from "node:crypto"
import type { RandomBytes } from "../../src/kernel/random.ts"

/** The same bytes on every run: SHA-256 of seed and counter, cut to size. */
export function seededRandom(seed: string): RandomBytes {
  let counter = 0
  return (size) => {
    const blocks: Buffer[] = []
    for (let have = 0; have < size; have += 32)
      blocks.push(createHash("sha256").update(`${seed}:${counter++}`).digest())
    return Buffer.concat(blocks).subarray(0, size)
  }
}
