import type { Millis } from "../../kernel/units.ts"
import type { Item, WorkPage } from "../ports.ts"
import { earliest, nextBackoff } from "./backoff.ts"
import { KeyOrder } from "./key-order.ts"
import { lane, type Lane } from "./lane.ts"
import type { Pacer } from "./pacer.ts"
import { KeyRing } from "./ring.ts"
import { WaitingHeap, type Waiting } from "./waiting.ts"

/** So many objects may back off before nothing new is begun; bounds memory while AWS throttles. */
const MOST_BACKING_OFF = 8_192

/** An object that may go now. */
export interface Next {
  readonly item: Item
  readonly lane: Lane
  /** Undefined on the first attempt. */
  readonly waiting: Waiting | undefined
}

export interface BacklogInit {
  readonly pacerOf: (key: string) => Pacer
  readonly random: () => number
  readonly inOrder: boolean
}

/** Everything that is listed, not settled and not in flight: by partition, what backed off long enough before what is new. */
export class Backlog {
  readonly #init: BacklogInit
  readonly #ring = new KeyRing()
  readonly #heap = new WaitingHeap()
  readonly #order: KeyOrder | undefined
  readonly #lanes: Lane[] = []
  readonly #laneOf = new Map<Pacer, Lane>()
  #due = 0
  #turn = 0

  constructor(init: BacklogInit) {
    this.#init = init
    this.#order = init.inOrder ? new KeyOrder() : undefined
  }

  get queued(): number {
    return this.#ring.queued
  }

  get backingOff(): number {
    return this.#heap.size + this.#due + (this.#order?.held ?? 0)
  }

  get wantsPages(): boolean {
    return this.#ring.wants && this.#mayBegin
  }

  add(page: WorkPage): void {
    this.#ring.add(page, (key) => this.#lane(this.#init.pacerOf(key)))
  }

  /**
   * Takes the next object that its partition lets go, or says at which moment there may be one (Infinity = not before an
   * answer or a page has come).
   */
  take(now: Millis): Next | Millis {
    this.#wake(now)
    let soonest = Infinity
    for (let tried = 0; tried < this.#lanes.length; tried++) {
      const candidate = this.#lanes[this.#turn % this.#lanes.length]
      this.#turn = (this.#turn + 1) % this.#lanes.length
      if (candidate === undefined || !this.#hasWork(candidate)) continue
      const waitMs = candidate.pacer.waitMs(now)
      const next = waitMs === 0 ? this.#takeFrom(candidate) : undefined
      if (next !== undefined) return next
      if (waitMs > 0) soonest = Math.min(soonest, now + waitMs)
    }
    const early = this.#takeEarly(now)
    return typeof early === "number" ? Math.min(soonest, early) : early
  }

  /**
   * It comes back after a pause, `soon` ones sooner when there is nothing else to do. `message` says why, for the day its
   * time runs out.
   */
  putBack(now: Millis, { item, lane: of, waiting }: Next, message: string, soon: boolean): Waiting {
    const entry = waiting ?? { item, lane: of, dueAt: now, readyAt: now, backoffMs: 0, message }
    entry.backoffMs = nextBackoff(entry.backoffMs, this.#init.random())
    entry.dueAt = now + entry.backoffMs
    entry.readyAt = soon ? now + earliest(entry.backoffMs) : entry.dueAt
    entry.message = message
    this.#heap.push(entry)
    return entry
  }

  /** Lets the next version of the same key go. */
  settled(item: Item): void {
    const next = this.#order?.settled(item.object.key)
    if (next === undefined) return
    next.lane.due.push(next)
    this.#due += 1
  }

  /** Takes out what is left, whatever its partition says. */
  takeLeft(): Next | undefined {
    const waiting = this.#heap.pop() ?? this.#takeDue() ?? this.#order?.takeHeld()
    if (waiting !== undefined) return { item: waiting.item, lane: waiting.lane, waiting }
    for (const of of this.#lanes) {
      const item = this.#ring.take(of)
      if (item !== undefined) return { item, lane: of, waiting: undefined }
    }
    return undefined
  }

  get #mayBegin(): boolean {
    return this.backingOff < MOST_BACKING_OFF
  }

  #hasWork({ due, fresh }: Lane): boolean {
    return due.size > 0 || (fresh.size > 0 && this.#mayBegin)
  }

  #wake(now: Millis): void {
    while (this.#heap.nextDueAt <= now) {
      const entry = this.#heap.pop()
      entry?.lane.due.push(entry)
      this.#due += 1
    }
  }

  #takeFrom(of: Lane): Next | undefined {
    const waiting = of.due.shift()
    if (waiting !== undefined) {
      this.#due -= 1
      return { item: waiting.item, lane: of, waiting }
    }
    for (let item = this.#ring.take(of); item !== undefined; item = this.#ring.take(of))
      if (this.#order === undefined || this.#order.admit(item, of)) return { item, lane: of, waiting: undefined }
    return undefined
  }

  /** Nothing else may go: the next of those backing off fills the gap, or a run would end with idle seconds. */
  #takeEarly(now: Millis): Next | Millis {
    const { first } = this.#heap
    if (first === undefined) return Infinity
    const waitMs = Math.max(first.readyAt - now, first.lane.pacer.waitMs(now))
    if (waitMs > 0) return now + waitMs
    this.#heap.pop()
    return { item: first.item, lane: first.lane, waiting: first }
  }

  #takeDue(): Waiting | undefined {
    for (const { due } of this.#lanes) {
      const waiting = due.shift()
      if (waiting === undefined) continue
      this.#due -= 1
      return waiting
    }
    return undefined
  }

  #lane(pacer: Pacer): Lane {
    const known = this.#laneOf.get(pacer)
    if (known !== undefined) return known
    const made = lane(pacer)
    this.#laneOf.set(pacer, made)
    this.#lanes.push(made)
    return made
  }
}
