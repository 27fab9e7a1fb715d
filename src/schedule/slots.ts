import { Cron } from "croner"
import { display } from "../kernel/display.ts"
import { DrError } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { Millis } from "../kernel/units.ts"
import { parseCron } from "./cron-fields.ts"

/** More would be a cron by mistake: a drill every minute for a week. */
const MOST_SLOTS = 10_000

/** Lets an IANA zone through. @throws DrError E_SCHEDULE (78) */
export function assertTimeZone(timezone: string): void {
  if (/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(timezone) && isKnown(timezone)) return
  const hints = ["use an IANA name such as UTC or Europe/Berlin"]
  throw refuse(`${JSON.stringify(display(timezone))} is no time zone`, hints)
}

function isKnown(timezone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: timezone }).resolvedOptions().timeZone !== ""
  } catch {
    return false // a RangeError is Intl's way to say that it does not know the zone
  }
}

/**
 * Every moment in `[from, to)` at which the cron wants a run; epoch milliseconds, ascending. In the hour that a spring
 * night lacks, the slot is the first moment after the gap; in the hour that an autumn night has twice, it counts once.
 * @throws DrError E_SCHEDULE (78) for a cron or zone that cannot be scheduled, or more than 10,000 slots
 */
export function expectedSlots(cron: string, timezone: string, from: number, to: number): number[] {
  parseCron(cron)
  assertTimeZone(timezone)
  const job = new Cron(cron, { timezone, mode: "5-part", paused: true })
  const slots: number[] = []
  // croner answers with the first whole second strictly after the moment given
  let next = job.nextRun(new Date(from - 1))
  while (next !== null && next.getTime() < to) {
    if (next.getTime() >= from) slots.push(next.getTime())
    if (slots.length > MOST_SLOTS) {
      throw refuse(`the cron ${JSON.stringify(cron)} has more than ${MOST_SLOTS} slots in this time`, [])
    }
    next = job.nextRun(next)
  }
  return slots
}

export interface MissedQuery {
  readonly cron: string
  readonly timezone: string
  /** How late a run may start and still count for its slot. */
  readonly graceMs: Millis
  /** Slots before it are nobody's business: the drill was not scheduled yet. */
  readonly from: number
  readonly now: number
}

/**
 * Slots that nothing ran for although their grace is over. A run counts for one slot only, the first that it can serve:
 * a scheduler that was down for three weeks and then caught up once has missed two.
 * @param runStarts epoch milliseconds, in any order
 */
export function missedSlots(query: MissedQuery, runStarts: readonly number[]): number[] {
  const { cron, timezone, graceMs, from, now } = query
  const runs = [...runStarts].sort((a, b) => a - b)
  const missed: number[] = []
  let candidate = 0
  for (const slot of expectedSlots(cron, timezone, from, now)) {
    while (candidate < runs.length && (runs[candidate] ?? 0) < slot) candidate++
    const start = runs[candidate]
    if (start !== undefined && start <= slot + graceMs) candidate++
    else if (now > slot + graceMs) missed.push(slot)
  }
  return missed
}

function refuse(message: string, hints: readonly string[]): DrError {
  return new DrError({ code: "E_SCHEDULE", exit: EXIT.config, message, hints })
}
