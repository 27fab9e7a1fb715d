import { compareKeys } from "../../kernel/byte-order.ts"

/** Keys in UTF-8 byte order, kept sorted at every insertion so that a listing never sorts. */
export class KeyIndex<T extends { readonly key: string }> {
  readonly #byKey = new Map<string, T>()
  readonly #sorted: string[] = []

  get size(): number {
    return this.#sorted.length
  }

  get(key: string): T | undefined {
    return this.#byKey.get(key)
  }

  set(entry: T): void {
    if (!this.#byKey.has(entry.key)) this.#sorted.splice(this.lowerBound(entry.key), 0, entry.key)
    this.#byKey.set(entry.key, entry)
  }

  delete(key: string): void {
    if (this.#byKey.delete(key)) this.#sorted.splice(this.lowerBound(key), 1)
  }

  at(index: number): T | undefined {
    const key = this.#sorted[index]
    return key === undefined ? undefined : this.#byKey.get(key)
  }

  /** The first index whose key is not below `key`. */
  lowerBound(key: string): number {
    let low = 0
    let high = this.#sorted.length
    // Writers mostly append: one comparison instead of fourteen.
    const last = this.#sorted[high - 1]
    if (last === undefined || compareKeys(last, key) < 0) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareKeys(this.#sorted[middle] ?? "", key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
