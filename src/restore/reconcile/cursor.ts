import { compareKeys } from "../../kernel/byte-order.ts"
import { display } from "../../kernel/display.ts"
import { DrError } from "../../kernel/errors.ts"

/** What is joined: one entry per key. All versions of a key are one entry. */
export interface Keyed {
  readonly key: string
}

/** Entries in byte order of their keys, some at a time: an await per page, none per entry. */
export type Sorted<T extends Keyed> = AsyncIterable<readonly T[]>

/** Reads a sorted stream entry by entry, and refuses one that is out of order or tells a key twice. */
export class Cursor<T extends Keyed> {
  readonly #name: string
  readonly #pages: AsyncIterator<readonly T[]>
  #page: readonly T[] = []
  #at = 0
  #last: string | undefined
  #ended = false
  /** Undefined until `fill`, where a page is at its end, and where all is. */
  head: T | undefined

  constructor(name: string, entries: Sorted<T>) {
    this.#name = name
    this.#pages = entries[Symbol.asyncIterator]()
  }

  /** There is a head, or there never will be one again. */
  get ready(): boolean {
    return this.head !== undefined || this.#ended
  }

  async fill(): Promise<void> {
    while (!this.ready) {
      const { done, value } = await this.#pages.next()
      if (done === true) {
        this.#ended = true
        return
      }
      this.#page = value
      this.#at = -1
      this.step()
    }
  }

  /** To the next entry of the page. @throws DrError E_JOIN_ORDER */
  step(): void {
    const next = this.#page[++this.#at]
    this.head = next
    if (next === undefined) return
    if (this.#last !== undefined && compareKeys(this.#last, next.key) >= 0) throw this.#unordered(this.#last, next.key)
    this.#last = next.key
  }

  /** Nothing more will be read. Does not wait for what is under way. */
  close(): void {
    const closed = this.#pages.return?.()
    closed?.catch(() => undefined)
  }

  #unordered(before: string, after: string): DrError {
    const why = before === after ? "it tells a key twice" : "it is out of byte order"
    return new DrError({
      code: "E_JOIN_ORDER",
      message: `${this.#name} cannot be compared: ${why}: ${display(JSON.stringify(after))} behind ${display(JSON.stringify(before))}`,
    })
  }
}
