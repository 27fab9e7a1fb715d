import { DAY, HOUR, MINUTE, SECOND, type Millis } from "../kernel/units.ts"

const STEPS: readonly Millis[] = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 4, 6, 12].map((n) => n * HOUR),
  DAY,
]

/** Ticks that people count in (10 s, 15 min, 1 h), at most `most` of them. */
export function timeTicks(end: Millis, most: number): Millis[] {
  const step = STEPS.find((candidate) => end / candidate <= most) ?? Math.ceil(end / most / DAY) * DAY
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step)
}

/** `0`, `30 s`, `1 h`, `1.5 h`: short, for axes. */
export function tickLabel(ms: Millis): string {
  if (ms === 0) return "0"
  if (ms < SECOND) return `${ms} ms`
  if (ms < MINUTE) return `${ms / SECOND} s`
  return ms < HOUR ? `${ms / MINUTE} min` : `${ms / HOUR} h`
}
