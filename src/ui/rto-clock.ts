import { HOUR, MINUTE, SECOND, type Millis } from "../kernel/units.ts"

/**
 * `01:49 of 04:00` (hours and minutes); without a limit, or in the first hour without one, `12:41` in minutes and seconds.
 * Minutes are cut, never rounded, and what is over says so: 04:00 and a second reads `04:00 of 04:00, over`.
 */
export function rtoClock(elapsed: Millis, limit: Millis | undefined): string {
  if (limit === undefined) return elapsed < HOUR ? pair(elapsed, MINUTE, SECOND) : `${pair(elapsed, HOUR, MINUTE)} h`
  return `${pair(elapsed, HOUR, MINUTE)} of ${pair(limit, HOUR, MINUTE)}${elapsed > limit ? ", over" : ""}`
}

function pair(ms: Millis, major: Millis, minor: Millis): string {
  const two = (value: number): string => String(value).padStart(2, "0")
  return `${two(Math.floor(ms / major))}:${two(Math.floor((ms % major) / minor))}`
}
