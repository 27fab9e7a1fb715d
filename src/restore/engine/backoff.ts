import { SECOND, type Millis } from "../../kernel/units.ts"

const SHORTEST_BACKOFF: Millis = 200
const LONGEST_BACKOFF: Millis = 20 * SECOND
const LONGEST_IDLE: Millis = SECOND

/**
 * Decorrelated jitter: uniform between 0.2 s and three times the last wait, at most 20 s. Objects that failed together
 * drift apart, and one that fails on and on is asked for ever more rarely. `previousMs` is 0 before the first wait;
 * `random` lies in [0, 1).
 */
export function nextBackoff(previousMs: Millis, random: number): Millis {
  const widest = Math.max(previousMs, SHORTEST_BACKOFF) * 3
  return Math.min(LONGEST_BACKOFF, SHORTEST_BACKOFF + random * (widest - SHORTEST_BACKOFF))
}

/**
 * Where nothing else is left to do, an object waits so much of its pause and no more: pacer and breaker keep the rate, and a
 * run must not end with the twenty seconds of its unluckiest object.
 */
export function earliest(backoffMs: Millis): Millis {
  return Math.min(LONGEST_IDLE, Math.max(SHORTEST_BACKOFF, backoffMs / 4))
}
