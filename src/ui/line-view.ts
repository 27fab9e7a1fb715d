import { SECOND, type Millis } from "../kernel/units.ts"
import { eventLine } from "./event-line.ts"
import type { Look } from "./look.ts"
import { RunStatus } from "./run-status.ts"
import type { ProgressView, ViewOptions } from "./view.ts"

const STATUS_EVERY: Millis = 30 * SECOND

/** For logs: a line for each phase that ended, and where the run is every 30 s. Nothing is ever drawn over. */
export function lineView(options: ViewOptions, look: Look): ProgressView {
  const status = new RunStatus()
  let offset: Millis | undefined
  const tell = (text: string | undefined): void => {
    if (text !== undefined) options.stream.write(`${text}\n`)
  }
  const stop = options.every(STATUS_EVERY, () => {
    if (offset !== undefined) tell(status.line(options.clock.mono() - offset, look))
  })
  return {
    reader: (event) => {
      offset ??= options.clock.mono() - event.mono
      status.note(event)
      tell(eventLine(event, look))
    },
    close: stop,
  }
}
