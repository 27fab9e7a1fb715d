/** More than this and finding a symbol costs more than a better midpoint saves. */
const MOST = 512

/**
 * The characters that keys of this listing are made of, learned from the keys. Keys made of digits fill 10 of the 95
 * printable characters: dividing the key space by all 95 would ask for ranges that are empty, and take nine tenths of
 * the rest for stretches where nothing is. Code points sort as their bytes do, so a text made of them is always a valid key.
 */
export class Alphabet {
  readonly #symbols: number[] = []
  readonly #known = new Set<number>()

  /** Learns from the part of a key that begins at `from`. */
  learn(key: string, from: number): void {
    for (let at = from; at < key.length && this.#known.size < MOST; at++) {
      const symbol = key.codePointAt(at) ?? 0
      if (symbol > 0xffff) at++
      if (this.#known.has(symbol)) continue
      this.#known.add(symbol)
      this.#symbols.splice(this.#below(symbol), 0, symbol)
    }
  }

  /** Where the part of a key that begins at `from` lies among all texts of these characters: 0 to 1. Order is kept. */
  place(key: string, from: number): number {
    const base = this.#symbols.length + 1
    let place = 0
    let weight = 1
    for (let at = from; at < key.length && weight > Number.EPSILON; at++) {
      const symbol = key.codePointAt(at) ?? 0
      if (symbol > 0xffff) at++
      weight /= base
      place += weight * (this.#below(symbol) + (this.#known.has(symbol) ? 1 : 0.5))
    }
    return Math.min(place, 1)
  }

  /** A text near `place`, as long as it must be to lie within `tolerance` of it. */
  textAt(place: number, tolerance: number): string {
    const base = this.#symbols.length + 1
    let text = ""
    let rest = place
    for (let weight = 1; weight > tolerance && weight > Number.EPSILON; weight /= base) {
      rest *= base
      const digit = Math.floor(rest)
      rest -= digit
      const symbol = this.#symbols[digit - 1]
      if (symbol === undefined) break
      text += String.fromCodePoint(symbol)
    }
    return text
  }

  /** How many known symbols sort before this one. */
  #below(symbol: number): number {
    let low = 0
    let high = this.#symbols.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#symbols[middle] ?? 0) < symbol) low = middle + 1
      else high = middle
    }
    return low
  }
}
