import { display } from "../kernel/display.ts"
import type { ScheduleRequest } from "./request.ts"

/**
 * The first lines of every generated file: who made it, from which configuration. What comes from outside passes
 * `display`, so that no path can end the comment.
 */
export function header(request: ScheduleRequest, notes: readonly string[]): string {
  const lines = [
    "Generated; do not edit: change dr.yaml and make it again.",
    `made by: ${display(request.madeBy)}`,
    `config: ${display(request.config.path)} sha256:${display(request.config.sha256)}`,
    ...notes.map((note) => display(note)),
  ]
  return lines.map((line) => `# ${line}\n`).join("")
}

/** What to say about time in a generated file. */
export function zoneNote(timezones: readonly string[]): string {
  const others = [...new Set(timezones)].filter((timezone) => timezone !== "UTC")
  return others.length === 0 ? "all times are UTC" : `times are those of ${others.join(", ")}, not UTC`
}
