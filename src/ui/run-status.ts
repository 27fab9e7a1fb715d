import type { DrEvent } from "../kernel/events.ts"
import { MINUTE, SECOND, type Millis } from "../kernel/units.ts"
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
  #countAt: Millis = 0
  #limit: Millis | undefined

  /** The limit of the RTO clock; undefined shows the time that has passed only. */
  constructor(limit?: Millis) {
    this.#limit = limit
  }

  note(event: DrEvent): void {
    if (event.type === "run.started") {
      this.#limit = event.data.rtoLimitMs ?? this.#limit
      this.#begin("connect", event.mono) // until the first phase: a Region that swallows everything takes minutes
    }
    if (event.type === "phase.finished" || event.type === "step.finished") this.#phase = this.#count = undefined
    if (event.type === "step.started") this.#begin(event.data.step, event.mono)
    if (event.type === "phase.started") this.#begin(event.data.phase, event.mono)
    if (event.type === "progress") {
      if (this.#phase !== event.data.phase) this.#begin(event.data.phase, event.mono)
      this.#count = event.data
      this.#countAt = event.mono
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

  /**
   * Measured up to the last count, so that waiting for the next one does not look like slowing down. No rate and no time
   * left from less than a second's work: they would be noise.
   */
  #rate(mono: Millis): string | undefined {
    const spent = this.#countAt - this.#phaseSince
    if (this.#count === undefined || this.#count.done === 0 || spent < SECOND) return undefined
    const perMillis = this.#count.done / spent
    const left = (this.#count.total - this.#count.done) / perMillis - (mono - this.#countAt)
    return left > 0 ? `${pace(perMillis)}, ~${rtoClock(left, undefined)} left` : pace(perMillis)
  }
}

function pace(perMillis: number): string {
  const perSecond = perMillis * SECOND
  if (perSecond >= 10) return `${Math.floor(perSecond)}/s`
  return perSecond >= 0.1 ? `${perSecond.toFixed(1)}/s` : `${(perMillis * MINUTE).toFixed(1)}/min`
}

function counted({ done, total, unit }: Count): string {
  return `${done}/${total} ${unit}`
}
