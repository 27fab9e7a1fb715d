import type { Millis } from "./units.ts"

/**
 * Two clocks, never mixed: stamps come from the wall clock, durations from the monotonic one
 * (a wall clock may be set back in the middle of an incident; a duration must not notice).
 */
export interface Clock {
  /** Wall time in milliseconds since the epoch. For stamps only. */
  now(): number
  /** Monotonic milliseconds from an arbitrary start. For durations only. */
  mono(): Millis
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: Millis, signal?: AbortSignal): Promise<void>
}

/** `2026-11-24T02:17:04.120Z`: every stamp that `dr` writes has this form. */
export function isoStamp(epochMillis: number): string {
  return new Date(epochMillis).toISOString()
}
