import { performance } from "node:perf_hooks"
import { setTimeout as wait } from "node:timers/promises"
import type { Clock } from "../kernel/clock.ts"

export const systemClock: Clock = {
  now: () => Date.now(),
  mono: () => performance.now(),
  sleep: async (ms, signal) => {
    try {
      await wait(ms, undefined, signal === undefined ? {} : { signal })
    } catch (error) {
      signal?.throwIfAborted() // the reason, not Node's AbortError
      throw error
    }
  },
}

/** Calls `tick` every `ms` until the returned function is called. Never keeps the process alive. */
export function every(ms: number, tick: () => void): () => void {
  const timer = setInterval(tick, ms)
  timer.unref()
  return () => clearInterval(timer)
}
