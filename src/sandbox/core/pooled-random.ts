import { randomFillSync } from "node:crypto"
import type { RandomBytes } from "../../kernel/random.ts"

const POOL = 16_384

/** Real randomness, drawn in bulk: a call to the system for twelve bytes costs more than sealing a data key. */
export function pooledRandom(): RandomBytes {
  let pool = Buffer.alloc(0)
  let at = 0
  return (size) => {
    if (size > POOL) return randomFillSync(Buffer.alloc(size))
    if (at + size > pool.length) {
      pool = randomFillSync(Buffer.alloc(POOL))
      at = 0
    }
    const bytes = pool.subarray(at, at + size)
    at += size
    return bytes
  }
}
