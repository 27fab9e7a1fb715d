import { Cron } from "croner"
import { DrError, messageOf } from "../kernel/errors.ts"
import { EXIT } from "../kernel/exit-codes.ts"
import type { Millis } from "../kernel/units.ts"
import { unsupported } from "./cron-fields.ts"
import { checkedTimezone } from "./time-zone.ts"

/** More would be a cron by mistake: a drill every minute for a week. */
const MOST_SLOTS = 10_000

/**
 * Every moment in `[from, to)` at which the cron wants a run; epoch milliseconds, ascending. In the hour that a spring
 * night lacks, the slot is the first moment after the gap; in the hour that an autumn night has twice, it counts once.
 * @throws DrError E_CRON, E_TIMEZONE (78), E_TOO_MANY_SLOTS (64)
 */
export function expectedSlots(cron: string, timezone: string, from: number, to: number): number[] {
  const job = cronOf(cron, timezone)
  const slots: number[] = []
  // croner answers with the first moment strictly after the one given, in whole seconds
  let next = job.nextRun(new Date(from - 1))
  while (next !== null && next.getTime() < to) {
    if (slots.length === MOST_SLOTS) throw tooMany(cron)
    slots.push(next.getTime())
    next = job.nextRun(next)
  }
  return slots
}

/**
 * Slots that nothing ran for although their grace is over. A run counts for one slot only, the first that it can serve:
 * a scheduler that was down for three weeks and then caught up once has missed two.
 */
export function missedSlots(
  slots: readonly number[],
  runStarts: readonly number[],
  grace: Millis,
  now: number,
): number[] {
  const runs = [...runStarts].sort((a, b) => a - b)
  const missed: number[] = []
  let candidate = 0
  for (const slot of [...slots].sort((a, b) => a - b)) {
    while (candidate < runs.length && (runs[candidate] ?? 0) < slot) candidate++
    const start = runs[candidate]
    if (start !== undefined && start <= slot + grace) candidate++
    else if (now > slot + grace) missed.push(slot)
  }
  return missed
}

function cronOf(cron: string, timezone: string): Cron {
  const zone = checkedTimezone(timezone)
  try {
    return new Cron(cron, { timezone: zone, paused: true })
  } catch (cause) {
    throw unsupported(cron, messageOf(cause))
  }
}

function tooMany(cron: string): DrError {
  return new DrError({
    code: "E_TOO_MANY_SLOTS",
    exit: EXIT.usage,
    message: `the cron ${JSON.stringify(cron)} has more than ${MOST_SLOTS} slots in this time`,
    hints: ["ask for a shorter time, or check the cron in dr.yaml"],
  })
}
