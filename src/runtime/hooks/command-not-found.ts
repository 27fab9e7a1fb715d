import type { Hook } from "@oclif/core"
import { isoStamp } from "../../kernel/clock.ts"
import { display } from "../../kernel/display.ts"
import { EXIT } from "../../kernel/exit-codes.ts"
import { failureEnvelope } from "../envelope.ts"
import { errorText, type ErrorView } from "../error-view.ts"
import { systemClock } from "../system-clock.ts"

/** Further away than this a name is no typing error, and a proposal would only mislead. */
const FARTHEST = 4

/** Names the nearest command and stops. It never runs a guess: not at 3 a.m. */
const hook: Hook.CommandNotFound = async function (options) {
  const typed = options.id.replaceAll(":", " ")
  const known = options.config.commandIDs.map((id) => id.replaceAll(":", " "))
  const nearest = known
    .map((id) => ({ id, away: distance(typed, id) }))
    .filter(({ away }) => away <= FARTHEST)
    .sort((a, b) => a.away - b.away)[0]
  const hints = nearest === undefined ? ["dr --help"] : [`dr ${nearest.id}`, "dr --help"]
  const view: ErrorView = {
    code: "E_USAGE",
    message: `there is no command ${JSON.stringify(display(typed))}`,
    exit: EXIT.usage,
    hints,
  }
  const now = isoStamp(systemClock.now())
  process.exitCode = view.exit
  if (options.argv?.includes("--json")) process.stdout.write(`${JSON.stringify(failureEnvelope(view, now, now))}\n`)
  else process.stderr.write(errorText(view))
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
