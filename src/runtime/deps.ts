import { randomBytes } from "node:crypto"
import { makeRunId, type RunId } from "../kernel/brands.ts"
import type { Clock } from "../kernel/clock.ts"
import { eventStream, type EventStream } from "../kernel/events.ts"
import type { RandomBytes } from "../kernel/random.ts"
import { StateFolder } from "./state-folder.ts"
import { systemClock } from "./system-clock.ts"

/** All that comes from outside, built once for a command. AWS is connected by the commands that need it. */
export interface Deps {
  readonly clock: Clock
  readonly random: RandomBytes
  readonly run: RunId
  readonly events: EventStream
  readonly signal: AbortSignal
  readonly state: StateFolder
  readonly version: string
  readonly profile?: string
}

export function buildDeps(options: { signal: AbortSignal; stateDir: string; version: string; profile?: string | undefined }): Deps {
  const run = makeRunId(systemClock.now(), randomBytes(2))
  return {
    clock: systemClock,
    random: (size) => randomBytes(size),
    run,
    events: eventStream(run, systemClock),
    signal: options.signal,
    state: new StateFolder(options.stateDir),
    version: options.version,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
  }
}
