import { unsupported, parseCron, type CronField } from "./cron-fields.ts"
import { checkedTimezone } from "./time-zone.ts"

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

/**
 * `17 2 * * 1` in Europe/Berlin -> `Mon *-*-* 02:17:00 Europe/Berlin` (systemd.time(7)).
 * @throws DrError E_CRON (78), also where cron says *or* and systemd can only say *and*
 */
export function onCalendar(cron: string, timezone: string): string {
  const { minute, hour, dayOfMonth, month, dayOfWeek } = parseCron(cron)
  if (dayOfMonth !== "any" && dayOfWeek !== "any")
    throw unsupported(
      cron,
      "cron runs on the day of month or the day of week, systemd only where both agree; write two drills",
    )
  const days = dayOfWeek === "any" ? "" : `${dayOfWeek.map((day) => DAYS[day]).join(",")} `
  return `${days}*-${list(month)}-${list(dayOfMonth)} ${list(hour)}:${list(minute)}:00 ${checkedTimezone(timezone)}`
}

function list(field: CronField): string {
  return field === "any" ? "*" : field.map((value) => String(value).padStart(2, "0")).join(",")
}
