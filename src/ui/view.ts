import type { Clock } from "../kernel/clock.ts"
import type { EventReader } from "../kernel/events.ts"
import type { Millis } from "../kernel/units.ts"
import type { Environment, TextStream } from "./look.ts"

export interface ProgressView {
  readonly reader: EventReader
  /** Takes the live line away and stops redrawing. Safe to call twice. */
  close(): void
}

export interface ViewOptions {
  readonly stream: TextStream
  readonly env: Environment
  readonly clock: Pick<Clock, "mono">
  /** Calls `tick` again and again until the returned function is called. */
  readonly every: (ms: Millis, tick: () => void) => () => void
}
