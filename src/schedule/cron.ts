import { sha256Hex } from "../kernel/digest.ts"
import { plainCron } from "./cron-fields.ts"
import { header, namedEntries, STATE_DIR, type NamedEntry, type RenderedFile, type ScheduleInput } from "./model.ts"

const NOTES = [
  "Needs a cron that reads CRON_TZ (cronie). Debian's cron ignores it and takes the machine's zone: keep that at UTC.",
  "cron makes up for no run that was missed while the machine was off; systemd does.",
]

/** One table for /etc/cron.d. Its name holds no dot: cron skips files that have one. */
export function renderCron(input: ScheduleInput): RenderedFile[] {
  const entries = namedEntries(input)
  const zones = [...new Set(entries.map((entry) => entry.timezone))]
  const parts = zones.map((zone) => {
    const lines = entries.filter((entry) => entry.timezone === zone).map((entry) => tableLine(input, entry))
    return `\nCRON_TZ=${zone}\n${lines.join("\n")}\n`
  })
  const preamble = `${header("cron", input, NOTES)}SHELL=/bin/sh\nPATH=/usr/local/bin:/usr/bin:/bin\n`
  return [{ path: `dr-drill-${input.env}`, content: `${preamble}${parts.join("")}` }]
}

function tableLine(input: ScheduleInput, { cron, argv }: NamedEntry): string {
  const settings = [`DR_CONFIG=${quote(input.config)}`, `DR_STATE_DIR=${quote(STATE_DIR)}`]
  return [offTheHour(plainCron(cron), input.env), "dr", ...settings, ...argv.map(quote)].join(" ")
}

/**
 * A minute of 0 becomes one between 1 and 29, always the same for an environment: cron has no random delay of its own, and
 * not everyone should start at the full hour. Later by less than any sensible grace.
 */
function offTheHour(cron: string, env: string): string {
  const minute = 1 + (Number.parseInt(sha256Hex(env).slice(0, 8), 16) % 29)
  return cron.replace(/^0 /, `${minute} `)
}

/** One word for sh, inside a crontab: cron itself turns a bare `%` into a line break. */
function quote(word: string): string {
  const quoted = /^[\w@+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
  return quoted.replaceAll("%", "\\%")
}
