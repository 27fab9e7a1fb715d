import type { Fatal, Item } from "../ports.ts"

/** So many objects in a row: the next would fare the same. */
const IN_A_ROW = 5
/** The last object of a run has no others to be compared with: denied so often, it is denied. */
const MOST_DENIALS = 3

const AT_ONCE: ReadonlySet<Fatal["why"]> = new Set(["credentials", "wrong-region"])

/** `stop`: the run. `itself`: this object alone is denied. `again`: cannot be told yet. */
export type Judgement = "stop" | "itself" | "again"

/** What is remembered of an object that was denied. */
export interface Denials {
  readonly count: number
  /** Times that others had been done by then. */
  readonly breaks: number
}

/** Tells what stops the run from what is wrong with one object alone. */
export class FatalStreak {
  /** Different objects only: one that is tried again says nothing new. */
  readonly #objects = new Map<Fatal["why"], Set<Item>>()
  #breaks = 0

  /** An object was done: the rights and the key are good. */
  broken(): void {
    if (this.#objects.size === 0) return
    this.#objects.clear()
    this.#breaks += 1
  }

  judge(why: Fatal["why"], item: Item, before: Denials | undefined): Judgement {
    if (AT_ONCE.has(why)) return "stop"
    if (before !== undefined && before.breaks < this.#breaks) return "itself"
    const objects = this.#objects.get(why) ?? new Set()
    this.#objects.set(why, objects.add(item))
    if (objects.size >= IN_A_ROW) return "stop"
    return (before?.count ?? 0) + 1 >= MOST_DENIALS ? "itself" : "again"
  }

  denied(before: Denials | undefined): Denials {
    return { count: (before?.count ?? 0) + 1, breaks: this.#breaks }
  }
}
