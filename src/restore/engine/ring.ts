import type { Item, WorkPage } from "../ports.ts"
import type { Lane } from "./lane.ts"

/** No page is pulled from here on … */
const HIGH_MARK = 4_000
/** … until so few are left. */
const LOW_MARK = 2_000

/** The keys at hand: pages as they came, cut into stretches of one partition each. Bounded by its two marks. */
export class KeyRing {
  #queued = 0
  #filling = true

  get queued(): number {
    return this.#queued
  }

  /** Whether the next page should be pulled. */
  get wants(): boolean {
    if (this.#queued >= HIGH_MARK) this.#filling = false
    if (this.#queued <= LOW_MARK) this.#filling = true
    return this.#filling
  }

  add({ page, objects, settled }: WorkPage, laneOf: (key: string) => Lane): void {
    let from = 0
    let current: Lane | undefined
    const cut = (end: number): void => {
      if (current !== undefined && end > from) current.fresh.push({ page, objects, next: from, end })
      if (current !== undefined) this.#queued += end - from
    }
    for (const [index, object] of objects.entries()) {
      const lane = settled?.has(index) === true ? undefined : laneOf(object.key)
      if (lane === current) continue
      cut(index)
      from = index
      current = lane
    }
    cut(objects.length)
  }

  /** The lane's next object, on its way from now on. */
  take(lane: Lane): Item | undefined {
    const stretch = lane.fresh.first
    const object = stretch?.objects[stretch.next]
    if (stretch === undefined || object === undefined) return undefined
    const item = { page: stretch.page, index: stretch.next, object, attempts: 0, doubtful: false }
    stretch.next += 1
    this.#queued -= 1
    if (stretch.next >= stretch.end) lane.fresh.shift()
    return item
  }
}
