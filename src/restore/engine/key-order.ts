import type { Item } from "../ports.ts"
import { Fifo } from "./fifo.ts"
import type { Lane } from "./lane.ts"
import type { Waiting } from "./waiting.ts"

/** Lets one version of a key go at a time, in the order in which they were listed: the last to arrive is the current one. */
export class KeyOrder {
  readonly #busy = new Map<string, Fifo<Waiting> | undefined>()
  #held = 0

  /** Objects that wait for an older version of their key. */
  get held(): number {
    return this.#held
  }

  /** False: it is kept here and comes back from `settled`. */
  admit(item: Item, lane: Lane): boolean {
    const { key } = item.object
    if (!this.#busy.has(key)) {
      this.#busy.set(key, undefined)
      return true
    }
    const line = this.#busy.get(key) ?? new Fifo<Waiting>()
    line.push({ item, lane, dueAt: 0, readyAt: 0, backoffMs: 0, message: "an older version of its key was not done" })
    this.#busy.set(key, line)
    this.#held += 1
    return false
  }

  /** The next version of this key, if one waits. */
  settled(key: string): Waiting | undefined {
    const next = this.#busy.get(key)?.shift()
    if (next === undefined) this.#busy.delete(key)
    else this.#held -= 1
    return next
  }

  /** One of those that are kept, for a run that ends before its time. */
  takeHeld(): Waiting | undefined {
    for (const line of this.#busy.values()) {
      const held = line?.shift()
      if (held === undefined) continue
      this.#held -= 1
      return held
    }
    return undefined
  }
}
