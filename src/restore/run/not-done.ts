import type { Item } from "../ports.ts"

/** Objects that were settled, but not done: what the closing pass must not expect at the destination. Few, or the run has failed. */
export class NotDone {
  readonly #pages = new Map<number, Set<number>>()

  add({ page, index }: Pick<Item, "page" | "index">): void {
    const indexes = this.#pages.get(page) ?? new Set<number>()
    this.#pages.set(page, indexes.add(index))
  }

  has(page: number, index: number): boolean {
    return this.#pages.get(page)?.has(index) ?? false
  }
}
