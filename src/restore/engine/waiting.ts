import type { Millis } from "../../kernel/units.ts"
import type { Item } from "../ports.ts"
import type { Denials } from "./fatal-streak.ts"
import type { Lane } from "./lane.ts"

/** An object that comes back: with it goes what the next attempt must know. */
export interface Waiting {
  readonly item: Item
  readonly lane: Lane
  dueAt: Millis
  /** From then on it may fill a gap that its pacer has no other use for. */
  readyAt: Millis
  /** The last wait, from which the next is drawn. */
  backoffMs: Millis
  /** Answers of a fatal class so far. */
  denials?: Denials
  /** Why it came back last. */
  message: string
}

/** Objects backing off, the next due first (a binary heap). */
export class WaitingHeap {
  readonly #heap: Waiting[] = []

  get size(): number {
    return this.#heap.length
  }

  get first(): Waiting | undefined {
    return this.#heap[0]
  }

  /** Infinity when nothing waits. */
  get nextDueAt(): Millis {
    return this.#heap[0]?.dueAt ?? Infinity
  }

  push(entry: Waiting): void {
    const heap = this.#heap
    let at = heap.push(entry) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (above === undefined || above.dueAt <= entry.dueAt) break
      heap[at] = above
      at = parent
    }
    heap[at] = entry
  }

  pop(): Waiting | undefined {
    const [first] = this.#heap
    const last = this.#heap.pop()
    if (first === undefined || last === undefined || first === last) return first
    this.#sink(last)
    return first
  }

  #sink(entry: Waiting): void {
    const heap = this.#heap
    let at = 0
    for (;;) {
      const left = heap[2 * at + 1]
      const right = heap[2 * at + 2]
      const child = right !== undefined && left !== undefined && right.dueAt < left.dueAt ? right : left
      if (child === undefined || child.dueAt >= entry.dueAt) break
      heap[at] = child
      at = child === right ? 2 * at + 2 : 2 * at + 1
    }
    heap[at] = entry
  }
}
