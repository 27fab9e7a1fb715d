import { setImmediate as turn } from "node:timers/promises"
import type { Clock } from "../../../src/kernel/clock.ts"

export interface VirtualTime {
  readonly clock: Clock
  /** Lets time pass until `work` is settled: whenever nothing else can happen, the next sleeper wakes. */
  run<T>(work: Promise<T>): Promise<T>
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** What is left of a subtraction may be too small to move the time at all: who waits for the rest of it would wait forever. */
const LEAST_MS = 0.001

/** Hours in milliseconds. Sleepers of the same moment wake in the order in which they lay down. */
export function virtualTime(): VirtualTime {
  let now = 0
  let sleepers: Sleeper[] = []
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      sleepers.push({ at: now + (ms > 0 ? Math.max(ms, LEAST_MS) : 0), wake: resolve })
      signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true })
    })
  const advance = (): void => {
    if (sleepers.length === 0) throw new Error("nothing can happen any more, and the work is not done")
    now = Math.min(...sleepers.map(({ at }) => at))
    const due = sleepers.filter(({ at }) => at <= now)
    sleepers = sleepers.filter(({ at }) => at > now)
    for (const { wake } of due) wake()
  }
  return {
    clock: { now: () => now, mono: () => now, sleep },
    async run(work) {
      const state = { settled: false }
      const settle = (): void => void (state.settled = true)
      work.then(settle, settle)
      for (await turn(); !state.settled; await turn()) advance()
      return work
    },
  }
}
