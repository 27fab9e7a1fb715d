/**
 * Epoch milliseconds of `2026-11-24T02:17:04.000Z` or `2026-11-24T02:17:04Z`, the two forms in listings; undefined for
 * anything else and for days and hours that do not exist. From bytes and by arithmetic: it runs once per listed object.
 */
export function parseIsoTime(bytes: Uint8Array, from: number, to: number): number | undefined {
  const millis = millisOf(bytes, from, to)
  if (millis < 0 || !hasMarks(bytes, from, to)) return undefined
  const year = digits(bytes, from, 4)
  const month = digits(bytes, from + 5, 2)
  const day = digits(bytes, from + 8, 2)
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  const hour = digits(bytes, from + 11, 2)
  const minute = digits(bytes, from + 14, 2)
  const second = digits(bytes, from + 17, 2)
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined
  return ((daysSinceEpoch(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + millis
}

const DASH = 45
const DOT = 46
const COLON = 58

function hasMarks(bytes: Uint8Array, from: number, to: number): boolean {
  return (
    bytes[from + 4] === DASH &&
    bytes[from + 7] === DASH &&
    bytes[from + 10] === 84 &&
    bytes[from + 13] === COLON &&
    bytes[from + 16] === COLON &&
    bytes[to - 1] === 90
  )
}

/** Negative where the fraction is not as S3 writes it. */
function millisOf(bytes: Uint8Array, from: number, to: number): number {
  if (to - from === 20) return 0
  return to - from === 24 && bytes[from + 19] === DOT ? digits(bytes, from + 20, 3) : -1
}

/** The number in these bytes; negative where there is anything but digits. */
export function digits(bytes: Uint8Array, from: number, count: number): number {
  let value = 0
  for (let at = from; at < from + count; at++) {
    const digit = (bytes[at] ?? 0) - 48
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

const DAYS_BEFORE = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
const LENGTHS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

const daysIn = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : (LENGTHS[month] ?? 0))

function daysSinceEpoch(year: number, month: number, day: number): number {
  const before = year - 1
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400)
  const january = before * 365 + leapDays - 719_162
  return january + (DAYS_BEFORE[month] ?? 0) + (month > 2 && isLeap(year) ? 1 : 0) + day - 1
}
