import type { Hook } from "@oclif/core"
import { isoStamp } from "../../kernel/clock.ts"
import { display } from "../../kernel/display.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { failureEnvelope } from "../envelope.ts"
import { systemClock } from "../system-clock.ts"

/** Names the nearest command and stops. It never runs a guess: not at 3 a.m. */
const hook: Hook.CommandNotFound = async function (options) {
  const typed = options.id.replaceAll(":", " ")
  const known = options.config.commandIDs.map((id) => id.replaceAll(":", " "))
  const nearest = known.map((id) => [distance(typed, id), id] as const).sort((a, b) => a[0] - b[0])[0]?.[1]
  const message = `there is no command ${JSON.stringify(display(typed))}`
  const hints = nearest === undefined ? ["dr --help"] : [`dr ${nearest}`, "dr --help"]
  const now = isoStamp(systemClock.now())
  if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(failureEnvelope({ code: "E_USAGE", message, exit: EXIT.usage, hints }, now, now))}\n`)
  else process.stderr.write(`✕ ${message}\n${hints.map((hint) => `  next: ${hint}\n`).join("")}`)
  process.exit(EXIT.usage)
}

/** Edits between two short words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

export default hook
