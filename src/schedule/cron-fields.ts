import { DrError } from "../kernel/errors.ts"
import { display } from "../kernel/display.ts"
import { EXIT } from "../kernel/exit-codes.ts"

/** The values of one field in ascending order; `any` = not restricted. */
type CronField = "any" | readonly number[]

export interface CronFields {
  readonly minute: CronField
  readonly hour: CronField
  readonly dayOfMonth: CronField
  readonly month: CronField
  /** 0 = Sunday. */
  readonly dayOfWeek: CronField
}

interface FieldRange {
  readonly name: string
  readonly min: number
  readonly max: number
  readonly words?: readonly string[]
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const WEEK = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
const MINUTE: FieldRange = { name: "minute", min: 0, max: 59 }
const HOUR: FieldRange = { name: "hour", min: 0, max: 23 }
const DAY_OF_MONTH: FieldRange = { name: "day of month", min: 1, max: 31 }
const MONTH: FieldRange = { name: "month", min: 1, max: 12, words: MONTHS }
const DAY_OF_WEEK: FieldRange = { name: "day of week", min: 0, max: 7, words: DAYS }

/**
 * Reads the cron that every platform understands in the same way: five fields of `*`, numbers, names, lists, ranges and
 * steps. Everything else means different things in different schedulers and is refused by name.
 * @throws DrError E_SCHEDULE (78)
 */
export function parseCron(cron: string): CronFields {
  const parts = cron.trim().split(/\s+/)
  if (cron.trim().startsWith("@")) throw unsupported(cron, "nicknames such as @daily; write five fields")
  const [minute, hour, dayOfMonth, month, dayOfWeek] = parts
  if (parts.length !== 5 || !minute || !hour || !dayOfMonth || !month || !dayOfWeek)
    throw unsupported(cron, `${parts.length} fields; five are expected: minute, hour, day of month, month, day of week`)
  const days = fieldOf(cron, dayOfWeek, DAY_OF_WEEK)
  const fields = {
    minute: fieldOf(cron, minute, MINUTE),
    hour: fieldOf(cron, hour, HOUR),
    dayOfMonth: fieldOf(cron, dayOfMonth, DAY_OF_MONTH),
    month: fieldOf(cron, month, MONTH),
    dayOfWeek: days === "any" ? days : ascending(days.map((day) => day % 7)),
  }
  refuseContradictions(cron, fields)
  return fields
}

/** `17 2 * * 7` -> `Sun *-*-* 02:17:00 UTC` (systemd.time(7)). @throws DrError E_SCHEDULE (78) */
export function onCalendar(cron: string, timezone: string): string {
  const { minute, hour, dayOfMonth, month, dayOfWeek } = parseCron(cron)
  const padded = (value: number): string => String(value).padStart(2, "0")
  const list = (field: CronField): string => runs(field, "..", padded)
  // systemd's week begins on Monday: Fri..Sun is a range there, 5-0 is none in cron
  const week = dayOfWeek === "any" ? dayOfWeek : ascending(dayOfWeek.map((day) => (day === 0 ? 7 : day)))
  const days = week === "any" ? "" : `${runs(week, "..", (day) => WEEK[day % 7] ?? "")} `
  return `${days}*-${list(month)}-${list(dayOfMonth)} ${list(hour)}:${list(minute)}:00 ${timezone}`
}

/** The same times in numbers, lists and ranges only: what every cron and Kubernetes read alike. @throws DrError E_SCHEDULE (78) */
export function plainCron(cron: string): string {
  const { minute, hour, dayOfMonth, month, dayOfWeek } = parseCron(cron)
  return [minute, hour, dayOfMonth, month, dayOfWeek].map((field) => runs(field, "-", String)).join(" ")
}

/** Three and more in a row become a range. */
function runs(field: CronField, dash: string, write: (value: number) => string): string {
  if (field === "any") return "*"
  const groups: number[][] = []
  for (const value of field) {
    const last = groups.at(-1)
    if (last !== undefined && last.at(-1) === value - 1) last.push(value)
    else groups.push([value])
  }
  const shown = groups.flatMap((group) =>
    group.length < 3 ? group.map(write) : [`${write(group[0] ?? 0)}${dash}${write(group.at(-1) ?? 0)}`],
  )
  return shown.join(",")
}

function refuseContradictions(cron: string, { dayOfMonth, dayOfWeek, month }: CronFields): void {
  if (dayOfMonth === "any") return
  if (dayOfWeek !== "any")
    throw unsupported(cron, "a day of month and a day of week: cron runs on either, systemd on both; write two drills")
  const months = month === "any" ? LONGEST.map((_days, index) => index + 1) : month
  const longest = Math.max(...months.map((number) => LONGEST[number - 1] ?? 31))
  if ((dayOfMonth[0] ?? 1) > longest) throw unsupported(cron, "a day that none of its months has")
}

function fieldOf(cron: string, text: string, range: FieldRange): CronField {
  if (text === "*") return "any"
  return ascending(text.split(",").flatMap((part) => valuesOf(cron, part, range)))
}

function valuesOf(cron: string, part: string, range: FieldRange): number[] {
  const [, base = "", last, step] = /^([*]|\d+|[a-z]+)(?:-(\d+|[a-z]+))?(?:\/(\d+))?$/i.exec(part) ?? []
  if (base === "") throw unsupported(cron, `${JSON.stringify(display(part))} in the field ${range.name}`)
  // `5/10` is a start for some schedulers and an error for others
  if (step !== undefined && base !== "*" && last === undefined)
    throw unsupported(cron, `a step without a range in the field ${range.name}`)
  if (base === "*" && last !== undefined) throw unsupported(cron, `${JSON.stringify(part)} in the field ${range.name}`)
  const from = base === "*" ? range.min : numberOf(cron, base, range)
  // the 7 of `*` would name Sunday twice
  const to =
    base === "*" ? range.max - (range === DAY_OF_WEEK ? 1 : 0) : last === undefined ? from : numberOf(cron, last, range)
  const stride = step === undefined ? 1 : Number(step)
  if (to < from || stride < 1) throw unsupported(cron, `the range ${part} in the field ${range.name}`)
  const values: number[] = []
  for (let value = from; value <= to; value += stride) values.push(value)
  return values
}

function numberOf(cron: string, text: string, range: FieldRange): number {
  const word = range.words?.indexOf(text.toLowerCase()) ?? -1
  const value = word >= 0 ? word + range.min : /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= range.min && value <= range.max) return value
  throw unsupported(cron, `${JSON.stringify(text)} in the field ${range.name} (${range.min}-${range.max})`)
}

function ascending(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b)
}

function unsupported(cron: string, what: string): DrError {
  return new DrError({
    code: "E_SCHEDULE",
    exit: EXIT.config,
    message: `cannot schedule the cron ${JSON.stringify(cron)}: ${what}`,
    hints: ['write it as five plain fields, e.g. "17 2 * * 1"', "dr config validate"],
  })
}
