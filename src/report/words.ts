import { isoStamp } from "../kernel/clock.ts"
import { formatDuration } from "../kernel/duration.ts"
import type { Millis } from "../kernel/units.ts"
import type { Verdict } from "../rto/verdict.ts"

export type Kind = Verdict["kind"]

export const GLYPH: Readonly<Record<Kind, string>> = { met: "✓", missed: "✕", "not-proven": "?" }
export const WORD: Readonly<Record<Kind, string>> = { met: "met", missed: "missed", "not-proven": "not proven" }
export const SIMULATED = "SIMULATED — emulated AWS: not evidence"

/** `35 d` rather than `35 d 0 h`. */
export const duration = (ms: Millis): string =>
  Number.isFinite(ms) ? formatDuration(ms).replace(/ 0 h$/, "") : "no bound"

/** A JSON null or a duration in seconds. */
export const seconds = (value: number | null): string => (value === null ? "–" : duration(value * 1000))

/** `0.03 %`, `8.4 %`; never 0 for something, and never rounded onto or across 100. */
export function percent(share: number): string {
  const value = share * 100
  if (value > 0 && value < 0.01) return "< 0.01 %"
  if (value < 100 && value > 99.9) return "> 99.9 %"
  if (value > 100 && value < 101) return "> 100 %"
  return `${value < 10 ? Number(value.toPrecision(2)) : Math.trunc(value * 10) / 10} %`
}

export const number = (value: number): string => value.toLocaleString("en-US")

/** Per second: whole from 10 up, two digits below. */
export const rate = (value: number): string =>
  value < 10 ? String(Number(value.toPrecision(2))) : number(Math.round(value))

export function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10))
  const scaled = value / 1024 ** power
  return `${power === 0 ? scaled : scaled.toFixed(scaled < 10 ? 2 : 1)} ${units[power] ?? ""}`
}

/** `2026-11-16 02:00:04 UTC` */
export const utc = (stamp: string): string =>
  /^\d{4}-\d\d-\d\dT/.test(stamp) ? `${stamp.slice(0, 10)} ${stamp.slice(11, 19)} UTC` : stamp

/** `02:00:04.120` of the day of `stamp`, `ms` later. */
export function clockTime(stamp: string, ms: Millis): string {
  const start = Date.parse(stamp)
  return Number.isNaN(start) ? "–" : isoStamp(start + ms).slice(11, 23)
}

/** One line for a verdict of one clock. */
export function verdictLine(verdict: Verdict, limit: Millis): string {
  switch (verdict.kind) {
    case "met":
      return `${duration(verdict.elapsed)} of ${duration(limit)}, ${duration(verdict.spare)} to spare`
    case "missed":
      return `${duration(verdict.elapsed)}, ${duration(verdict.by)} over the limit of ${duration(limit)}`
    case "not-proven":
      return verdict.missing.map((mark) => mark.why).join("; ")
  }
}
