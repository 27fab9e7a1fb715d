import { DAY, HOUR, MINUTE, SECOND, type Millis } from "./units.ts"

/**
 * `1 h 49 min`, `12 min 41 s`, `4 h 00 min 30 s`, `840 ms`. Never rounds across a limit: parts are cut, not rounded,
 * and seconds are shown whenever they are not zero below a day, so that 240.5 min reads as over four hours.
 */
export function formatDuration(ms: Millis): string {
  if (ms < 0) return `-${formatDuration(-ms)}`
  if (ms < SECOND) return `${Math.floor(ms)} ms`
  if (ms < MINUTE) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`
  const days = Math.floor(ms / DAY)
  const hours = Math.floor((ms % DAY) / HOUR)
  const minutes = Math.floor((ms % HOUR) / MINUTE)
  const seconds = Math.floor((ms % MINUTE) / SECOND)
  if (days > 0) return `${days} d ${hours} h`
  if (hours === 0) return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`
  const head = `${hours} h ${String(minutes).padStart(2, "0")} min`
  return seconds === 0 ? head : `${head} ${String(seconds).padStart(2, "0")} s`
}

const UNITS: Readonly<Record<string, Millis>> = { ms: 1, s: SECOND, min: MINUTE, m: MINUTE, h: HOUR, d: DAY }

/** Reads `4h`, `90 min`, `1h30m`, `30d`. Returns undefined for anything else; zero and negative values too. */
export function parseDuration(text: string): Millis | undefined {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*(ms|min|s|m|h|d)\s*/gy)]
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== text.trim()) return undefined
  const total = parts.reduce((sum, [, digits, unit]) => sum + Number(digits) * (UNITS[unit ?? ""] ?? Number.NaN), 0)
  return Number.isFinite(total) && total > 0 ? total : undefined
}
