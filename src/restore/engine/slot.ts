import type { Attempt, Item } from "../ports.ts"
import type { Lane } from "./lane.ts"
import type { Waiting } from "./waiting.ts"

/** What a request in flight must not forget. */
export interface Flight {
  readonly item: Item
  readonly lane: Lane
  /** Undefined on the first attempt. */
  readonly waiting: Waiting | undefined
  readonly laneTicket: number
  readonly kmsTicket: number
  /** It ends or prolongs the breaker's pause. */
  readonly probe: boolean
  /** It was doubtful when it was sent, so there was a HEAD first. */
  readonly readBack: boolean
}

/** A place for one request. Used again and again, so that its two callbacks are made once and not per object. */
export class Slot {
  #flight: Flight | undefined
  readonly heard: (attempt: Attempt) => void
  readonly broke: (error: unknown) => void

  constructor(onAttempt: (slot: Slot, attempt: Attempt) => void, onError: (slot: Slot, error: unknown) => void) {
    this.heard = (attempt) => onAttempt(this, attempt)
    this.broke = (error) => onError(this, error)
  }

  get flight(): Flight | undefined {
    return this.#flight
  }

  take(flight: Flight): void {
    this.#flight = flight
  }

  /** Undefined when it was emptied before. */
  empty(): Flight | undefined {
    const flight = this.#flight
    this.#flight = undefined
    return flight
  }
}
