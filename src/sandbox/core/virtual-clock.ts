import type { VirtualClock } from "./world.ts"

interface Due {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

export interface AdjustableClock extends VirtualClock {
  /** Real time, for signatures and for `Date` headers: it never moves with the virtual one. */
  wall(): number
  /** How far virtual time is ahead, for a snapshot. */
  offset(): number
  restore(offset: number): void
}

/**
 * Virtual time = wall time + what was advanced. The only file of the sandbox that reads the ambient clock.
 * What is scheduled runs in order of time, then of scheduling; while it runs, `now()` is the moment it was due.
 */
export function virtualClock(wall: () => number = Date.now): AdjustableClock {
  let offset = 0
  let order = 0
  let running = false
  let frozenAt = 0
  const queue: Due[] = []

  function runUntil(target: number): void {
    running = true
    try {
      for (let next = queue[0]; next !== undefined && next.at <= target; next = queue[0]) {
        queue.shift()
        frozenAt = Math.max(frozenAt, next.at)
        next.run()
      }
    } finally {
      running = false
      frozenAt = 0
    }
  }

  function now(): number {
    if (running) return frozenAt
    const at = wall() + offset
    const next = queue[0]
    if (next !== undefined && next.at <= at) runUntil(at)
    return at
  }

  return {
    wall,
    now,
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`virtual time does not run backwards: ${ms}`)
      offset += ms
      now()
    },
    schedule(at, run) {
      const due = { at, order: order++, run }
      const place = queue.findIndex((each) => each.at > at)
      if (place < 0) queue.push(due)
      else queue.splice(place, 0, due)
    },
    offset: () => offset,
    restore(value) {
      offset = value
    },
  }
}
