import { display } from "../kernel/display.ts"
import { formatDuration } from "../kernel/duration.ts"
import type { DrEvent, EventReader } from "../kernel/events.ts"
import { glyphs } from "./glyphs.ts"

/** What a person sees on stderr while a run goes on: one line a phase, and how far long phases are. */
export function progressView(stream: NodeJS.WriteStream): EventReader {
  const marks = glyphs(stream)
  const live = stream.isTTY === true && process.env["TERM"] !== "dumb"
  let lastShown = Number.NEGATIVE_INFINITY
  let open = false
  const line = (text: string): void => {
    if (open) stream.write("\r\u001b[2K")
    open = false
    stream.write(`${text}\n`)
  }
  const status = (text: string): void => {
    if (!live) return line(text)
    stream.write(`\r\u001b[2K${text}`)
    open = true
  }
  const interval = live ? 100 : 30_000

  return (event) => {
    if (event.type !== "progress") {
      const text = lineOf(event, marks)
      if (text !== undefined) line(text)
      return
    }
    if (event.mono - lastShown < interval) return
    lastShown = event.mono
    const { phase, done, total, unit } = event.data
    status(`  ${marks.running} ${phase} ${done}/${total} ${unit} · ${formatDuration(event.mono)} of the run`)
  }
}

function lineOf(event: DrEvent, marks: ReturnType<typeof glyphs>): string | undefined {
  switch (event.type) {
    case "run.started":
      return `run ${event.run}${event.data.simulated ? " · SIMULATED: emulated AWS, not evidence" : ""}`
    case "drill.started":
      return `${event.data.drill}: ${event.data.title}`
    case "phase.finished": {
      const { phase, result, durationMs, note } = event.data
      const mark = result === "ok" ? marks.ok : result === "failed" ? marks.failed : marks.skipped
      return `  ${mark} ${phase.padEnd(12)} ${formatDuration(durationMs)}${note === undefined ? "" : ` · ${display(note, 300)}`}`
    }
    case "object.failed":
      return `  ${event.data.result === "unknown" ? marks.unknown : marks.failed} ${display(event.data.object)}: ${display(event.data.message)}`
    case "warning":
      return `${marks.warning} ${display(event.data.message)}`
    case "demo.step":
      return `${marks.running} ${event.data.title}${event.data.detail === undefined ? "" : ` · ${event.data.detail}`}`
    default:
      return undefined
  }
}
