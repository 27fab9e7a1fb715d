/** N keys that are never stored: `data/00000042`, or `data/007/00000042` in shards. Byte order is the order of numbers. */
export interface KeySpace {
  readonly size: number
  keyAt(index: number): string
  /** -1 for a key that is none of them. */
  indexOf(key: string): number
  /** The first index whose key is greater; `size` when none is. */
  after(key: string): number
}

export function keySpace(size: number, shards = 1): KeySpace {
  const perShard = Math.ceil(size / shards)
  const digits = (index: number): string => String(index).padStart(8, "0")
  const keyAt = (index: number): string =>
    shards === 1
      ? `data/${digits(index)}`
      : `data/${String(Math.floor(index / perShard)).padStart(3, "0")}/${digits(index)}`
  const indexOf = (key: string): number => {
    const index = Number(key.slice(-8))
    return Number.isInteger(index) && index >= 0 && index < size && keyAt(index) === key ? index : -1
  }
  const after = (key: string): number => {
    const known = indexOf(key)
    if (known !== -1) return known + 1
    const wanted = Buffer.from(key)
    let [low, high] = [0, size]
    while (low < high) {
      const middle = (low + high) >> 1
      if (Buffer.compare(Buffer.from(keyAt(middle)), wanted) > 0) high = middle
      else low = middle + 1
    }
    return low
  }
  return { size, keyAt, indexOf, after }
}

/** Which of the keys lie in a bucket: all, or those that were copied there. */
export class Presence {
  readonly #bits: Uint8Array | undefined
  readonly #size: number

  constructor(size: number, all: boolean) {
    this.#size = size
    this.#bits = all ? undefined : new Uint8Array(Math.ceil(size / 8))
  }

  has(index: number): boolean {
    if (index < 0) return false
    return this.#bits === undefined || ((this.#bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0
  }

  add(index: number): void {
    if (this.#bits !== undefined) this.#bits[index >> 3] = (this.#bits[index >> 3] ?? 0) | (1 << (index & 7))
  }

  /** The first present index from this one on; `size` when none is. */
  next(from: number): number {
    if (this.#bits === undefined) return Math.min(from, this.#size)
    let index = from
    while (index < this.#size && !this.has(index)) index += (index & 7) === 0 && this.#bits[index >> 3] === 0 ? 8 : 1
    return Math.min(index, this.#size)
  }

  count(): number {
    if (this.#bits === undefined) return this.#size
    let count = 0
    for (const byte of this.#bits) for (let rest = byte; rest !== 0; rest &= rest - 1) count += 1
    return count
  }
}
