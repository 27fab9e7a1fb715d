import type { Clock } from "../../../src/kernel/clock.ts"
import { START } from "../../support/fake-clock.ts"

interface Event {
  readonly at: number
  readonly order: number
  readonly happen: () => void
}

/** Time that passes only from one event to the next: hours in milliseconds. */
export class VirtualClock implements Clock {
  #now: number
  #order = 0
  readonly #heap: Event[] = []

  /** The monotonic clock of a process that has listed and planned before is far from 0. */
  constructor(mono = 0) {
    this.#now = mono
  }

  now(): number {
    return START + this.#now
  }

  mono(): number {
    return this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      this.after(ms, resolve)
      signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true })
    })
  }

  after(ms: number, happen: () => void): void {
    push(this.#heap, { at: this.#now + ms, order: this.#order++, happen })
  }

  /** Lets time pass until the promise is settled; a world in which nothing can happen any more is an error. */
  async until<T>(work: Promise<T>): Promise<T> {
    let settled = false
    const end = (): void => void (settled = true)
    work.then(end, end)
    for (;;) {
      await everythingSaid()
      if (settled) return work
      const event = pop(this.#heap)
      if (event === undefined) throw new Error("stuck: nothing will ever happen again")
      this.#now = event.at
      event.happen()
    }
  }
}

/** All promises that can go on have gone on: Node runs ticks when no microtask is left. */
function everythingSaid(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

function before(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

function push(heap: Event[], event: Event): void {
  let at = heap.push(event) - 1
  for (let parent = (at - 1) >> 1; at > 0; parent = (at - 1) >> 1) {
    const above = heap[parent]
    if (above === undefined || before(above, event)) break
    heap[at] = above
    at = parent
  }
  heap[at] = event
}

function pop(heap: Event[]): Event | undefined {
  const [first] = heap
  const last = heap.pop()
  if (first === undefined || last === undefined || first === last) return first
  let at = 0
  for (;;) {
    const left = heap[2 * at + 1]
    const right = heap[2 * at + 2]
    const child = left !== undefined && right !== undefined && before(right, left) ? right : left
    if (child === undefined || before(last, child)) break
    heap[at] = child
    at = child === right ? 2 * at + 2 : 2 * at + 1
  }
  heap[at] = last
  return first
}
