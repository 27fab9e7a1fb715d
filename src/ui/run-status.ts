import type { DrEvent } from "../kernel/events.ts"
import { SECOND, type Millis } from "../kernel/units.ts"
import { glyphs } from "./glyphs.ts"
import type { Look } from "./look.ts"
import { rtoClock } from "./rto-clock.ts"

interface Count {
  readonly done: number
  readonly total: number
  readonly unit: string
}

/** What goes on right now: the running phase, how far it is and how fast. Fed with every event, asked for its line. */
export class RunStatus {
  #phase: string | undefined
  #phaseSince: Millis = 0
  #count: Count | undefined
  #limit: Millis | undefined

  /** The limit of the RTO clock; undefined shows the time that has passed only. */
  constructor(limit?: Millis) {
    this.#limit = limit
  }

  note(event: DrEvent): void {
    if (event.type === "run.started" && event.data.rtoLimitMs !== undefined) this.#limit = event.data.rtoLimitMs
    if (event.type === "phase.finished") this.#phase = this.#count = undefined
    if (event.type === "phase.started") this.#begin(event.data.phase, event.mono)
    if (event.type === "progress") {
      if (this.#phase !== event.data.phase) this.#begin(event.data.phase, event.mono)
      this.#count = event.data
    }
  }

  /** `mono` is on the scale of the events. Undefined between phases. */
  line(mono: Millis, look: Look): string | undefined {
    if (this.#phase === undefined) return undefined
    const marks = glyphs(look)
    const parts = [`  ${marks.running} ${this.#phase}${this.#count === undefined ? "" : ` ${counted(this.#count)}`}`]
    const rate = this.#rate(mono)
    if (rate !== undefined) parts.push(rate)
    parts.push(rtoClock(mono, this.#limit))
    return parts.join(` ${marks.dot} `)
  }

  #begin(phase: string, mono: Millis): void {
    this.#phase = phase
    this.#phaseSince = mono
    this.#count = undefined
  }

  /** No rate and no time left from less than a second's work: they would be noise. */
  #rate(mono: Millis): string | undefined {
    const spent = mono - this.#phaseSince
    if (this.#count === undefined || this.#count.done === 0 || spent < SECOND) return undefined
    const perSecond = this.#count.done / (spent / SECOND)
    const left = ((this.#count.total - this.#count.done) / perSecond) * SECOND
    const pace = `${perSecond >= 10 ? Math.floor(perSecond) : perSecond.toFixed(1)}/s`
    return left > 0 ? `${pace}, ~${rtoClock(left, undefined)} left` : pace
  }
}

function counted({ done, total, unit }: Count): string {
  return `${done}/${total} ${unit}`
}
