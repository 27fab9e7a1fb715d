/** First in, first out, without moving what waits. */
export class Fifo<T> {
  #entries: (T | undefined)[] = []
  #head = 0

  get size(): number {
    return this.#entries.length - this.#head
  }

  get first(): T | undefined {
    return this.#entries[this.#head]
  }

  push(entry: T): void {
    this.#entries.push(entry)
  }

  shift(): T | undefined {
    const entry = this.#entries[this.#head]
    if (entry === undefined) return undefined
    this.#entries[this.#head++] = undefined // or it would live as long as those behind it
    if (this.#head === this.#entries.length || this.#head >= 1_024) this.#compact()
    return entry
  }

  #compact(): void {
    this.#entries = this.#entries.slice(this.#head)
    this.#head = 0
  }
}
