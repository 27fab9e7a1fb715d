import { sha256Hex } from "../kernel/digest.ts"
import { drillArguments } from "./drill-arguments.ts"
import { header, zoneNote } from "./header.ts"
import type { DrillSlotPlan, ScheduleFile, ScheduleRequest } from "./request.ts"

/**
 * Files for /etc/cron.d, one per time zone, because CRON_TZ holds for a whole table. The names hold no dot: cron skips
 * files that have one.
 */
export function renderCron(request: ScheduleRequest): ScheduleFile[] {
  const zones = [...new Set(request.drills.map((plan) => plan.timezone))].sort()
  return zones.map((timezone) => cronTable(request, timezone))
}

function cronTable(request: ScheduleRequest, timezone: string): ScheduleFile {
  const lines = request.drills.filter((plan) => plan.timezone === timezone).map((plan) => cronLine(request, plan))
  const notes = [
    zoneNote([timezone]),
    `CRON_TZ needs cronie; Debian's cron ignores it and takes the machine's zone: there, let the machine run in ${timezone} or use --for systemd`,
    "a minute of 0 was moved, so that not every environment starts at the full hour",
    `before the first run: install -d -o ${request.user} -m 0700 /var/lib/dr/${request.env}`,
  ]
  const content = `${header(request, notes)}
SHELL=/bin/sh
PATH=/usr/local/bin:/usr/bin:/bin
CRON_TZ=${timezone}
${lines.join("\n")}
`
  const suffix = timezone.toLowerCase().replace(/[^a-z0-9]/g, (char) => (char === "+" ? "plus" : "-"))
  return { path: `dr-drill-${request.env}_${suffix}`, mode: 0o644, content }
}

function cronLine(request: ScheduleRequest, plan: DrillSlotPlan): string {
  const { env, config, binary, user } = request
  const args = drillArguments({ drill: plan.drill, env, config: config.path, stateDir: `/var/lib/dr/${env}` })
  return `${offTheHour(plan.cron, env)} ${user} ${[binary, ...args].map(quoteCron).join(" ")}`
}

/** A minute of 0 becomes one between 1 and 29, always the same for an environment; well within any sane grace. */
function offTheHour(cron: string, env: string): string {
  const [minute, ...rest] = cron.trim().split(/\s+/)
  if (minute !== "0") return [minute, ...rest].join(" ")
  return [1 + (Number.parseInt(sha256Hex(env).slice(0, 8), 16) % 29), ...rest].join(" ")
}

/** One word for sh, inside a crontab: cron itself turns a bare `%` into a line break. */
function quoteCron(word: string): string {
  const quoted = /^[\w@+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
  return quoted.replaceAll("%", "\\%")
}
