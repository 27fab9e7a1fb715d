import type { Millis } from "../kernel/units.ts"
import { eventLine } from "./event-line.ts"
import type { Look } from "./look.ts"
import { RunStatus } from "./run-status.ts"
import type { ProgressView, ViewOptions } from "./view.ts"
import { cutTo } from "./width.ts"

const REDRAW_EVERY: Millis = 200
const CLEAR = "\r\u001b[2K"

/**
 * For a terminal: what has happened scrolls up as lines, and one line below them is redrawn five times a second with the
 * running phase, its count, its rate and the RTO clock. One line only, cut to the width: it survives resizing, and a kill
 * at any instant leaves the terminal as it was.
 */
export function terminalView(options: ViewOptions, look: Look): ProgressView {
  const status = new RunStatus()
  let offset: Millis | undefined
  let drawn = ""
  let closed = false

  const draw = (): void => {
    if (offset === undefined || closed) return
    const line = cutTo(status.line(options.clock.mono() - offset, look) ?? "", (options.stream.columns ?? 80) - 1)
    if (line === drawn) return
    options.stream.write(`${CLEAR}${line}`)
    drawn = line
  }
  const stop = options.every(REDRAW_EVERY, draw)

  return {
    reader: (event) => {
      offset ??= options.clock.mono() - event.mono
      status.note(event)
      const line = eventLine(event, look)
      if (line === undefined) return
      options.stream.write(`${drawn === "" ? "" : CLEAR}${line}\n`)
      drawn = ""
      draw()
    },
    close: () => {
      if (closed) return
      stop()
      if (drawn !== "") options.stream.write(CLEAR)
      closed = true
    },
  }
}
